"""Who calls: bearer tokens (JWT, RFC 7519) by the keys of the settings, and the roles they carry.

Without such settings commands are open, as on a machine of one's own, and nobody may see an identity.
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

# Seconds by which another machine's clock may differ.
_LEEWAY = 10
# So many tokens are known to be valid until they are over.
_REMEMBERED = 1000
_MOST_SUBJECT = 512  # as long as an actor may be


class Role(StrEnum):
    """What a caller may do beyond looking at what all may see."""

    OPERATOR = "operator"  # give commands
    IDENTITY = "identity"  # see who reported an incident
    PRODUCER = "producer"  # send events of the sources that the token names


class Caller(Struct, frozen=True):
    """Who a token was made out to, the roles it gives, and the sources of events that it speaks for."""

    subject: str
    roles: frozenset[str]
    sources: frozenset[str] = frozenset()

    def may_send(self, source: str) -> bool:
        """True of a source that is named, and of any below one that is named with a slash at its end."""
        return source in self.sources or any(one.endswith("/") and source.startswith(one) for one in self.sources)


class InvalidToken(Exception):
    """A token that proves nothing: not signed by a known key, over, or not meant for the centre."""


class _Proven(NamedTuple):
    caller: Caller
    until: float  # seconds since the epoch


class Gate:
    """Checks tokens against the settings. Without any it is open."""

    def __init__(self, settings: AuthSettings) -> None:
        self._settings = settings
        self._proven: OrderedDict[str, _Proven] = OrderedDict()
        self.open = not settings.on

    def caller(self, token: str) -> Caller:
        """Return who a token was made out to. Raises InvalidToken.

        A signature is checked once: whoever sends many requests sends one token with all of them.
        """
        known = self._proven.get(token)
        if known is None or known.until <= time.time():
            known = self._proven[token] = self._prove(token)
            while len(self._proven) > _REMEMBERED:
                self._proven.popitem(last=False)
        return known.caller

    def _prove(self, token: str) -> _Proven:
        self._proven.pop(token, None)
        claims = self._claims(token)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_SUBJECT:
            raise InvalidToken
        roles, sources = self._settings.roles_claim, self._settings.sources_claim
        caller = Caller(subject, _listed(claims, roles), _listed(claims, sources))
        return _Proven(caller, float(claims["exp"]) + _LEEWAY)

    def _claims(self, token: str) -> dict[str, Any]:
        """Return what a token says when one of the keys has signed it: of two keys the older one goes out of use."""
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


def _listed(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    return frozenset(one for one in listed if isinstance(one, str))


the_gate = AppKey[Gate]("gate")

_bearer = HTTPBearer(
    bearerFormat="JWT",
    auto_error=False,
    description="Roles: `operator` for commands, `identity` for reporters, `producer` for events",
)


async def permitted(
    request: Request,
    needed: SecurityScopes,
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller | None:
    """Return the caller who has the roles a route needs; None where all are let in. Raises 401 and 403."""
    gate = the_gate.of(request)
    if gate.open:
        return None
    if token is None:
        raise _unauthorized("A bearer token is needed", "Bearer")
    try:
        caller = gate.caller(token.credentials)
    except InvalidToken:
        raise _unauthorized("The bearer token is not valid", 'Bearer error="invalid_token"') from None
    if not caller.roles.issuperset(needed.scopes):
        roles = " and ".join(needed.scopes)
        header = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{" ".join(needed.scopes)}"'}
        raise Problem(403, f"The role {roles} is needed", headers=header)
    return caller


def _unauthorized(title: str, challenge: str) -> Problem:
    return Problem(401, title, headers={"WWW-Authenticate": challenge})


async def may_see_identity(caller: Annotated[Caller | None, Security(permitted, scopes=[Role.IDENTITY])]) -> Caller:
    """Return the caller who may see identities: there always is one, or 401 or 403."""
    if caller is None:
        raise Problem(403, "Identities are not shown, since the centre has no roles configured")
    return caller


async def check_operator(request: Request) -> None:
    """Raise 401 or 403 when a request does not come from an operator."""
    await permitted(request, SecurityScopes([Role.OPERATOR]), await _bearer(request))


TheGate = Annotated[Gate, Depends(the_gate)]
AnOperator = Annotated[Caller | None, Security(permitted, scopes=[Role.OPERATOR])]
AProducer = Annotated[Caller | None, Security(permitted, scopes=[Role.PRODUCER])]
MaySeeIdentity = Annotated[Caller, Depends(may_see_identity)]
