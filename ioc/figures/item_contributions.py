"""TODO."""

from ioc.core.scalars import FigureKey, Satisfaction
from ioc.figures.aggregates import Contribution, ContributionsByKey, Measure, Timing
from ioc.office_records.items import Item, Stamp
from ioc.office_records.records import Act, Register

ITEM_MEASURES: frozenset[Measure | Timing] = frozenset(
    {
        *(Timing.WAITING, Timing.SERVING),
        *(what for what in Measure if what.startswith(("tickets", "documents", "answers"))),
    }
)
"""What items alone contribute to windows."""


def contributions_of(item: Item | None) -> ContributionsByKey:
    """Return all an item adds to the aggregates, and under whom; nothing of none."""
    if item is None:
        return {}
    match item.register:
        case Register.TICKET:
            return _of_ticket(item.stamps)
        case Register.DOCUMENT:
            return _of_document(item.stamps)
        case Register.SURVEY:
            return _of_answer(item.stamps[Act.ANSWERED])


_Stamps = dict[Act, Stamp]


def _of_ticket(stamps: _Stamps) -> ContributionsByKey:
    """A ticket counts from its issue on, under whom it was issued for, and until it was served or given up.

    The wait is not known when by the counter's clock it was called before it was issued.
    """
    issued, called = stamps.get(Act.ISSUED), stamps.get(Act.CALLED)
    if issued is None:
        return {}
    told: list[Contribution] = [(issued.time, Measure.TICKETS, 1)]
    end = _end_of(stamps)
    if called is not None and (end is None or called.time <= stamps[end].time):
        told.append((called.time, Measure.TICKETS_CALLED, 1))
        if called.time >= issued.time:
            told.append((called.time, Timing.WAITING, called.time - issued.time))
        if end is Act.SERVED:
            told.append((stamps[end].time, Timing.SERVING, stamps[end].time - called.time))
    if end is not None:
        what = Measure.TICKETS_SERVED if end is Act.SERVED else Measure.TICKETS_LEFT
        told.append((stamps[end].time, what, 1))
    return {issued.who: told}


def _end_of(stamps: _Stamps) -> Act | None:
    """Return what ended a ticket: the earlier of served and left; in one moment it was served."""
    ends = (act for act in (Act.SERVED, Act.LEFT) if act in stamps)
    return min(ends, key=lambda act: stamps[act].time, default=None)


_DOCUMENTS = {
    Act.RECEIVED: Measure.DOCUMENTS_RECEIVED,
    Act.SIGNED: Measure.DOCUMENTS_SIGNED,
    Act.SENT: Measure.DOCUMENTS_SENT,
}


def _of_document(stamps: _Stamps) -> ContributionsByKey:
    """Each act counts under the unit that did it. What is signed only after it was sent went out unsigned."""
    told: dict[FigureKey, list[Contribution]] = {}
    for act, what in _DOCUMENTS.items():
        if act in stamps:
            told.setdefault(stamps[act].who, []).append((stamps[act].time, what, 1))
    sent, signed = stamps.get(Act.SENT), stamps.get(Act.SIGNED)
    if sent is not None and signed is not None and signed.time <= sent.time:
        told[sent.who].append((sent.time, Measure.DOCUMENTS_SENT_SIGNED, 1))
    return told


_VERDICTS = {
    Satisfaction.SATISFIED: Measure.ANSWERS_SATISFIED,
    Satisfaction.ACCEPTED: Measure.ANSWERS_ACCEPTED,
    Satisfaction.NOT_SATISFIED: Measure.ANSWERS_NOT_SATISFIED,
}


def _of_answer(stamp: Stamp) -> ContributionsByKey:
    told: list[Contribution] = [(stamp.time, Measure.ANSWERS, 1)]
    if stamp.satisfaction is not None:
        told.append((stamp.time, _VERDICTS[stamp.satisfaction], 1))
    if stamp.score is not None:
        told.append((stamp.time, Measure.ANSWERS_SCORED, 1))
        told.append((stamp.time, Measure.ANSWERS_SCORE, stamp.score))
    return {stamp.who: told}
