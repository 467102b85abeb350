"""The dependencies of routes on what a command is checked against and sent through."""

from typing import Annotated

from fastapi import Depends
from msgspec import Struct

from api.commands.idempotency import IdempotencyCache
from api.http.app_key import AppKey
from api.http.dependencies import TheMetrics, ThePublisher
from api.http.metrics import Metrics
from api.http.publisher import Publisher
from api.read_model.dependencies import TheReadModel
from api.read_model.read_model import ReadModel
from ioc.signing.signer import Signer

the_idempotency_cache = AppKey[IdempotencyCache]("idempotency_cache")
# Signs the centre's own directives; None without a key that the catalogue knows.
the_signer = AppKey[Signer | None]("signer")

TheIdempotencyCache = Annotated[IdempotencyCache, Depends(the_idempotency_cache)]
TheSigner = Annotated[Signer | None, Depends(the_signer)]


class CommandContext(Struct, frozen=True):
    """What every command needs: the incidents it is checked against, and its way to the log."""

    model: ReadModel
    publisher: Publisher
    metrics: Metrics
    idempotency: IdempotencyCache
    signer: Signer | None


async def command_context(
    model: TheReadModel,
    publisher: ThePublisher,
    metrics: TheMetrics,
    idempotency: TheIdempotencyCache,
    signer: TheSigner,
) -> CommandContext:
    """Return what a command needs, once the picture is whole."""
    return CommandContext(model, publisher, metrics, idempotency, signer)


TheCommandContext = Annotated[CommandContext, Depends(command_context)]
