"""The public keys that directives are signed with (keys.yml)."""

from msgspec import Struct

from ioc.core.times import Instant


class SigningKey(Struct, frozen=True):
    """A public key (Ed25519, 32 bytes), the unit or office that signs with it, and its validity (ms)."""

    id: str
    owner: str
    public: bytes
    valid_from: Instant
    valid_until: Instant | None = None

    def is_valid_at(self, moment: Instant) -> bool:
        """True from `valid_from` on and before `valid_until`."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)
