"""Chicago's histories and Los Angeles' table through real workers, counted by their own files."""

import csv
import gzip
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from ioc.core.topics import Topic
from ioc.incident.state import Incident
from ioc.processors.serde import decode_incident
from tests.city import city
from tests.streams.log import read

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
PARTITIONS = 4


class CityFiles(NamedTuple):
    """A file of each city."""

    chicago: Path
    los_angeles: Path


SAMPLES, SHARED = Path(__file__).parents[1] / "data", Path(__file__).parents[3] / "shared" / "data"
OURS = CityFiles(SAMPLES / "chicago311.json", SAMPLES / "la311.csv")
THEIRS = CityFiles(SHARED / "chicago_requests_with_notes.json", SHARED / "la311_2017.csv.gz")
absent = not (THEIRS.chicago.exists() and THEIRS.los_angeles.exists())
WHOLE = [
    pytest.mark.slow,
    pytest.mark.skipif(absent, reason="the cities' files lie outside the project, in shared/data"),
]


@pytest.mark.parametrize(
    ("files", "order", "workers"),
    [
        pytest.param(OURS, ("--shuffled",), 1, id="our samples"),
        pytest.param(THEIRS, (), 1, id="the cities' own", marks=WHOLE),
        pytest.param(THEIRS, ("--shuffled",), 2, id="the cities' own, shuffled", marks=WHOLE),
    ],
)
def test_both_cities_pass_through(
    kafka: str, tmp_path: Path, files: CityFiles, order: tuple[str, ...], workers: int
) -> None:
    with city(kafka, tmp_path, PARTITIONS) as centre:
        for _ in range(workers):
            centre.start_worker()
        for name, file in (("chicago311", files.chicago), ("la311", files.los_angeles)):
            sent = centre.run("replay", str(file), "--map", name, *order)
            assert sent.returncode == 0, sent.stderr
        centre.verify(seconds=120)
        refused = centre.run("dead-letters", "list")
        assert "0 dead letters" in refused.stdout, refused.stdout
        incidents = latest_states(kafka)
        print(check_chicago(files.chicago, incidents), check_los_angeles(files.los_angeles, incidents))


def latest_states(bootstrap: str) -> dict[str, Incident]:
    """Return every incident as it was written last."""
    records = read(bootstrap, Topic.INCIDENTS, PARTITIONS)
    return {record.key.decode(): decode_incident(record.value) for record in records}


def check_chicago(file: Path, incidents: dict[str, Incident]) -> str:
    """Find every dated note of the file on its incident's history, once, and nothing there that the file lacks."""
    note_count = 0
    for request in json.loads(file.read_text()):
        incident = incidents[f"chicago311:{request['service_request_id']}"]
        notes = Counter(map(_history_note, request["notes"]))
        history = Counter(
            (entry.time, msgspec.json.decode(entry.data)["text"])
            for entry in incident.history
            if entry.source == "/imported/chicago311" and entry.refused is None
        )
        assert history == notes, incident.id
        duplicate = request["extended_attributes"].get("duplicate", False)
        state = "merged" if duplicate else {"closed": "resolved", "open": "reported"}[request["status"]]
        assert incident.state == state, incident.id
        note_count += notes.total()
    return f"{note_count} dated notes of Chicago are on the histories of their incidents"


def _history_note(note: dict[str, str]) -> tuple[int, str]:
    moment = datetime.fromisoformat(note["datetime"]).timestamp()
    description = note.get("description")
    return round(moment * 1000), f"{note['summary']}: {description}" if description else note["summary"]


def check_los_angeles(file: Path, incidents: dict[str, Incident]) -> str:
    """Compare the states of all requests with the file's own column."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt") as stream:
        statuses = {f"la311:{row['SRNumber']}": row["Status"] for row in csv.DictReader(stream)}
    states = {key: str(incident.state) for key, incident in incidents.items() if key.startswith("la311:")}
    states_of = {"Closed": "resolved", "Cancelled": "cancelled", "Referred Out": "rejected", "Open": "reported"}
    assert states == {key: states_of[status] for key, status in statuses.items()}
    counts = Counter(states.values())
    assert counts == Counter(states_of[status] for status in statuses.values())
    return f"; states of Los Angeles: {dict(counts)}"
