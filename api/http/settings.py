"""The settings of the API, read once from the environment (`IOC_*`) when the process starts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Self

from jwt.algorithms import get_default_algorithms
from jwt.exceptions import InvalidKeyError
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ioc.catalogue.reading.load import hue_folder
from ioc.signing.signer import private_key


class ApiSettings(BaseSettings):
    """How the API is served."""

    model_config = SettingsConfigDict(env_prefix="IOC_", frozen=True, extra="ignore")

    bootstrap: str = Field("127.0.0.1:9092", description="Kafka brokers, host:port, comma-separated")
    host: str = Field("127.0.0.1", description="address it listens on")
    port: int = Field(8080, ge=1, le=65535)
    map_geojson: Path | None = Field(None, description="the wards' true polygons, instead of the schematic ones")
    catalogue: Path = Field(default_factory=hue_folder, description="folder of the catalogue's YAML files")
    intake_rate: float = Field(0, ge=0, description="events a second that a producer may send over HTTP; 0 for any")
    jurisdiction: str = Field("", description="the jurisdiction_id that Open311 requests must name, if they name any")
    signing_key: Path | None = Field(None, description="file of the private key that signs the centre's directives")

    @field_validator("map_geojson")
    @classmethod
    def _check_file_exists(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_file():
            raise ValueError(f"IOC_MAP_GEOJSON names no file: {path}")
        return path

    @field_validator("signing_key")
    @classmethod
    def _check_is_key(cls, path: Path | None) -> Path | None:
        if path is not None:
            try:
                private_key(path.read_bytes())
            except OSError as error:
                raise ValueError(f"IOC_SIGNING_KEY cannot be read: {error.strerror}") from None
        return path


ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512")
_END_OF_KEY = "-----END PUBLIC KEY-----"


class AuthSettings(BaseSettings):
    """Which tokens the API accepts. Either everything that is needed to check one is set, or nothing is."""

    model_config = SettingsConfigDict(env_prefix="IOC_AUTH_", frozen=True, extra="ignore", hide_input_in_errors=True)

    key: SecretStr | None = Field(None, description="public keys in PEM, one after another, or a shared secret")
    key_file: Path | None = Field(None, description="the file that holds the same")
    algorithm: str = Field("RS256", description="the one algorithm that tokens are signed with")
    issuer: str = Field("", description="who signs them: their `iss`")
    audience: str = Field("", description="the centre's own name: their `aud`")
    roles_claim: str = Field("roles", description="where they list the roles; dots lead into objects")
    sources_claim: str = Field("sources", description="where those of producers list the sources they speak for")

    @property
    def is_on(self) -> bool:
        """True when tokens are checked; otherwise anyone may give commands, and nobody sees identities."""
        return bool(self.model_fields_set)

    @property
    def keys(self) -> tuple[str, ...]:
        """The public keys, or the one shared secret."""
        text = self.key.get_secret_value() if self.key is not None else self._key_in_file()
        if self.algorithm.startswith("HS"):
            return (text,)
        return tuple(f"{key.strip()}\n{_END_OF_KEY}\n" for key in text.split(_END_OF_KEY)[:-1])

    def _key_in_file(self) -> str:
        return self.key_file.read_text().strip() if self.key_file is not None and self.key_file.is_file() else ""

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        errors = list(self._errors()) if self.is_on else []
        if errors:
            raise ValueError("; ".join(errors))
        return self

    def _errors(self) -> Iterator[str]:
        if not self.issuer:
            yield "IOC_AUTH_ISSUER is missing"
        if not self.audience:
            yield "IOC_AUTH_AUDIENCE is missing"
        if self.algorithm not in ALGORITHMS:
            yield f"IOC_AUTH_ALGORITHM is none of {', '.join(ALGORITHMS)}"
        if (self.key is None) is (self.key_file is None):
            yield "either IOC_AUTH_KEY or IOC_AUTH_KEY_FILE is needed"
        elif self.algorithm in ALGORITHMS and not self._has_sound_keys():
            yield f"IOC_AUTH_KEY holds no key that is long enough for {self.algorithm}"

    def _has_sound_keys(self) -> bool:
        algorithm = get_default_algorithms()[self.algorithm]
        try:
            too_short = [algorithm.check_key_length(algorithm.prepare_key(key)) for key in self.keys]
        except (InvalidKeyError, ValueError, TypeError):
            return False
        return bool(too_short) and not any(too_short)
