"""The sentences of a report's summary: what its figures say, the most important first."""

from collections.abc import Iterator

from api.figures.scope import Dimension
from api.report.writer import ReportWriter

# At most this many units are named as those with most overdue.
_MAX_WORST = 3


def summary_sentences(writer: ReportWriter) -> Iterator[str]:
    """Yield what the figures say, the most important first."""
    t, total = writer.locale, writer.content.total
    received, resolved = t.number(total["received"]), t.number(total["resolved"])
    yield t("in_received", received=received, change=_change(writer), resolved=resolved)
    yield _rates(writer)
    standing = total["standing"]
    yield t("in_standing", open=t.number(standing["open"]), overdue=t.number(standing["overdue"]))
    yield from _worst_units(writer)
    handling = total["handling"]
    if handling["count"]:
        yield t("in_times", p50=t.duration(handling["p50_s"]), p90=t.duration(handling["p90_s"]))
    yield from _reduction(writer)


def _change(writer: ReportWriter) -> str:
    """Return by how much more or less was received than in the period before; nothing without a comparison."""
    previous, received = writer.content.previous, writer.content.total["received"]
    if previous is None or not previous["received"] or writer.running:
        return ""
    change = received / previous["received"] - 1
    word = "change_more" if change > 0 else "change_less" if change < 0 else "change_same"
    return writer.locale(word, percent=writer.locale.percent(abs(change)))


def _rates(writer: ReportWriter) -> str:
    t, qd766, previous = writer.locale, writer.content.total["qd766"], writer.content.previous
    if not qd766["to_be_handled"]:
        return t("in_rates_none")
    values = {
        "due": t.number(qd766["to_be_handled"]),
        "on_time": t.percent(qd766["on_time_rate"]),
        "satisfied": t.percent(qd766["satisfaction_rate"]),
    }
    if previous is None or previous["qd766"]["on_time_rate"] is None:
        return t("in_rates_alone", **values)
    return t("in_rates", **values, before=t.percent(previous["qd766"]["on_time_rate"]))


def _worst_units(writer: ReportWriter) -> Iterator[str]:
    t, content = writer.locale, writer.content
    worst = [row for row in content.by[Dimension.UNIT] if row.figures["standing"]["overdue"]][:_MAX_WORST]
    if worst and content.scope.unit is None:
        counts = (t.number(row.figures["standing"]["overdue"]) for row in worst)
        names = zip(writer.names_of(Dimension.UNIT, worst), counts, strict=True)
        yield t("in_worst", units="; ".join(f"{name} ({count})" for name, count in names))


def _reduction(writer: ReportWriter) -> Iterator[str]:
    t, rate = writer.locale, writer.content.total["reduction"]["rate"]
    if rate is not None:
        source = "; ".join(dict.fromkeys(baseline.source for _, baseline in writer.baselines()))
        yield t("in_shorter" if rate >= 0 else "in_longer", percent=t.percent(abs(rate)), source=source)
