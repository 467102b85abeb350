"""What each ticket, document and answer to a survey contributes to the windows."""

from collections.abc import Mapping

from ioc.core.exhaustive import total
from ioc.core.scalars import FigureKey, Satisfaction
from ioc.figures.aggregates import Contribution, ContributionsByKey, Measure, Timing
from ioc.office_records.items import Item, Stamp
from ioc.office_records.records import Act, Register

ITEM_MEASURES: frozenset[Measure | Timing] = frozenset(
    {
        *(Timing.WAITING, Timing.SERVING),
        *(measure for measure in Measure if measure.startswith(("tickets", "documents", "answers"))),
    }
)
"""The measures and timings that only items contribute to."""


def contributions_of(item: Item | None) -> ContributionsByKey:
    """Return everything an item adds to the aggregates; nothing for None."""
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
    """Return what a ticket adds, all under the service, unit and ward it was issued for, up to served or left.

    Its wait is left out when by the counter's clock it was called before it was issued.
    """
    issued, called = stamps.get(Act.ISSUED), stamps.get(Act.CALLED)
    if issued is None:
        return {}
    contributions: list[Contribution] = [(issued.time, Measure.TICKETS, 1)]
    end = _end_of(stamps)
    if called is not None and (end is None or called.time <= stamps[end].time):
        contributions.append((called.time, Measure.TICKETS_CALLED, 1))
        if called.time >= issued.time:
            contributions.append((called.time, Timing.WAITING, called.time - issued.time))
        if end is Act.SERVED:
            contributions.append((stamps[end].time, Timing.SERVING, stamps[end].time - called.time))
    if end is not None:
        measure = Measure.TICKETS_SERVED if end is Act.SERVED else Measure.TICKETS_LEFT
        contributions.append((stamps[end].time, measure, 1))
    return {issued.figure_key: contributions}


def _end_of(stamps: _Stamps) -> Act | None:
    """Return the act that ended a ticket: the earlier of served and left, and served when both have one instant."""
    ends = (act for act in (Act.SERVED, Act.LEFT) if act in stamps)
    return min(ends, key=lambda act: stamps[act].time, default=None)


_DOCUMENTS = {
    Act.RECEIVED: Measure.DOCUMENTS_RECEIVED,
    Act.SIGNED: Measure.DOCUMENTS_SIGNED,
    Act.SENT: Measure.DOCUMENTS_SENT,
}


def _of_document(stamps: _Stamps) -> ContributionsByKey:
    """Return what a document adds: each act under its own unit. One that was signed after it was sent went unsigned."""
    contributions: dict[FigureKey, list[Contribution]] = {}
    for act, measure in _DOCUMENTS.items():
        if act in stamps:
            contributions.setdefault(stamps[act].figure_key, []).append((stamps[act].time, measure, 1))
    sent, signed = stamps.get(Act.SENT), stamps.get(Act.SIGNED)
    if sent is not None and signed is not None and signed.time <= sent.time:
        contributions[sent.figure_key].append((sent.time, Measure.DOCUMENTS_SENT_SIGNED, 1))
    return contributions


_VERDICTS: Mapping[Satisfaction, Measure] = total(
    {
        Satisfaction.SATISFIED: Measure.ANSWERS_SATISFIED,
        Satisfaction.ACCEPTED: Measure.ANSWERS_ACCEPTED,
        Satisfaction.NOT_SATISFIED: Measure.ANSWERS_NOT_SATISFIED,
    },
    Satisfaction,
)


def _of_answer(stamp: Stamp) -> ContributionsByKey:
    contributions: list[Contribution] = [(stamp.time, Measure.ANSWERS, 1)]
    if stamp.satisfaction is not None:
        contributions.append((stamp.time, _VERDICTS[stamp.satisfaction], 1))
    if stamp.score is not None:
        contributions.append((stamp.time, Measure.ANSWERS_SCORED, 1))
        contributions.append((stamp.time, Measure.ANSWERS_SCORE, stamp.score))
    return {stamp.figure_key: contributions}
