"""The middleware that counts and times requests."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.metrics import METHODS, Metrics


class RequestMetrics:
    """Counts and times every answer under the route that gave it; answers of no route share one label."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = perf_counter()
        method = scope["method"] if scope["method"] in METHODS else "other"

        async def send_measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                self.metrics.requests.labels(method, route, str(message["status"])).inc()
                self.metrics.seconds.labels(route).observe(perf_counter() - start)
            await send(message)

        await self.app(scope, receive, send_measured)
