"""The notification desk of one partition: what is to be told, what waits, and what becomes of it.

No clock, no Kafka, no network. Whatever happens is returned as records of the ledger, which are written first and only
then applied; a message is sent after its make-up is written, and its outcome is written after that. So a desk that is
built anew from the ledger sends what it cannot know to have been sent, under the very id it had.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ioc.catalogue.channel import Channel, ChannelKind
from ioc.catalogue.city import Catalogue
from ioc.core.times import HOUR, Instant, Millis
from ioc.incident.facts import Fact
from ioc.incident.summary import Summary
from ioc.notifications.maintenance import MaintenanceWindow, MaintenanceWindows
from ioc.notifications.notification import Because, Notification, Occasion, Status, digest, message_id
from ioc.notifications.quiet_hours import quiet_until
from ioc.notifications.rate_limit import RateLimit, Since
from ioc.notifications.routing import Cause, cause_of, end_of, planned, whom, whom_still

# So many notifications are told in one message at most.
BUNDLE = 20


class Policy(Struct, frozen=True):
    """Which facts are acted on: none older than `too_old` (ms), none in a `replay`; `configured` channels can send."""

    configured: Collection[str] = ()
    too_old: Millis = HOUR
    replay: bool = False


class NotificationPlanner:
    """What one partition has to tell. `paces` are shared with the other desks of the process."""

    def __init__(self, partition: int, catalogue: Catalogue, policy: Policy, paces: Mapping[str, RateLimit]) -> None:
        self.partition = partition
        self.catalogue = catalogue
        self.policy = policy
        self.paces = paces
        self.zone = ZoneInfo(catalogue.zone)
        self.open: dict[str, Notification] = {}
        self.summaries: dict[str, Summary] = {}
        self.windows = MaintenanceWindows()
        self._causes: set[str] = set()
        self._ended: set[str] = set()
        self._is_new = True

    def apply(self, records: Iterable[Notification]) -> None:
        """Take over records that are safely written, or read from the ledger."""
        for one in records:
            self._causes.add(digest(one.cause))
            if one.is_final:
                self.open.pop(one.id, None)
            else:
                self.open[one.id] = one

    def restore(self, records: Collection[Notification], now: Instant) -> None:
        """Take over what the ledger holds, and note what its channels have borne lately."""
        self.apply(records)
        lately = {one.message: one for one in records if one.message is not None and one.at > now - HOUR}
        for one in lately.values():
            if one.channel in self.paces:
                self.paces[one.channel].take(one.at)

    def take(self, facts: Iterable[Fact], now: Instant) -> list[Notification]:
        """Return the notifications of facts that are heard of for the first time, and what they set free."""
        fresh: dict[str, list[Notification]] = {}
        for fact in facts:
            if fact.id not in fresh and not self._knows(fact.id):
                fresh[fact.id] = list(self._planned(fact, now))
        return self._settled([one for ones in fresh.values() for one in ones], now)

    def tick(self, now: Instant) -> list[Notification]:
        """Return what the passing of time changes: what need wait no longer, and windows that have ended."""
        return self._settled(list(self._still_open(now)), now)

    def _knows(self, cause: str) -> bool:
        return digest(cause) in self._causes

    def _planned(self, fact: Fact, now: Instant) -> Iterator[Notification]:
        cause, one = cause_of(fact), self.summaries.get(fact.incident)
        if cause is not None:
            yield from self._begun(cause, whom(fact, one, self.catalogue), one, now)

    def _begun(
        self, cause: Cause, pairs: Iterable[tuple[str, str]], one: Summary | None, now: Instant
    ) -> Iterator[Notification]:
        """Yield the notifications of a cause as they begin, or as they end at once when it brings nothing about."""
        for each in planned(cause, pairs, one, now):
            because = self._not_acted_on(cause, each.channel, now)
            yield each if because is None else _suppressed(each, because, now)

    def _not_acted_on(self, cause: Cause, channel: str, now: Instant) -> Because | None:
        """Return why a cause brings nothing about however its incident stands."""
        if self.policy.replay:
            return None if self._is_screen(channel) else Because.REPLAY
        if cause.at < now - self.policy.too_old:
            return Because.TOO_OLD
        return Because.SHELVED if cause.shelved and not cause.ordered else None

    def _still_open(self, now: Instant) -> Iterator[Notification]:
        """Yield, once for each window that has ended, what it held back and is still open."""
        for window in self.windows.over(now):
            if window.id in self._ended:
                continue
            self._ended.add(window.id)
            for one in self.summaries.values():
                cause = end_of(window, one)
                concerned = one.is_open and one.open_since < window.until and window.scope.covers(one)
                if concerned and not self._knows(cause.id):
                    yield from self._begun(cause, whom_still(one, self.catalogue), one, now)

    def _settled(self, fresh: Sequence[Notification], now: Instant) -> list[Notification]:
        """Return what changes of those that are new and of those that wait without a message made up for them."""
        done: list[Notification] = []
        ready: dict[str, list[Notification]] = {}
        waiting = list(self._may_move(now))
        windows = self.windows.active(now) if waiting or fresh else []
        for one in (self._screened(each, now, windows) for each in (*waiting, *fresh)):
            if one.status is Status.WAITING and one.reason == "":
                ready.setdefault(one.channel, []).append(one)
            else:
                done.append(one)
        for channel, pace in self.paces.items():
            done += self._released(pace, ready.get(channel, []), now)
        return [one for one in done if self.open.get(one.id) != one]

    def _may_move(self, now: Instant) -> Iterator[Notification]:
        """Yield what waits and may have waited for long enough; the rest is not even looked at, it can be very many."""
        borne = {id for id, pace in self.paces.items() if pace.free(now) == 0}
        look_at_all, self._is_new = self._is_new, False
        for one in self.open.values():
            held = one.channel in borne if one.reason == Because.RATE else (one.until or 0) > now
            if one.message is None and (look_at_all or not held):
                yield one

    def _screened(self, one: Notification, now: Instant, windows: Sequence[MaintenanceWindow]) -> Notification:
        """Return a notification with what holds it back for now or for good; as waiting for nothing when it may go."""
        if one.is_final:
            return one
        if (held := self._held_for_good(one, now, windows)) is not None:
            return held
        if self._is_screen(one.channel):
            return replace(one, status=Status.SENT, reason="", until=None, at=now)
        if one.channel not in self.policy.configured:
            return replace(one, status=Status.FAILED, reason=Because.NOT_CONFIGURED, until=None, at=now)
        until = None if one.urgent else quiet_until(self._channel(one.channel), now, self.zone)
        if until is None:
            return replace(one, reason="", until=None)
        return one if one.until == until else replace(one, reason=Because.QUIET_HOURS, until=until, at=now)

    def _held_for_good(
        self, one: Notification, now: Instant, windows: Sequence[MaintenanceWindow]
    ) -> Notification | None:
        summary = self.summaries.get(one.incident)
        if summary is None:
            return None
        if not summary.is_open:
            return _suppressed(one, Because.CLOSED, now)
        if one.ordered:
            return None
        news = one.occasion in (Occasion.URGENT, Occasion.LOWERED)
        if summary.shelved_until is not None and not news:
            return _suppressed(one, Because.SHELVED, now)
        window = next((window for window in windows if window.scope.covers(summary)), None)
        if window is None:
            return None
        return replace(_suppressed(one, Because.MAINTENANCE, now), window=window.id)

    def _released(self, pace: RateLimit, ready: list[Notification], now: Instant) -> Iterator[Notification]:
        """Yield what may be sent through a channel now, made up as messages; the rest goes on waiting, oldest first.

        Each fact has a message of its own as long as the channel bears so many. What has waited goes out together.
        """
        free = pace.free(now)
        all_looked_at = free != 0
        if not ready and not all_looked_at:
            return
        ones = sorted(ready, key=_most_pressing)
        if ones and not pace.is_turn(self.partition, _since(ones)):
            free = 0
        messages = list(self._messages(ones, free))
        sent = messages if free is None else messages[:free]
        left = [one for message in messages[len(sent) :] for one in message]
        pace.wait(self.partition, _since(left) if left else None, among_others=not all_looked_at)
        for message in sent:
            pace.take(now)
            yield from made_up(message, now)
        for one in left:
            known = self.open.get(one.id)
            waits_already = known is not None and known.reason == Because.RATE
            yield known if known is not None and waits_already else replace(one, reason=Because.RATE, at=now)

    def _messages(self, ones: list[Notification], free: int | None) -> Iterator[list[Notification]]:
        """Yield notifications of one channel as they are sent together, the most pressing first."""
        by_cause = [list(group) for _, group in groupby(ones, key=lambda one: one.cause)]
        alone = [group for group in by_cause if not self._goes_with_others(group)]
        together = [one for group in by_cause if self._goes_with_others(group) for one in group]
        if free is not None and len(alone) + -(-len(together) // BUNDLE) > free:
            pressing = [group for group in alone if group[0].urgent][: max(0, free - 1)]
            yield from pressing
            alone, together = [], [one for group in by_cause if group not in pressing for one in group]
        yield from alone
        yield from (together[start : start + BUNDLE] for start in range(0, len(together), BUNDLE))

    def _goes_with_others(self, group: list[Notification]) -> bool:
        """True of what has waited, and of what comes in numbers by its nature, unless it is urgent."""
        return not group[0].urgent and (group[0].id in self.open or group[0].occasion is Occasion.STILL_OPEN)

    def messages(self) -> dict[str, list[Notification]]:
        """Return the messages that are made up and not known to be sent, by their id."""
        made: dict[str, list[Notification]] = {}
        sealed = (one for one in self.open.values() if one.message is not None)
        for one in sorted(sealed, key=_most_pressing):
            made.setdefault(one.message or "", []).append(one)
        return made

    def _channel(self, id: str) -> Channel:
        return self.catalogue.channels[id]

    def _is_screen(self, channel: str) -> bool:
        known = self.catalogue.channels.get(channel)
        return known is not None and known.kind is ChannelKind.SCREEN


def _most_pressing(one: Notification) -> tuple[bool, Instant, str, str]:
    return (not one.urgent, one.planned_at, one.cause, one.id)


def _since(ones: Sequence[Notification]) -> Since:
    """Return since when the first of those that wait does."""
    return (not ones[0].urgent, ones[0].planned_at)


def made_up(members: Sequence[Notification], now: Instant) -> Iterator[Notification]:
    """Yield notifications as members of the one message that is about to be sent."""
    id = message_id(members)
    return (replace(one, status=Status.PLANNED, reason="", until=None, message=id, at=now) for one in members)


def told(members: Sequence[Notification], now: Instant) -> list[Notification]:
    """Return the members of a message once it is sent: bundled, when they are of more than one cause."""
    status = Status.SENT if len({one.cause for one in members}) == 1 else Status.BUNDLED
    return [replace(one, status=status, reason="", until=None, attempts=one.attempts + 1, at=now) for one in members]


def tried(members: Sequence[Notification], reason: str, until: Instant, now: Instant) -> list[Notification]:
    """Return the members of a message that was not taken, to be tried again at a moment."""
    return [
        replace(one, status=Status.WAITING, reason=reason, until=until, attempts=one.attempts + 1, at=now)
        for one in members
    ]


def given_up(members: Sequence[Notification], reason: str, now: Instant) -> list[Notification]:
    """Return the members of a message that was not taken once too often."""
    return [
        replace(one, status=Status.FAILED, reason=reason, until=None, attempts=one.attempts + 1, at=now)
        for one in members
    ]


def _suppressed(one: Notification, because: Because, now: Instant) -> Notification:
    return replace(one, status=Status.SUPPRESSED, reason=because, until=None, at=now)
