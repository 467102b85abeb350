"""The dependency of routes on the link to the war room."""

from typing import Annotated

from fastapi import Depends

from api.http.app_key import AppKey

# Empty when there is no war room.
the_war_room_link = AppKey[str]("war_room_link")
TheWarRoomLink = Annotated[str, Depends(the_war_room_link)]
