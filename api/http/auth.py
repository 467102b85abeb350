"""Authentication and authorization: bearer tokens (JWT, RFC 7519), the keys that check them, and the roles they carry.

Without such settings commands are open, as on a developer's machine, and nobody may see an identity.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import jwt
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from msgspec import Struct

from api.http.app_key import AppKey
from api.http.problems import Problem
from api.http.settings import AuthSettings

# Seconds by which the clock of the token's issuer may differ from ours.
_LEEWAY = 10
# How many valid tokens are cached until they expire.
_MAX_CACHED = 1000
_MAX_SUBJECT_LENGTH = 512  # as long as an actor may be


class Role(StrEnum):
    """What a caller may do beyond reading what is public."""

    OPERATOR = "operator"  # give commands
    IDENTITY = "identity"  # see who reported an incident
    PRODUCER = "producer"  # send events of the sources that the token names


class Caller(Struct, frozen=True):
    """The subject of a token, the roles it gives, and the sources whose events it may send."""

    subject: str
    roles: frozenset[str]
    sources: frozenset[str] = frozenset()

    def may_send(self, source: str) -> bool:
        """True of a source the token names, and of any source below a name that ends in a slash."""
        prefixes = (name for name in self.sources if name.endswith("/"))
        return source in self.sources or any(map(source.startswith, prefixes))


class InvalidToken(Exception):
    """The token is not signed by a known key, has expired, or is meant for another audience."""


class _CachedCaller(NamedTuple):
    caller: Caller
    expires_at: float  # seconds since the epoch


class Gate:
    """Checks tokens by the settings; without settings it is open and lets everybody in."""

    def __init__(self, settings: AuthSettings) -> None:
        self._settings = settings
        self._cache: OrderedDict[str, _CachedCaller] = OrderedDict()
        self.is_open = not settings.is_on

    def caller_of(self, token: str) -> Caller:
        """Return the caller a token was issued to. Raises InvalidToken.

        Each signature is checked once: a client sends the same token with all its requests.
        """
        cached = self._cache.get(token)
        if cached is None or cached.expires_at <= time.time():
            cached = self._cache[token] = self._check(token)
            while len(self._cache) > _MAX_CACHED:
                self._cache.popitem(last=False)
        return cached.caller

    def _check(self, token: str) -> _CachedCaller:
        self._cache.pop(token, None)
        claims = self._claims(token)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT_LENGTH:
            raise InvalidToken
        roles, sources = self._settings.roles_claim, self._settings.sources_claim
        caller = Caller(subject, _strings_at(claims, roles), _strings_at(claims, sources))
        return _CachedCaller(caller, float(claims["exp"]) + _LEEWAY)

    def _claims(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that any of the keys has signed: while keys are rotated there are two."""
        for key in self._settings.keys:
            try:
                return jwt.decode(
                    token,
                    key,
                    algorithms=[self._settings.algorithm],
                    audience=self._settings.audience,
                    issuer=self._settings.issuer,
                    leeway=_LEEWAY,
                    options={"require": ["exp", "iss", "aud", "sub"]},
                )
            except jwt.InvalidSignatureError:
                continue
            except jwt.InvalidTokenError as error:
                raise InvalidToken from error
        raise InvalidToken


def _strings_at(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """Return the strings of the list at a path; dots lead into objects."""
    node: Any = claims
    for name in path.split("."):
        node = node.get(name) if isinstance(node, Mapping) else None
    values = node if isinstance(node, Sequence) and not isinstance(node, str) else ()
    return frozenset(value for value in values if isinstance(value, str))


the_gate = AppKey[Gate]("gate")

_bearer = HTTPBearer(
    bearerFormat="JWT",
    auto_error=False,
    description="Roles: `operator` for commands, `identity` for reporters, `producer` for events",
)


async def authorize(
    request: Request,
    required: SecurityScopes,
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller | None:
    """Return the caller, who has the roles a route requires, or None when the gate is open. Answers 401 and 403."""
    gate = the_gate.of(request)
    if gate.is_open:
        return None
    if token is None:
        raise _unauthorized("A bearer token is needed", "Bearer")
    try:
        caller = gate.caller_of(token.credentials)
    except InvalidToken:
        raise _unauthorized("The bearer token is not valid", 'Bearer error="invalid_token"') from None
    if not caller.roles.issuperset(required.scopes):
        roles = " and ".join(required.scopes)
        header = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{" ".join(required.scopes)}"'}
        raise Problem(403, f"The role {roles} is needed", headers=header)
    return caller


def _unauthorized(title: str, challenge: str) -> Problem:
    return Problem(401, title, headers={"WWW-Authenticate": challenge})


async def identity_viewer(caller: Annotated[Caller | None, Security(authorize, scopes=[Role.IDENTITY])]) -> Caller:
    """Return the caller who may see identities; without one it answers 401 or 403, even when the gate is open."""
    if caller is None:
        raise Problem(403, "Identities are not shown, since the centre has no roles configured")
    return caller


async def require_operator(request: Request) -> None:
    """Answer 401 or 403 when a request does not come from an operator."""
    await authorize(request, SecurityScopes([Role.OPERATOR]), await _bearer(request))


TheGate = Annotated[Gate, Depends(the_gate)]
OperatorCaller = Annotated[Caller | None, Security(authorize, scopes=[Role.OPERATOR])]
ProducerCaller = Annotated[Caller | None, Security(authorize, scopes=[Role.PRODUCER])]
IdentityCaller = Annotated[Caller, Depends(identity_viewer)]
