"""A worker with a faulty catalogue lists all that is wrong with it and starts nothing: there is no broker here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ioc.catalogue import hue_folder
from tests.unit.test_catalogue_mistakes import add, faults

IOC = Path(sys.executable).parent / "ioc"
ROOT = Path(__file__).parents[2]


def test_a_worker_with_a_faulty_catalogue_lists_every_fault_and_exits_with_2(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(hue_folder(), tmp_path / "city"))
    add(folder, "services.yml/services", "code: s, @names, unit: nobody, cadence: often")
    add(folder, "units.yml/units", "code: ioc, name: A")
    add(folder, "rules.yml/rules", "@rule(r), colour: red")
    (folder / "wards.yml").unlink()
    nowhere = {"IOC_BOOTSTRAP": "127.0.0.1:1", "IOC_DATA_DIR": str(tmp_path / "data")}
    environment = {**os.environ, **nowhere, "IOC_CATALOGUE": str(folder), "PYTHONPATH": str(ROOT), "COLUMNS": "1000"}
    ended = subprocess.run(
        [IOC, "worker"], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2, ended.stderr
    listed = [line.strip() for line in ended.stderr.splitlines()]
    assert listed[0].startswith("The catalogue in ")
    assert len(listed) == 1 + len(faults(folder)) == 6
    assert "wards.yml: -: the file is missing" in listed
    assert "services.yml: s: unknown unit 'nobody'" in listed
    assert ended.stdout == ""
    assert not (tmp_path / "data").exists(), "nothing was started"
