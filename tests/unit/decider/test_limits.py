"""What must not stop a worker: odd moments, deep nesting, null headers, endless histories, a changed catalogue."""

from datetime import date, time

import msgspec
import pytest
from msgspec import Raw

from ioc.catalogue.calendar import Calendar, CalendarError, Frame
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import SlaPolicy
from ioc.core.rejections import Reason, Rejection
from ioc.core.scalars import TargetName
from ioc.core.times import DAY, HOUR, MINUTE
from ioc.core.topics import MAX_STATE_BYTES
from ioc.decider.decide import DeadlinePassed, Decision, decide
from ioc.decider.history import MAX_HISTORY, MAX_HISTORY_BYTES, MAX_OVERHEAD
from ioc.incident.event import Event
from ioc.incident.facts import FactKind
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import EventType, State
from ioc.incident.state import Incident
from ioc.processors.reader import read_event
from ioc.processors.serde import encode
from tests.unit.samples import CITY, at, body, event

T = at("2026-04-14 08:00")
LATER = T + 60 * DAY
KEY = b"field-reports:1"


def rejection(value: bytes, headers: list[tuple[str, bytes | None]] | None = None) -> Rejection:
    read = read_event(KEY, value, headers or [])
    assert isinstance(read, Rejection)
    return read


def fold(*events: Event | DeadlinePassed, state: Incident | None = None, catalogue: Catalogue = CITY) -> Decision:
    decision = Decision(state)
    for one in events:
        decision = decide(decision.state, one, LATER, catalogue)
    return decision


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
def test_moments_that_stand_for_nothing_are_refused(time: str) -> None:
    good = body("reported", T, "e1", service="field-reports")
    told = msgspec.json.decode(good) | {"time": time}
    assert rejection(msgspec.json.encode(told)).errors[0].field == "time"
    due = body("reported", T, "e1", service="field-reports", due={"resolve": time})
    assert rejection(due).errors[0].field == "data.due.resolve"
    directed = body("directed", T, "e1", units=["hepco"], due=time)
    assert rejection(directed).errors[0].field == "data.due"


def test_the_sentinel_dues_of_real_tables_are_taken_and_cost_no_time() -> None:
    reported = event("reported", T, due={"resolve": "2059-12-31T00:00:00+07:00"})
    state = fold(reported, event("noted", T + 1)).state
    assert state is not None
    assert state.next_at is not None


@pytest.mark.parametrize("value", [b"[" * 100_000, b'{"data":' * 50_000, b'{"type":["a"]}', b"1", b"null"])
def test_odd_json_is_refused_and_no_more(value: bytes) -> None:
    assert rejection(value).errors


def test_words_that_grow_in_nfc_are_refused() -> None:
    told = rejection(body("reported", T, "e1", service="field-reports", title="\u0958" * 512))
    assert told.reason is Reason.INVALID
    assert told.errors


def test_a_null_header_is_no_header() -> None:
    good = body("reported", T, "e1", service="field-reports")
    assert isinstance(read_event(KEY, good, [("ce_id", None), ("content-type", None)]), Event)


def test_a_week_date_is_named_as_the_fault_it_is() -> None:
    told = rejection(body("reported", T, "e1", service="field-reports").replace(b"2026-04-14", b"2026-W48-2"))
    assert [fault.field for fault in told.errors] == ["time"]


def test_a_senders_own_words_are_not_in_the_fault() -> None:
    due = {"Nguyen Van A 0905": "tomorrow"}
    assert "Nguyen" not in str(rejection(body("reported", T, "e1", service="field-reports", due=due)))


def test_a_full_history_can_still_be_closed_but_not_grow() -> None:
    refused = [event("resumed", T + n, event_id=f"r{n}") for n in range(1, MAX_HISTORY)]
    full = fold(event("reported", T), *refused).state
    more = fold(event("noted", T + HOUR, text="x"), state=full)
    assert more.rejection is not None
    assert more.rejection.reason is Reason.HISTORY_FULL
    closed = fold(event("resolved", T + HOUR), state=full).state
    assert closed is not None
    assert closed.state is State.RESOLVED
    assert fold(event("reopened", T + 2 * HOUR), state=closed).rejection is not None


def test_a_state_fits_into_its_record_however_much_is_said() -> None:
    words = "ế" * 8000
    notes = [event("noted", T + n, event_id=f"n{n}", text=words) for n in range(1, 120)]
    units = [f"{number:0>120}" for number in range(200)]
    directives = [event("directed", T + HOUR + n, event_id=f"d{n}", units=units, text=words) for n in range(1, 60)]
    state = fold(event("reported", T, text=words), *notes, *directives, event("resolved", T + DAY)).state
    assert state is not None
    assert state.state is State.RESOLVED
    assert sum(len(entry.data) for entry in state.history) <= MAX_HISTORY_BYTES + 64 * 1024
    assert len(encode(state)) < MAX_STATE_BYTES / 2
    assert state.text == words, "the report's own words are kept"


def test_a_state_fits_into_its_record_however_long_the_names_of_its_events_are() -> None:
    source = f"/{chr(1) * 230}/field-reports"
    state = fold(event("reported", T)).state
    for number in range(1, MAX_HISTORY):
        state = fold(event("noted", T + number, f"{number:\x01>256}", source=source), state=state).state
    closed = fold(event("resolved", T + DAY), state=state).state
    assert closed is not None
    assert closed.state is State.RESOLVED
    assert len(encode(closed)) < MAX_STATE_BYTES / 2


