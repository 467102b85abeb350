"""Making a pair of keys, and signing an event with one."""

import os
from base64 import b64encode
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ioc.catalogue.signing_key import SigningKey
from ioc.core.times import Instant, to_rfc3339
from ioc.signing.signer import Signer, private_key, public_bytes


def new_key(file: Path) -> Ed25519PrivateKey:
    """Write a new private key into a new file, readable by its owner alone. Raises OSError when the file exists."""
    private = Ed25519PrivateKey.generate()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return private


def key_entry(private: Ed25519PrivateKey, key_id: str, owner: str, valid_from: Instant) -> str:
    """Return the line of `keys.yml` for a key that is valid from an instant on (ms)."""
    public = b64encode(public_bytes(private)).decode()
    return f'  - {{id: {key_id}, owner: {owner}, public: "{public}", valid_from: "{to_rfc3339(valid_from)}"}}'


def sign_event(directive: bytes, key: Path, key_id: str) -> bytes:
    """Return a directive, a CloudEvent in structured mode, with its signature.

    Raises ValueError with all that is wrong with it.
    """
    private = private_key(key.read_bytes())
    signature = Signer(SigningKey(key_id, "", public_bytes(private), 0), private).signature(directive)
    event = msgspec.json.decode(directive)
    event["data"]["signature"] = signature
    return msgspec.json.format(msgspec.json.encode(event), indent=2)
