"""`ioc sign`, and the page that tells producers of it: what it shows is signed and accepted."""

import re
import shutil
import stat
from pathlib import Path

import msgspec
from typer.testing import CliRunner

from console.main import app
from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.times import HOUR
from ioc.decider.decide import decide
from ioc.decider.signatures import statement
from ioc.incident.event import Event
from ioc.incident.payloads import Directed
from ioc.processors.reader import read_event
from tests.unit.samples import at

PAGE = (Path(__file__).parents[3] / "docs" / "directives.md").read_text()
EVENT, STATED = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
KEY = b"field-reports:PA-000123"
RUN = CliRunner()


def command(*arguments: object, stdin: str | None = None, code: int = 0) -> str:
    result = RUN.invoke(app, list(map(str, arguments)), input=stdin)
    assert result.exit_code == code, result.output
    return result.output


def test_the_directive_of_the_page_is_signed_and_accepted_by_the_key_that_was_made(tmp_path: Path) -> None:
    made, said = re.findall(r"^ioc (sign .*?)(?:  +#.*| > .*)?$", PAGE, re.MULTILINE)
    (tmp_path / "directive.json").write_text(EVENT)
    line = command(*(tmp_path / word if word.endswith(".pem") else word for word in made.split()))
    assert stat.S_IMODE((tmp_path / "leaders.pem").stat().st_mode) == 0o600
    city = Path(shutil.copytree(hue_folder(), tmp_path / "city"))
    since = re.sub('valid_from: "[^"]*"', "valid_from: 2025-01-01T00:00:00Z", line)
    (city / "keys.yml").write_text(f"keys:\n{since}")
    names = (tmp_path / word if "." in word and not word.startswith("-") else word for word in said.split())
    signed = command(*names)
    event = read_event(KEY, signed.encode())
    assert isinstance(event, Event)
    assert decide(None, event, event.time + HOUR, load_catalogue(city)).rejection is None
    tampered = read_event(KEY, signed.replace("pccc", "csgt").encode())
    assert isinstance(tampered, Event)
    rejection = decide(None, tampered, event.time + HOUR, load_catalogue(city)).rejection
    assert rejection is not None
    assert rejection.reason == "bad_signature"


def test_what_is_signed_is_what_the_page_says() -> None:
    event = read_event(KEY, EVENT.encode())
    assert isinstance(event, Event)
    assert isinstance(event.payload, Directed)
    assert msgspec.json.decode(statement(event, event.payload)) == msgspec.json.decode(STATED)


def test_a_private_key_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("precious")
    command("sign", "new-key", file, "--id", "k", "--owner", "ioc", code=1)
    assert file.read_text() == "precious"


def test_what_cannot_be_signed_is_told(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    assert 'owner: ioc, public: "' in command("sign", "new-key", key, "--id", "k", "--owner", "ioc")
    for text, told in (("{", "not valid JSON"), ("{}", "missing"), (EVENT.replace("pccc", ""), "data.units.0")):
        file = tmp_path / "directive.json"
        file.write_text(text)
        assert told in command("sign", "directive", file, "--key", key, "--kid", "k", code=2)
    assert "not a private key" in command("sign", "directive", file, "--key", file, "--kid", "k", code=2)


def test_the_pages_reasons_are_all_there_are() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert told == {"no_keys", "unsigned", "unknown_key", "bad_signature", "key_out_of_time", "wrong_signer"}
    assert at("2025-10-27 14:36")
