"""A city's table through real workers: its own verdicts come out, whatever the order, the workers and the kills."""

import time
from pathlib import Path

import pytest

from tests.city import City, city

TABLE = Path(__file__).parent.parent / "data" / "requests.csv"
BOSTON = Path(__file__).parents[3] / "shared" / "data" / "boston311_2011.csv.gz"

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]


def judged(centre: City, table: Path) -> str:
    """Return what the comparison with the city's verdicts prints, when nothing differs."""
    found = centre.run("verdicts", str(table), "--wait", "240")
    assert found.returncode == 0, found.stdout + found.stderr + centre.logs()
    return found.stdout


def verified(centre: City) -> None:
    found = centre.run("verify", "--wait", "120")
    assert found.returncode == 0, found.stdout + found.stderr + centre.logs()
    assert "0 differences" in found.stdout


@pytest.mark.parametrize(("workers", "order"), [(1, ()), (3, ("--shuffled",))], ids=["one worker", "three, shuffled"])
def test_the_citys_own_verdicts(kafka: str, tmp_path: Path, workers: int, order: tuple[str, ...]) -> None:
    with city(kafka, tmp_path) as centre:
        for _ in range(workers):
            centre.start_worker()
        for _ in range(2):  # the second time everything is a duplicate
            assert centre.run("replay", str(TABLE), *order).returncode == 0
            judged(centre, TABLE)
        verified(centre)


def test_workers_killed_in_the_middle(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        for _ in range(2):
            centre.start_worker()
        for seed in ("1", "2", "3"):
            assert centre.run("replay", str(TABLE), "--shuffled", "--seed", seed).returncode == 0
            centre.kill_worker(len(centre.workers) - 2)
            centre.start_worker()
            time.sleep(1)
        judged(centre, TABLE)
        verified(centre)


@pytest.mark.slow
@pytest.mark.skipif(not BOSTON.exists(), reason="the city's table lies outside the project, in shared/data")
def test_boston_with_kills(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        for _ in range(3):
            centre.start_worker()
        assert centre.run("replay", str(BOSTON), "--shuffled").returncode == 0
        centre.kill_worker(0)
        centre.start_worker()
        told = judged(centre, BOSTON)
        assert "46,572" in told
        assert "11,521" in told
        assert "158" in told
        verified(centre)
