"""The keys of a demo: pairs made for it alone, and a catalogue that lists them."""

import shutil
from pathlib import Path

from console.signing.keys import key_entry, new_key
from ioc.catalogue.reading.load import hue_folder
from ioc.core.times import DAY, Instant

CATALOGUE = "catalogue"
# How long the keys have been valid when the day is joined.
_VALID_BEFORE = 7 * DAY


def prepare_keys(folder: Path, begin: Instant) -> tuple[Path, Path]:
    """Put a catalogue into a folder, with new keys; return the files of the centre's key and of the leaders' key.

    `begin` is when the day is joined (ms).
    """
    shutil.copytree(hue_folder(), folder / CATALOGUE)
    owners = {"centre.pem": "ioc", "leaders.pem": "ubnd-tp"}
    rows = [key_entry(new_key(folder / file), owner, owner, begin - _VALID_BEFORE) for file, owner in owners.items()]
    (folder / CATALOGUE / "keys.yml").write_text("\n".join(["keys:", *rows, ""]))
    centre, leaders = (folder / file for file in owners)
    return centre, leaders
