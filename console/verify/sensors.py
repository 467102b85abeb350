"""The check of the sensors: their states, which observations were refused, and the events sent for them."""

from aiokafka import ConsumerRecord

from console.topic_reader import wait_until_folded
from console.verify.check import Terms
from console.verify.findings import Findings
from console.verify.reading import dead_letters_of, read_later, read_log, read_written
from console.verify.sensor_diff import sensor_differences, sensor_events
from console.verify.snapshot import SensorSnapshot
from ioc.core.topics import Topic
from ioc.processors.serde import decode_sensor


class SensorCheck:
    """Checks what the processors of sensors wrote."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.snapshots: dict[int, SensorSnapshot] = {}

    async def begin(self, wait: float) -> None:
        """Wait until the observations are folded; read the states: what these tell of the events read later hold."""
        before = await wait_until_folded(self.bootstrap, wait, Topic.INDICATORS)
        self.snapshots = {number: SensorSnapshot(number, position=position) for number, position in before.items()}
        await read_written(self.bootstrap, Topic.SENSORS, self.snapshots, _take_state)

    async def read(self) -> None:
        """Read how far the sensors had come when all was read, and their log up to there."""
        await read_written(self.bootstrap, Topic.DEAD_LETTERS, self.snapshots, dead_letters_of(Topic.INDICATORS))
        await read_later(self.bootstrap, Topic.INDICATORS, self.snapshots)
        ends = {number: snapshot.later.next for number, snapshot in self.snapshots.items()}
        await read_log(self.bootstrap, Topic.INDICATORS, self.snapshots, ends)

    def compare(self, terms: Terms) -> Findings:
        """Compare every partition with its log; one whose log has lost its beginning is not compared."""
        findings, snapshots = Findings(), list(self.snapshots.values())
        for snapshot in snapshots:
            findings.count("observations", len(snapshot.log))
            findings.count("sensors", len(snapshot.states), 0 if snapshot.is_whole else len(snapshot.states))
        findings.differences += sensor_differences(
            snapshots, sensor_events(terms.events), terms.inspection, terms.catalogue, terms.edition_of
        )
        return findings


def _take_state(snapshot: SensorSnapshot, record: ConsumerRecord) -> None:
    state = decode_sensor(record.value)
    snapshot.states[state.id] = state
    snapshot.touched[state.id] = record.timestamp