@pytest.mark.parametrize("char", ["\x01", '"', "ế", "\U0001f525", "\u2028"])
@pytest.mark.parametrize("event_type", EventType)
def test_no_entry_takes_more_besides_its_data_than_is_reckoned(event_type: EventType, char: str) -> None:
    reason = max(Reason, key=len)
    longest = HistoryEntry(
        LATER, event_type, char * 256, char * 256, Raw(b"{}"), reason, ("service", "unit", "ward", "units"), False
    )
    assert len(encode((longest,))) - len(longest.data) <= MAX_OVERHEAD


def changed(catalogue: Catalogue, **parts: object) -> Catalogue:
    return msgspec.structs.replace(catalogue, **parts)


def test_a_service_taken_out_of_the_catalogue_stops_nobody() -> None:
    services = {code: one for code, one in CITY.services.items() if code != "field-reports"}
    poorer = changed(CITY, services=services)
    state = fold(event("reported", T), event("assigned", T + HOUR, unit="hepco")).state
    later = fold(event("started", T + 2 * HOUR), event("acknowledged", T + MINUTE), state=state, catalogue=poorer).state
    assert later is not None
    assert later.state is State.IN_PROGRESS


def test_a_unit_taken_out_of_the_catalogue_judges_nothing_anew() -> None:
    state = fold(event("reported", T, unit="hepco"), event("resolved", T + HOUR)).state
    poorer = changed(CITY, units={code: one for code, one in CITY.units.items() if code != "hepco"})
    for late in (event("noted", T + MINUTE, text="x"), event("acknowledged", T + 2 * MINUTE)):
        state = fold(late, state=state, catalogue=poorer).state
        assert state is not None
        assert state.state is State.RESOLVED


def test_a_closed_matter_keeps_its_verdict_though_a_holiday_was_added() -> None:
    # 16 working hours from Tuesday 08:00 end on Thursday 09:00.
    state = fold(event("reported", T), event("resolved", at("2026-04-16 09:30"))).state
    assert state is not None
    assert state.on_time is False
    office = CITY.calendars["hanh-chinh"]
    holidays = {**office.holidays, date(2026, 4, 15): "decreed later"}
    later = Calendar("hanh-chinh", CITY.zone, office.week, holidays, office.workdays)
    kinder = changed(
        CITY, calendars={**CITY.calendars, "hanh-chinh": later}, rules=SlaPolicy(CITY.rules.rules), edition="kinder"
    )
    for late in (event("noted", T + MINUTE, text="x"), event("acknowledged", T + 2 * MINUTE)):
        kept = fold(late, state=state, catalogue=kinder).state
        assert kept is not None
        assert kept.on_time is False
        assert kept.worked == state.worked


def test_a_target_reached_before_its_rule_came_is_not_breached() -> None:
    started = fold(event("reported", T), event("started", T + MINUTE), event("updated", T + HOUR, priority="urgent"))
    state = started.state
    assert state is not None
    first = state.clock(TargetName.FIRST_RESPONSE)
    assert first is not None
    assert first.met == T + MINUTE
    told = fold(DeadlinePassed(state.id), state=state).facts
    assert {fact.target for fact in told if fact.kind is FactKind.BREACHED} == {TargetName.RESOLVE}


def test_keep_elapsed_forgets_no_time() -> None:
    events = [
        event("reported", T),
        event("updated", T + 2 * HOUR, priority="urgent"),
        event("updated", T + 2 * HOUR + MINUTE, priority="normal", actor="Lan", text="đã gọi lại"),
    ]
    plain, raised = fold(events[0]).state, fold(*events).state
    assert plain is not None
    assert raised is not None
    assert raised.clock(TargetName.RESOLVE).due == plain.clock(TargetName.RESOLVE).due  # type: ignore[union-attr]


def test_a_breach_told_too_early_is_corrected() -> None:
    state = fold(event("reported", T, due={"resolve": "2026-04-14T10:00:00+07:00"})).state
    assert state is not None
    state = fold(DeadlinePassed(state.id), state=state).state
    facts = fold(event("resolved", T + HOUR), state=state).facts
    corrected = [fact for fact in facts if fact.kind is FactKind.CORRECTED]
    assert len(corrected) == 1
    assert corrected[0].changes is not None
    assert TargetName.RESOLVE in corrected[0].changes["not_breached"]


def test_a_solution_keeps_the_verdict_it_was_given_when_it_is_told_later() -> None:
    resolved, reopened = event("resolved", T + HOUR), event("reopened", T + 2 * HOUR)
    facts = fold(resolved, reopened, event("reported", T)).facts
    assert [fact.on_time for fact in facts if fact.kind is FactKind.RESOLVED] == [True]


@pytest.mark.parametrize("frames", [["07:30-11:30", "11:00-17:00"], ["17:00-07:30"], ["00:00-00:00", "08:00-09:00"]])
def test_hours_nobody_could_work_are_refused(frames: list[str]) -> None:
    week = {0: [Frame(*map(time.fromisoformat, one.split("-"))) for one in frames]}
    with pytest.raises(CalendarError):
        Calendar("c", CITY.zone, week)
