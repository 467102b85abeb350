"""The worker process: one Faust app. It ends when it is told to, or at once when in doubt."""

import gc
import logging

import faust
from prometheus_client import start_http_server

from ioc.catalogue.city import Catalogue
from streams.faust_adapter.app import make_app
from streams.settings import WorkerSettings

# After how many new objects the garbage collector runs: the state is a large heap without cycles.
COLLECTING = (50_000, 50, 50)


def run(settings: WorkerSettings, catalogue: Catalogue) -> None:
    """Run a worker until it is told to stop (SIGTERM, SIGINT)."""
    logging.getLogger("faust.transport.producer").setLevel(logging.ERROR)
    if settings.metrics_port:
        start_http_server(settings.metrics_port)
    gc.set_threshold(*COLLECTING)
    (settings.data_dir / settings.name).mkdir(parents=True, exist_ok=True)
    app = make_app(settings, catalogue)
    app.finalize()
    faust.Worker(app, loglevel="info", redirect_stdouts=False, quiet=True).execute_from_commandline()
