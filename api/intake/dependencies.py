"""The dependency of routes on the intake: the bounded way of events from HTTP to the log."""

import time
from math import ceil
from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from api.http.app_key import AppKey
from api.http.dependencies import the_metrics, the_publisher
from api.http.metrics import Metrics
from api.http.publisher import Publisher
from api.intake.backlog import Backlog
from api.intake.rate_limit import ProducerRateLimit

the_backlog = AppKey[Backlog]("backlog")
the_rate_limit = AppKey[ProducerRateLimit]("rate_limit")


class Intake(Struct, frozen=True):
    """The way of events from HTTP to the log, bounded by `backlog` and `rate_limit`."""

    backlog: Backlog
    rate_limit: ProducerRateLimit
    publisher: Publisher
    metrics: Metrics

    def is_full(self) -> bool:
        """True while no more may come in: the broker is away, or too much waits for it."""
        return self.backlog.is_full(time.monotonic())

    def seconds_to_wait(self, request: Request, sender: str | None, events: int) -> int:
        """Let so many events of a sender in and return 0, or return how many seconds it has to wait.

        Where nobody needs a token there is no sender, and the address counts.
        """
        if sender is None:
            sender = request.client.host if request.client is not None else ""
        return ceil(self.rate_limit.wait(sender, events, time.monotonic()))


async def intake(request: Request) -> Intake:
    """Return the way of events to the log. It is one dependency, not four: the busiest route of all resolves it."""
    return Intake(
        the_backlog.of(request), the_rate_limit.of(request), the_publisher.of(request), the_metrics.of(request)
    )


TheIntake = Annotated[Intake, Depends(intake)]
