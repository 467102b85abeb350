"""The demo's own keys: its catalogue knows them, and nobody else can read them."""

import stat
from pathlib import Path

from console.demo.keys import CATALOGUE, prepare_keys
from ioc.catalogue.reading.load import load_catalogue
from ioc.core.times import DAY
from ioc.signing.signer import private_key, signer_of
from tests.unit.samples import at

BEGIN = at("2025-10-27 13:55")


def test_the_demos_catalogue_knows_its_keys_and_whose_they_are(tmp_path: Path) -> None:
    files = prepare_keys(tmp_path, BEGIN)
    keys = load_catalogue(tmp_path / CATALOGUE).keys
    signers = [signer_of(private_key(file.read_bytes()), keys) for file in files]
    assert [signer.key.owner for signer in signers if signer is not None] == ["ioc", "ubnd-tp"]
    assert all(key.is_valid_at(BEGIN - 2 * DAY) for key in keys.values()), "also on the eve of the day that is played"
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
