"""Fetch the screen's third-party files into api/screen/, pinned by sha512.

`python deploy/screen/vendor.py` packs each package of vendor.json with npm, compares the
tarball with its pinned sha512 and writes the named files; `--check` only compares the
committed files with the manifest and needs no network. A new version is taken by changing
`version`, removing `sha512` and running it once: the sum seen is then written down.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PINS = HERE / "vendor.json"
SCREEN = HERE.parents[1] / "api" / "screen"
MANIFEST = SCREEN / "vendor" / "manifest.json"


def sha512(data: bytes) -> str:
    """The sum in the form npm writes it: `sha512-<base64>`."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def pack(name: str, version: str) -> bytes:
    """The package's tarball, through npm's own client and configuration."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", folder, f"{name}@{version}"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return next(Path(folder).glob("*.tgz")).read_bytes()


def localise(text: str, imports: dict[str, str]) -> str:
    """Bare imports become relative ones, so the page needs no import map and no inline script."""
    for bare, local in imports.items():
        text = re.sub(rf'(from\s*)"{re.escape(bare)}"', rf'\1"{local}"', text)
    return re.sub(r"\n?//# sourceMappingURL=\S+", "", text)


def written(path: str, data: bytes, imports: dict[str, str]) -> bytes:
    return localise(data.decode(), imports).encode() if path.endswith(".js") else data


def fetch(package: dict[str, Any], imports: dict[str, str]) -> dict[str, str]:
    """Write one package's files; returns {path below api/screen: sha512}."""
    tarball = pack(package["name"], package["version"])
    seen = sha512(tarball)
    if package.setdefault("sha512", seen) != seen:
        raise SystemExit(f"{package['name']} {package['version']}: the tarball is not the pinned one")
    sums = {}
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for inside, path in package["files"].items():
            member = archive.extractfile(f"package/{inside}")
            assert member is not None, inside
            data = written(path, member.read(), imports)
            (SCREEN / path).write_bytes(data)
            sums[path] = sha512(data)
    return sums


def update() -> None:
    pins = json.loads(PINS.read_text())
    manifest = []
    for package in pins["packages"]:
        sums = fetch(package, pins["imports"])
        manifest.append({key: package[key] for key in ("name", "version", "licence", "sha512")} | {"files": sums})
    PINS.write_text(json.dumps(pins, indent=2) + "\n")
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


def faults() -> list[str]:
    """What differs between the committed files and the manifest; empty when nothing does."""
    found = []
    for package in json.loads(MANIFEST.read_text()):
        for path, expected in package["files"].items():
            file = SCREEN / path
            if not file.exists():
                found.append(f"{path} is missing")
            elif sha512(file.read_bytes()) != expected:
                found.append(f"{path} is not {package['name']} {package['version']}")
    return found


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit("\n".join(faults()) or 0)
    update()
