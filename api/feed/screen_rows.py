"""What is on the screens: the open incidents to be dealt with first, and those closed lately, each as a row.

A screen is read from its top, and nobody reads a million rows: behind the first few thousand it looks things up.
"""

from collections.abc import Iterator

from msgspec import Raw

from api.http.json import encoded
from api.incidents.serializer import row
from api.read_model.index.entry import NEVER, IndexEntry
from api.read_model.read_model import ReadModel
from ioc.core.times import HOUR, Instant, Millis
from ioc.incident.lifecycle import State

# So many open incidents are on the screens at most, those that come first in the order of work.
MOST_OPEN = 5_000
# How long a closed incident stays on the screens, and how many of them do, the latest.
CLOSED_SHOWN: Millis = 1 * HOUR
MOST_CLOSED = 1_000


class Shown:
    """The rows on the screens. They begin empty: all that is there comes as news."""

    def __init__(self, model: ReadModel) -> None:
        self.model = model
        self.rows: dict[str, Raw] = {}
        self._end = b""  # open ones are shown up to this place in the order of work
        self._since: Instant = NEVER  # and closed ones from this moment on

    def news(self) -> dict[str, Raw | None]:
        """Bring the rows up to date; return those that are new or changed, and those that are gone as None."""
        now = self.model.now()
        asked = {*self.model.dirty, *self._moved(now), *(id for id in self.model.turned() if id in self.rows)}
        self.model.dirty.clear()
        found = {id: self._row(id, now) for id in sorted(asked)}
        news = {id: one for id, one in found.items() if one is not None or id in self.rows}
        for id, one in news.items():
            if one is None:
                del self.rows[id]
            else:
                self.rows[id] = one
        return news

    def _moved(self, now: Instant) -> Iterator[str]:
        """Move the limits of what is shown; yield what lies between the old ones and the new."""
        end, since = self.model.end_of_open(MOST_OPEN), self.model.closed_lately(now - CLOSED_SHOWN, MOST_CLOSED)
        yield from self.model.open_between(*sorted((self._end, end)))
        yield from self.model.closed_between(*sorted((self._since, since)))
        self._end, self._since = end, since

    def _row(self, id: str, now: Instant) -> Raw | None:
        if self.model.lies_behind(id, self._end):
            return None  # most are, where there are many: they are not even unpacked
        card = self.model.card(id)
        return encoded(row(card, now)) if card is not None and self._holds(card) else None

    def _holds(self, card: IndexEntry) -> bool:
        if card.is_open:
            return card.key < self._end
        return card.incident.state is not State.MERGED and (card.incident.closed_at or 0) >= self._since

    def in_order(self) -> list[Raw]:
        """Return all rows: the open ones in the order of work, then those closed, the earliest first."""
        ids = (*self.model.open_between(b"", self._end), *self.model.closed_between(self._since, NEVER))
        return [self.rows[id] for id in ids]
