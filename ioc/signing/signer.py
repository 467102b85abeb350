"""A signer: a private key that signs directives, and the catalogue's entry of its public half."""

from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from msgspec import Struct

from ioc.catalogue.signing_key import SigningKey
from ioc.core.rejections import Rejection
from ioc.decider.signatures import record_key, sign, statement
from ioc.incident.event import Event
from ioc.incident.payloads import Directed
from ioc.processors.reader import read_event


class Signer(Struct, frozen=True):
    """A private key, and the catalogue's entry of its public half, which names its id and its owner."""

    key: SigningKey
    private: Ed25519PrivateKey

    def signature(self, event: bytes) -> str:
        """Return the signature of a directive, given as a structured CloudEvent; ValueError names all its errors."""
        read = read_event(record_key(event), event)
        if not isinstance(read, Event) or not isinstance(read.payload, Directed):
            raise ValueError(str(read) if isinstance(read, Rejection) else "not an event that gives a directive")
        return sign(statement(read, read.payload), self.key.id, self.private)


def signer_of(private: Ed25519PrivateKey, keys: Mapping[str, SigningKey]) -> Signer | None:
    """Return the signer of a private key; None when the catalogue does not have its public half."""
    public = public_bytes(private)
    return next((Signer(key, private) for key in keys.values() if key.public == public), None)


def private_key(pem: bytes) -> Ed25519PrivateKey:
    """Return the Ed25519 private key of a PEM file without a passphrase; ValueError when it holds none."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("not a private key in PEM, without a passphrase") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not a private key of an Ed25519 pair")
    return key


def public_bytes(private: Ed25519PrivateKey) -> bytes:
    """Return the public half of a key, as a catalogue's `SigningKey` has it."""
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
