"""The files of the screen: JavaScript tests in node, vendored files against their checksums, words for all codes."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from ioc.catalogue.service import Online
from ioc.core.rejections import Reason
from ioc.incident.lifecycle import COMMANDS, EventType, State
from ioc.notifications.notification import NotificationStatus, Occasion, StatusReason

ROOT = Path(__file__).resolve().parents[2]
SCREEN = ROOT / "api" / "screen"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_node_tests_of_store_feed_clock_and_words() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the screen's JavaScript tests need it")
    tests = sorted(str(path) for path in (Path(__file__).parent / "modules").glob("*.test.mjs"))
    result = run(node, "--test", *tests)
    assert result.returncode == 0, result.stdout[-6000:]


def test_third_party_files_are_the_pinned_ones() -> None:
    result = run(sys.executable, "deploy/screen/vendor.py", "--check")
    assert result.returncode == 0, result.stderr


def test_every_third_party_package_brings_its_licence() -> None:
    for package in json.loads((SCREEN / "vendor" / "manifest.json").read_text()):
        assert package["licence"], package["name"]
        assert any("LICENCE" in path for path in package["files"]), package["name"]


def test_the_map_names_forty_wards_in_closed_rings() -> None:
    features = json.loads((SCREEN / "data" / "wards.json").read_text())["features"]
    assert len({feature["id"] for feature in features}) == 40
    for feature in features:
        assert set(feature["properties"]) == {"code", "name", "short_name"}
        assert feature["properties"]["code"] == feature["id"]
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        assert all(107.0 < lon < 108.4 and 15.9 < lat < 16.9 for lon, lat in ring)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_there_are_words_for_every_code_an_operator_may_see(language: str) -> None:
    words = "".join((SCREEN / "i18n" / file).read_text() for file in ("codes.js", f"{language}.js"))
    codes: dict[str, Iterable[str]] = {
        "reason": Reason,
        "command": COMMANDS,
        "event": (event_type for event_type in EventType),
        "state": (state for state in State if state is not State.PENDING),
        "occasion": Occasion,
        "notice": NotificationStatus,
        "because": StatusReason,
        "online": Online,
        "calendar": re.findall(
            r"^  - id: \"?([\w-]+)", (ROOT / "ioc/data/hue/calendars.yml").read_text(), re.MULTILINE
        ),
    }
    for family, names in codes.items():
        keys = [f"{family}.{name}" for name in names]
        assert keys, family
        assert [key for key in keys if f'"{key}"' not in words] == []
