"""Faust as it is installed: an agent that does one table write and one send for each event."""

import json
import sys
import tempfile
from contextlib import suppress

import faust

from tests.bench.contestants.lap import Lap

bootstrap, source, target, wanted = sys.argv[1:]
app = faust.App(
    "bench-stock-faust",
    broker=f"kafka://{bootstrap}",
    store="memory://",
    datadir=tempfile.mkdtemp(),
    topic_partitions=4,
    topic_disable_leader=True,
    table_standby_replicas=0,
    web_enabled=False,
    consumer_auto_offset_reset="earliest",
)
incidents = app.Table("incidents", key_type=bytes, value_type=bytes)
sent_on = app.topic(target, key_type=bytes, value_type=bytes, value_serializer="raw")
lap = Lap(int(wanted))


@app.agent(app.topic(source, key_type=bytes, value_type=bytes, value_serializer="raw"))
async def fold(stream):  # type: ignore[no-untyped-def]
    """Keep each incident's last event, and send it on."""
    async for event in stream.events():
        lap.begin()
        with suppress(ValueError):  # some are broken: they are kept and sent on like all others
            json.loads(event.value)
        incidents[event.key] = event.value
        await sent_on.send(key=event.key, value=event.value)
        if lap.add():
            lap.report()


if __name__ == "__main__":
    sys.argv = ["faust", "worker", "--loglevel", "error", "--without-web"]
    app.main()
