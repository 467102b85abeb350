"""A whole city's catalogue is read in a moment: all 2,444 procedures, 159 units, and rules for most of them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
import yaml

from ioc.catalogue.reading.load import FILES, OPTIONAL_FILES, hue_folder, load_catalogue
from ioc.catalogue.service import Online
from ioc.core.scalars import Priority

PROCEDURES, IN_FULL, UNITS = 2444, 1121, 159
DEPARTMENTS = 20
NORMAL = "priority: [low, normal, high]"


def units() -> list[str]:
    """Return a government, the departments below it, and divisions below those."""
    above = ["city"] + ["city"] * DEPARTMENTS + [f"unit-{1 + n % DEPARTMENTS}" for n in range(UNITS - DEPARTMENTS - 1)]
    codes = ["city", *(f"unit-{n}" for n in range(1, UNITS))]
    return [
        f'code: {code}, name: "Đơn vị {code}"' + (f", parent: {parent}" if code != "city" else "")
        for code, parent in zip(codes, above, strict=True)
    ]


def procedures() -> list[str]:
    return [
        f'code: "{n // 1000}.{n:06}", name_vi: "Thủ tục hành chính số {n}", name_en: Procedure {n}, '
        f"service: one-stop-shop, unit: unit-{1 + n % (UNITS - 1)}, online: {'full' if n < IN_FULL else 'partial'}, "
        f"target: {1 + n % 30}d"
        for n in range(PROCEDURES)
    ]


def rules() -> list[str]:
    """Return a rule for every other procedure, one for each unit, and two for what is left."""
    ladder = "ladder: [{level: 1, whom: city}, {level: 2, after: 4h, whom: city, channel: message}]"
    matches = [
        *(f'service: one-stop-shop, category: "{n // 1000}.{n:06}", {NORMAL}' for n in range(0, PROCEDURES, 2)),
        *(f"service: service-{n % 13}, unit: unit-{n}" for n in range(1, UNITS)),
        "service: one-stop-shop, priority: urgent",
        "service: one-stop-shop",
    ]
    return [
        f"id: rule-{n}, calendar: hanh-chinh, match: {{{match}}}, targets: {{resolve: 16h}}, warn: 0.8, {ladder}"
        for n, match in enumerate(matches)
    ]


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(hue_folder(), tmp_path_factory.mktemp("big") / "city"))
    services = [
        "code: one-stop-shop, name_vi: A, name_en: A, unit: city, online: partial",
        *(f"code: service-{n}, name_vi: A, name_en: A, unit: city" for n in range(13)),
    ]
    lists = {"services": services, "units": units(), "procedures": procedures(), "rules": rules(), "baselines": []}
    for name, rows in lists.items():
        text = f"{name}:\n" + "".join(f"  - {{{row}}}\n" for row in rows) if rows else f"{name}: []\n"
        (folder / f"{name}.yml").write_text(text)
    channels = (
        'channels: [{id: message, kind: apprise, url: "${IOC_URL}"}]\nroutes: [{unit: city, channels: [message]}]\n'
    )
    (folder / "channels.yml").write_text(channels)
    (folder / "indicators.yml").write_text("indicators: []\nsensors: []\n")
    (folder / "duplicates.yml").write_text("duplicates: []\n")
    (folder / "causes.yml").write_text("causes: []\n")
    return folder


def quickest(work: Callable[[], object]) -> float:
    """Return the CPU seconds some work takes at best: what else the machine does is left out."""
    seconds = []
    for _ in range(3):
        start = process_time()
        work()
        seconds.append(process_time() - start)
    return min(seconds)


def parse(folder: Path) -> None:
    for file in (*FILES, *OPTIONAL_FILES):
        yaml.load((folder / file).read_bytes(), yaml.CSafeLoader)


def test_a_big_catalogue_is_whole(big: Path) -> None:
    city = load_catalogue(big)
    levels = [procedure.online for procedure in city.procedures.values()]
    assert (len(levels), levels.count(Online.FULL), levels.count(Online.PARTIAL)) == (PROCEDURES, IN_FULL, 1323)
    assert len(city.units) == UNITS
    assert city.channels_of("unit-158") == ("message",)

    def governing(service: str, category: str | None, priority: Priority) -> str:
        rule = city.rules.rule_for(service, category, priority, "web", "unit-7")
        assert rule is not None
        return rule.id

    assert governing("one-stop-shop", "2.002442", Priority.NORMAL) == "rule-1221"
    assert governing("one-stop-shop", "2.002442", Priority.URGENT) == "rule-1380"
    assert governing("one-stop-shop", "2.002443", Priority.NORMAL) == "rule-1381"
    assert governing("service-7", None, Priority.NORMAL) == "rule-1228"


def test_a_big_catalogue_is_read_about_as_fast_as_its_yaml(big: Path) -> None:
    """Usually it takes no longer than PyYAML's own loader in C takes; five times as long is something quadratic."""
    assert quickest(lambda: load_catalogue(big)) < 5 * quickest(lambda: parse(big))
