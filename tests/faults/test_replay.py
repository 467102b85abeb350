"""A city's table through real workers: its own verdicts come out, whatever the order, the workers and the kills."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from console.cities.city_map import read_events
from console.cities.registry import CityName, map_of
from tests.city import RunningCity, city

TABLE = Path(__file__).parent.parent / "data" / "requests.csv"
BOSTON = Path(__file__).parents[3] / "shared" / "data" / "boston311_2011.csv.gz"

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]


def print_verdicts(centre: RunningCity, table: Path) -> str:
    """Return what the comparison with the city's verdicts prints, when nothing differs."""
    ended = centre.run("verdicts", str(table), "--wait", "240")
    assert ended.returncode == 0, ended.stdout + ended.stderr + centre.logs()
    return ended.stdout


def verified(centre: RunningCity) -> None:
    ended = centre.run("verify", "--wait", "120")
    assert ended.returncode == 0, ended.stdout + ended.stderr + centre.logs()
    assert "0 differences" in ended.stdout


@pytest.mark.parametrize(("workers", "order"), [(1, ()), (3, ("--shuffled",))], ids=["one worker", "three, shuffled"])
def test_the_citys_own_verdicts(kafka: str, tmp_path: Path, workers: int, order: tuple[str, ...]) -> None:
    with city(kafka, tmp_path) as centre:
        for _ in range(workers):
            centre.start_worker()
        for _ in range(2):  # the second time everything is a duplicate
            assert centre.run("replay", str(TABLE), *order).returncode == 0
            print_verdicts(centre, TABLE)
        verified(centre)


def in_the_middle(centre: RunningCity, replaying: subprocess.Popen[bytes], of: int) -> None:
    """Wait until part of a replay is folded, and make sure that it is not over."""
    give_up = time.monotonic() + 60
    while centre.folded() < of:
        assert time.monotonic() < give_up, centre.logs()
        time.sleep(0.05)
    assert replaying.poll() is None, "the replay was over before anything could be killed"


def killed_on_the_way(centre: RunningCity, table: Path, seconds: float, kills: int) -> None:
    """Replay a table shuffled, within `seconds`, and kill worker after worker meanwhile."""
    events = len(read_events(map_of(CityName.BOSTON), table))
    speed = str(round(events / seconds))
    replaying = centre.begin("replay", str(table), "--shuffled", "--speed", speed)
    for kill in range(kills):
        in_the_middle(centre, replaying, events // (2 * kills))
        centre.kill_worker(kill)
        centre.start_worker()
        centre.settle()
    assert replaying.wait(timeout=240) == 0, centre.logs()


def test_workers_killed_in_the_middle(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        for _ in range(2):
            centre.start_worker()
        centre.settle()
        killed_on_the_way(centre, TABLE, seconds=24, kills=2)
        print_verdicts(centre, TABLE)
        verified(centre)


def test_a_frozen_worker_that_wakes_up_writes_nothing(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        for _ in range(2):
            centre.start_worker()
        centre.settle()
        replaying = centre.begin("replay", str(TABLE), "--shuffled", "--speed", "50")
        in_the_middle(centre, replaying, 100)
        frozen = centre.workers[0]
        frozen.send_signal(signal.SIGSTOP)
        assert replaying.wait(timeout=120) == 0
        verdicts = print_verdicts(centre, TABLE)  # the other has taken over all partitions
        frozen.send_signal(signal.SIGCONT)
        time.sleep(5)
        assert print_verdicts(centre, TABLE) == verdicts
        verified(centre)


@pytest.mark.slow
@pytest.mark.skipif(not BOSTON.exists(), reason="the city's table lies outside the project, in shared/data")
def test_boston_with_kills_and_again(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        for _ in range(3):
            centre.start_worker()
        centre.settle()
        killed_on_the_way(centre, BOSTON, seconds=20, kills=1)
        all_of_boston(print_verdicts(centre, BOSTON))
        assert centre.run("replay", str(BOSTON)).returncode == 0
        all_of_boston(print_verdicts(centre, BOSTON))
        verified(centre)


@pytest.mark.slow
@pytest.mark.skipif(not BOSTON.exists(), reason="the city's table lies outside the project, in shared/data")
def test_boston_in_its_own_order_by_one_worker(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        centre.start_worker()
        assert centre.run("replay", str(BOSTON)).returncode == 0
        all_of_boston(print_verdicts(centre, BOSTON))
        verified(centre)


def all_of_boston(output: str) -> None:
    assert "0 verdicts differ" in output
    for count in ("46,572", "11,521", "158"):
        assert count in output
