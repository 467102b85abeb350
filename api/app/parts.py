"""The parts an API is put together from; each route depends on the few it needs."""

from fastapi import FastAPI
from msgspec import Struct, field

from api.catalogue.dependencies import the_war_room_link
from api.commands.dependencies import the_idempotency_cache, the_signer
from api.commands.idempotency import IdempotencyCache
from api.feed.dependencies import the_feed
from api.feed.feed import Feed
from api.http.auth import Gate, the_gate
from api.http.dependencies import the_metrics, the_publisher, the_settings
from api.http.metrics import Metrics
from api.http.publisher import Publisher
from api.http.settings import ApiSettings
from api.identities.dependencies import the_identities
from api.identities.identities import Identities
from api.intake.backlog import Backlog
from api.intake.dependencies import the_backlog, the_rate_limit
from api.intake.rate_limit import ProducerRateLimit
from api.read_model.dependencies import Readiness, the_read_model, the_readiness
from api.read_model.read_model import ReadModel
from ioc.signing.signer import Signer


class Parts(Struct):
    """The parts of an API.

    `backlog` and `rate_limit` bound what comes in over HTTP. `signer` signs the centre's own directives; it is None
    without a key that the catalogue knows. `war_room_link` leads to the meeting of an emergency; it may be empty.
    """

    settings: ApiSettings
    model: ReadModel
    feed: Feed
    publisher: Publisher
    gate: Gate
    identities: Identities
    signer: Signer | None = None
    war_room_link: str = ""
    metrics: Metrics = field(default_factory=Metrics)
    readiness: Readiness = field(default_factory=Readiness)
    idempotency: IdempotencyCache = field(default_factory=IdempotencyCache)
    backlog: Backlog = field(default_factory=Backlog)
    rate_limit: ProducerRateLimit = field(default_factory=ProducerRateLimit)


def bind_parts(api: FastAPI, parts: Parts) -> None:
    """Bind every part of an API to its key, where the dependencies of the routes find it."""
    the_settings.bind(api, parts.settings)
    the_read_model.bind(api, parts.model)
    the_feed.bind(api, parts.feed)
    the_publisher.bind(api, parts.publisher)
    the_gate.bind(api, parts.gate)
    the_identities.bind(api, parts.identities)
    the_signer.bind(api, parts.signer)
    the_war_room_link.bind(api, parts.war_room_link)
    the_metrics.bind(api, parts.metrics)
    the_readiness.bind(api, parts.readiness)
    the_idempotency_cache.bind(api, parts.idempotency)
    the_backlog.bind(api, parts.backlog)
    the_rate_limit.bind(api, parts.rate_limit)
