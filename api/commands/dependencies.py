"""The dependencies of routes on what a command is checked against and sent through."""

from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from api.commands.idempotency import IdempotencyCache
from api.http.app_key import AppKey
from api.http.dependencies import the_metrics, the_publisher
from api.http.metrics import Metrics
from api.http.publisher import Publisher
from api.read_model.dependencies import TheReadModel
from api.read_model.read_model import ReadModel
from ioc.signing.signer import Signer

the_idempotency_cache = AppKey[IdempotencyCache]("idempotency_cache")
# Signs the centre's own directives; None without a key that the catalogue knows.
the_signer = AppKey[Signer | None]("signer")

TheIdempotencyCache = Annotated[IdempotencyCache, Depends(the_idempotency_cache)]


class CommandContext(Struct, frozen=True):
    """What every command needs: the incidents it is checked against, and its way to the log."""

    model: ReadModel
    publisher: Publisher
    metrics: Metrics
    idempotency: IdempotencyCache
    signer: Signer | None


async def command_context(model: TheReadModel, request: Request) -> CommandContext:
    """Return what a command needs, once the picture is whole."""
    return CommandContext(
        model,
        the_publisher.of(request),
        the_metrics.of(request),
        the_idempotency_cache.of(request),
        the_signer.of(request),
    )


TheCommandContext = Annotated[CommandContext, Depends(command_context)]
