"""The script of a play: which days of the simulated city are played, from when on, and how fast."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ioc.core.times import Instant, to_instant


class PlayScript(NamedTuple):
    """What is played: the first `day` (YYYY-MM-DD), the local time it is joined at, how fast, and by which seed."""

    day: str
    begin: str
    speed: float
    seed: int

    def starts(self, zone: str) -> Instant:
        """Return the moment (ms) it is joined at, in a city of this zone. Raises ValueError."""
        return to_instant(datetime.fromisoformat(f"{self.day}T{self.begin}").replace(tzinfo=ZoneInfo(zone)))

    def arguments(self) -> list[str]:
        """Return the script as options of the command line."""
        return ["--day", self.day, "--begin", self.begin, "--speed", str(self.speed), "--seed", str(self.seed)]
