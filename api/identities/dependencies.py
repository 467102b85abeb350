"""The dependency of routes on the reporters' identities."""

from typing import Annotated

from fastapi import Depends

from api.http.app_key import AppKey
from api.identities.identities import Identities

the_identities = AppKey[Identities]("identities")
TheIdentities = Annotated[Identities, Depends(the_identities)]
