"""The dependency of routes on the live feed."""

from typing import Annotated

from fastapi import Depends

from api.feed.feed import Feed
from api.http.app_key import AppKey

the_feed = AppKey[Feed]("feed")
TheFeed = Annotated[Feed, Depends(the_feed)]
