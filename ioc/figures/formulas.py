"""The figures of a stretch of time: one table of formulas.

JSON, CSV, the report and the OpenAPI document are made of the table, so a figure is added in one place: a row here, and
what it is made of among the measures. docs/figures.md tells what each means.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from ioc.core.times import SECOND
from ioc.figures.aggregates import ESCALATED_TO, LEVELS, RAISED_TO, Aggregate, Measure, Timing
from ioc.figures.sketch import ERROR
from ioc.figures.sums import BaselineComparison, Sums

Value = int | float | dict[str, Any] | None
"""What a formula gives: a number, the parts of a timing, or None where there is nothing to tell."""


Of = Callable[[Sums], Value]
Number = Callable[[Sums], int]


class Shape(StrEnum):
    """What kind of value a formula gives: a count, a share of 1, seconds, a plain number, or a timing's parts."""

    COUNT = "count"
    RATE = "rate"
    SECONDS = "seconds"
    NUMBER = "number"
    TIMING = "timing"


class Formula(NamedTuple):
    """One figure: its name in its group, what it is called in both languages, and what it says."""

    name: str
    shape: Shape
    of: Of
    en: str
    vi: str
    tells: str = ""


def count(*measures: Measure) -> Number:
    """Return the formula of how often any of these came about."""
    return lambda sums: sum(sums.flow.count(measure) for measure in measures)


def standing(measure: Measure) -> Number:
    """Return the formula of how many stood at the end."""
    return lambda sums: sums.standing.get(measure, 0)


def plus(*parts: Number) -> Number:
    """Return the formula of a sum."""
    return lambda sums: sum(part(sums) for part in parts)


def less(whole: Number, part: Number) -> Number:
    """Return the formula of a difference."""
    return lambda sums: whole(sums) - part(sums)


def rate(part: Number, whole: Number) -> Of:
    """Return the formula of a share of a whole; None of nothing."""
    return lambda sums: share(part(sums), whole(sums))


def share(part: int, whole: int) -> float | None:
    """Return the share of a whole to six digits; None of nothing."""
    return round(part / whole, 6) if whole > 0 else None


def timed(timing: Timing) -> Of:
    """Return the formula of a duration: how many, the exact mean, and quantiles with the bound of their error."""
    return lambda sums: _timing(sums.flow, timing)


QUANTILES = (50, 90, 99)
TIMING_PARTS = ("count", "mean_s", *(f"p{q}_s" for q in QUANTILES), "error")


def _timing(flow: Aggregate, timing: Timing) -> dict[str, Any]:
    sketch = flow.timings.get(timing)
    if sketch is None:
        return {**dict.fromkeys(TIMING_PARTS), "count": 0, "error": ERROR}
    quantiles = {f"p{q}_s": _seconds(sketch.quantile(q / 100)) for q in QUANTILES}
    return {"count": sketch.count, "mean_s": _seconds(sketch.mean), **quantiles, "error": ERROR}


def _seconds(millis: float | None) -> float | None:
    return None if millis is None else round(millis / SECOND, 3)


def _of_each_compared(millis: Callable[[BaselineComparison], int]) -> Of:
    def of(sums: Sums) -> Value:
        compared = sums.compared
        return _seconds(millis(compared) / compared.count) if compared.count else None

    return of


def _reduction(sums: Sums) -> Value:
    return share(sums.compared.before - sums.compared.took, sums.compared.before)


_C, _R, _S, _N, _T = Shape.COUNT, Shape.RATE, Shape.SECONDS, Shape.NUMBER, Shape.TIMING
_M = Measure
_RESOLVED, _ON_TIME, _NOT_GOOD = count(_M.RESOLVED), count(_M.ON_TIME), count(_M.NOT_GOOD)
_REOPENED, _OVERDUE = count(_M.REOPENED), standing(_M.OVERDUE)
# QD 766: all within competence that were handled, or should have been by the end.
_TO_BE_HANDLED = plus(_RESOLVED, _OVERDUE)
_CLOSED = count(_M.RESOLVED, _M.CANCELLED, _M.REJECTED, _M.MERGED)
_ANSWERS, _UNHAPPY = count(_M.ANSWERS), count(_M.ANSWERS_NOT_SATISFIED)
_VOICES = count(_M.RATED, _M.ANSWERS)
_UNHAPPY_VOICES = count(_M.DISSATISFIED, _M.ANSWERS_NOT_SATISFIED)
_DOSSIERS, _FULL, _PARTIAL = count(_M.DOSSIERS), count(_M.DOSSIERS_FULL), count(_M.DOSSIERS_PARTIAL)
_DONE = count(_M.DIRECTIVES_DONE)
_BY_DEADLINE = "Announced by a deadline's ladder at this level"
_BY_PEOPLE = "Raised by people to this level"

PLAIN = ""
"""The group whose figures stand beside the other groups."""

TABLE: Mapping[str, tuple[Formula, ...]] = {
    PLAIN: (
        Formula("received", _C, count(_M.RECEIVED), "Received", "Tiếp nhận"),
        Formula("acknowledged", _C, count(_M.ACKNOWLEDGED), "Acknowledged", "Đã ghi nhận"),
        Formula("assigned", _C, count(_M.ASSIGNED), "Assigned", "Đã phân công"),
        Formula("closed", _C, _CLOSED, "Closed", "Đã kết thúc", "Resolved, cancelled, rejected or merged"),
        Formula("resolved", _C, _RESOLVED, "Resolved", "Đã xử lý"),
        Formula("cancelled", _C, count(_M.CANCELLED), "Cancelled", "Đã hủy"),
        Formula("rejected", _C, count(_M.REJECTED), "Out of competence", "Không thuộc thẩm quyền"),
        Formula("merged", _C, count(_M.MERGED), "Merged", "Đã gộp"),
        Formula("on_time", _C, _ON_TIME, "On time", "Đúng hạn", "Resolved on or before the due, or without one"),
        Formula("late", _C, count(_M.LATE), "Late", "Trễ hạn", "Resolved after the due"),
        Formula(
            *("on_time_rate", _R, rate(_ON_TIME, _RESOLVED), "On time, of the resolved", "Đúng hạn trên số đã xử lý"),
            "Share of the resolved; null of none. With what stands overdue: qd766.on_time_rate",
        ),
        Formula(
            *("satisfaction_rate", _R, rate(less(_RESOLVED, _NOT_GOOD), _RESOLVED)),
            *("Satisfactory, of the resolved", "Hài lòng trên số đã xử lý"),
            "Share of the resolved that were neither late nor disliked nor complained about; null of none",
        ),
        Formula("reopened", _C, _REOPENED, "Reopened", "Mở lại"),
        Formula(
            *(
                "reopen_rate",
                _R,
                rate(_REOPENED, plus(_RESOLVED, _REOPENED)),
                "Reopened, of all answers",
                "Tỷ lệ mở lại",
            ),
            "Reopenings by answers given: those that stand, and those reopened; null of none",
        ),
        Formula("escalated", _C, count(_M.ESCALATED), "Escalated by deadlines", "Báo cấp trên do quá hạn"),
        Formula("raised", _C, count(*RAISED_TO.values()), "Raised by people", "Báo cấp trên do cán bộ"),
        Formula("handling", _T, timed(Timing.HANDLING), "Handling time", "Thời gian xử lý", "Report to solution"),
        Formula(
            *("working", _T, timed(Timing.WORKING), "Handling in working time", "Thời gian xử lý (giờ làm việc)"),
            "Report to solution in the rule's calendar, pauses left out",
        ),
        Formula("acknowledge", _T, timed(Timing.ACKNOWLEDGE), "Time to acknowledge", "Thời gian ghi nhận"),
        Formula("assign", _T, timed(Timing.ASSIGN), "Time to assign", "Thời gian phân công"),
    ),
    "standing": (
        Formula("open", _C, standing(_M.OPEN), "Open at the end", "Tồn cuối kỳ", "Open at the end of the period"),
        Formula(
            *("overdue", _C, _OVERDUE, "Overdue at the end", "Quá hạn chưa xử lý cuối kỳ"),
            "Open at the end of the period, the due of its solution passed",
        ),
    ),
    "qd766": (
        Formula(
            *("to_be_handled", _C, _TO_BE_HANDLED, "Within competence, due", "Thuộc thẩm quyền, đến hạn"),
            "Resolved in the period, or overdue and open at its end",
        ),
        Formula("on_time", _C, _ON_TIME, "Handled on or before the deadline", "Xử lý đúng hoặc trước hạn"),
        Formula("on_time_rate", _R, rate(_ON_TIME, _TO_BE_HANDLED), "On-time rate", "Tỷ lệ xử lý đúng hạn"),
        Formula(
            *("late", _C, plus(count(_M.LATE), _OVERDUE), "Late", "Quá hạn"),
            "Resolved late, or overdue and open at the end",
        ),
        Formula("not_satisfied", _C, count(_M.NOT_SATISFIED), "Not satisfied", "Phản hồi không hài lòng"),
        Formula("complained", _C, count(_M.COMPLAINED), "Complained about", "Bị phản ánh về kết quả"),
        Formula(
            *(
                "satisfied",
                _C,
                less(_RESOLVED, _NOT_GOOD),
                "Satisfactory: none of these",
                "Hài lòng: không thuộc ba nhóm trên",
            ),
            "Resolved on time, not disliked, not complained about",
        ),
        Formula(
            *("satisfaction_rate", _R, rate(less(_RESOLVED, _NOT_GOOD), _TO_BE_HANDLED)),
            *("Satisfaction rate", "Tỷ lệ hài lòng"),
        ),
    ),
    "ratings": (
        Formula("rated", _C, count(_M.RATED), "Rated", "Lượt đánh giá"),
        Formula("dissatisfied", _C, count(_M.DISSATISFIED), "Not satisfied", "Không hài lòng"),
        Formula(
            *("dissatisfied_rate", _R, rate(count(_M.DISSATISFIED), count(_M.RATED))),
            *("Not satisfied, of the rated", "Không hài lòng trên số đánh giá"),
        ),
        Formula("scored", _C, count(_M.SCORED), "With a score", "Có chấm điểm"),
        Formula("mean_score", _N, rate(count(_M.SCORE), count(_M.SCORED)), "Mean score (1-5)", "Điểm trung bình (1-5)"),
    ),
    "tickets": (
        Formula("issued", _C, count(_M.TICKETS), "Tickets issued", "Phiếu đã cấp"),
        Formula("called", _C, count(_M.TICKETS_CALLED), "Called", "Đã gọi"),
        Formula("served", _C, count(_M.TICKETS_SERVED), "Served", "Đã phục vụ"),
        Formula("left", _C, count(_M.TICKETS_LEFT), "Left unserved", "Bỏ về"),
        Formula(
            *("left_rate", _R, rate(count(_M.TICKETS_LEFT), plus(count(_M.TICKETS_SERVED), count(_M.TICKETS_LEFT)))),
            *("Left, of those served or left", "Tỷ lệ bỏ về"),
        ),
        Formula("waiting", _T, timed(Timing.WAITING), "Waiting time", "Thời gian chờ", "Issue to first call"),
        Formula(
            "serving", _T, timed(Timing.SERVING), "Time at the counter", "Thời gian phục vụ", "First call to served"
        ),
    ),
    "documents": (
        Formula("received", _C, count(_M.DOCUMENTS_RECEIVED), "Documents received", "Văn bản đến"),
        Formula("signed", _C, count(_M.DOCUMENTS_SIGNED), "Signed", "Đã ký số"),
        Formula("sent", _C, count(_M.DOCUMENTS_SENT), "Sent", "Văn bản đi"),
        Formula(
            *("sent_signed", _C, count(_M.DOCUMENTS_SENT_SIGNED), "Sent, signed before", "Văn bản đi đã ký số"),
            "Signed on or before the moment they were sent",
        ),
        Formula(
            *("signed_rate", _R, rate(count(_M.DOCUMENTS_SENT_SIGNED), count(_M.DOCUMENTS_SENT))),
            *("Signed, of the sent", "Tỷ lệ ký số"),
        ),
    ),
    "surveys": (
        Formula("answers", _C, _ANSWERS, "Answers to surveys", "Phiếu khảo sát"),
        Formula("satisfied", _C, count(_M.ANSWERS_SATISFIED), "Satisfied", "Hài lòng"),
        Formula("accepted", _C, count(_M.ANSWERS_ACCEPTED), "Accepted", "Chấp nhận"),
        Formula("not_satisfied", _C, _UNHAPPY, "Not satisfied", "Không hài lòng"),
        Formula(
            *("satisfaction_rate", _R, rate(less(_ANSWERS, _UNHAPPY), _ANSWERS)),
            *("Satisfied or accepted, of the answers", "Tỷ lệ hài lòng khảo sát"),
        ),
        Formula("scored", _C, count(_M.ANSWERS_SCORED), "With a score", "Có chấm điểm"),
        Formula(
            *("mean_score", _N, rate(count(_M.ANSWERS_SCORE), count(_M.ANSWERS_SCORED))),
            *("Mean score (1-5)", "Điểm trung bình (1-5)"),
        ),
    ),
    "voices": (
        Formula("heard", _C, _VOICES, "Ratings and answers", "Lượt đánh giá và khảo sát"),
        Formula("not_satisfied", _C, _UNHAPPY_VOICES, "Not satisfied", "Không hài lòng"),
        Formula(
            *("satisfaction_rate", _R, rate(less(_VOICES, _UNHAPPY_VOICES), _VOICES)),
            *("Satisfied or accepted", "Mức độ hài lòng"),
            "Share of ratings and answers that are not dissatisfied; null of none",
        ),
        Formula(
            *("mean_score", _N, rate(count(_M.SCORE, _M.ANSWERS_SCORE), count(_M.SCORED, _M.ANSWERS_SCORED))),
            *("Mean score (1-5)", "Điểm trung bình (1-5)"),
        ),
    ),
    "online": (
        Formula("dossiers", _C, _DOSSIERS, "Dossiers received", "Hồ sơ tiếp nhận"),
        Formula("online", _C, count(_M.DOSSIERS_ONLINE), "Received online", "Hồ sơ trực tuyến"),
        Formula(
            *("online_rate", _R, rate(count(_M.DOSSIERS_ONLINE), _DOSSIERS)),
            *("Received online, of all", "Tỷ lệ hồ sơ trực tuyến"),
        ),
        Formula("full", _C, _FULL, "Of fully online procedures", "Thuộc dịch vụ công toàn trình"),
        Formula("full_online", _C, count(_M.DOSSIERS_FULL_ONLINE), "Of them received online", "Trong đó trực tuyến"),
        Formula(
            *("full_online_rate", _R, rate(count(_M.DOSSIERS_FULL_ONLINE), _FULL)),
            *("Online, of the fully online", "Tỷ lệ trực tuyến (toàn trình)"),
        ),
        Formula("full_share", _R, rate(_FULL, _DOSSIERS), "Share of the fully online", "Tỷ trọng toàn trình"),
        Formula("partial", _C, _PARTIAL, "Of partly online procedures", "Thuộc dịch vụ công một phần"),
        Formula(
            *("partial_online", _C, count(_M.DOSSIERS_PARTIAL_ONLINE)),
            *("Of them received online", "Trong đó trực tuyến"),
        ),
        Formula(
            *("partial_online_rate", _R, rate(count(_M.DOSSIERS_PARTIAL_ONLINE), _PARTIAL)),
            *("Online, of the partly online", "Tỷ lệ trực tuyến (một phần)"),
        ),
        Formula("partial_share", _R, rate(_PARTIAL, _DOSSIERS), "Share of the partly online", "Tỷ trọng một phần"),
    ),
    "directives": (
        Formula(
            "given", _C, count(_M.DIRECTIVES), "Directives given", "Chỉ đạo đã giao", "Once for each unit directed"
        ),
        Formula("acknowledged", _C, count(_M.DIRECTIVES_ACKNOWLEDGED), "Acknowledged", "Đã tiếp nhận chỉ đạo"),
        Formula("done", _C, _DONE, "Done", "Đã thực hiện"),
        Formula("on_time", _C, count(_M.DIRECTIVES_ON_TIME), "Done on time", "Thực hiện đúng hạn"),
        Formula("late", _C, count(_M.DIRECTIVES_LATE), "Done late", "Thực hiện trễ hạn"),
        Formula(
            *("on_time_rate", _R, rate(count(_M.DIRECTIVES_ON_TIME), _DONE)),
            *("On time, of the done", "Tỷ lệ thực hiện đúng hạn"),
        ),
        Formula(
            *("acknowledge", _T, timed(Timing.DIRECTIVE_ACKNOWLEDGE)),
            *("Time to acknowledge a directive", "Thời gian tiếp nhận chỉ đạo"),
        ),
        Formula(
            *(
                "doing",
                _T,
                timed(Timing.DIRECTIVE_DONE),
                "Time to carry a directive out",
                "Thời gian thực hiện chỉ đạo",
            ),
            "Given to reported done",
        ),
    ),
    "escalated_to": tuple(
        Formula(
            f"level_{n}", _C, count(ESCALATED_TO[n]), f"Level {n}, by deadlines", f"Cấp {n}, do quá hạn", _BY_DEADLINE
        )
        for n in LEVELS
    ),
    "raised_to": tuple(
        Formula(f"level_{n}", _C, count(RAISED_TO[n]), f"Level {n}, by people", f"Cấp {n}, do cán bộ", _BY_PEOPLE)
        for n in LEVELS
    ),
    "reduction": (
        Formula(
            *("compared", _C, lambda sums: sums.compared.count, "Compared with a baseline", "Số đối chiếu"),
            "Resolved matters of services that have a baseline",
        ),
        Formula(
            *("before_s", _S, _of_each_compared(lambda compared: compared.before), "Baseline", "Mức so sánh"),
            "What they would have taken on average by the baselines",
        ),
        Formula(
            *("mean_s", _S, _of_each_compared(lambda compared: compared.took), "Mean handling", "Xử lý trung bình"),
            "What they took on average, each in the time its baseline is in",
        ),
        Formula("rate", _R, _reduction, "Shorter by", "Rút ngắn", "1 - taken / baseline; below 0 when it took longer"),
    ),
}


def figures_of(sums: Sums) -> dict[str, Any]:
    """Return the figures as JSON: those of the plain group, and one object for each other group."""
    groups = {group: {one.name: one.of(sums) for one in formulas} for group, formulas in TABLE.items()}
    return {**groups.pop(PLAIN), **groups}


class Column(NamedTuple):
    """A formula, or a part of a timing, by its place in what is told."""

    group: str
    formula: Formula
    part: str = ""

    @property
    def name(self) -> str:
        """The name of a column of a table."""
        return "_".join(word for word in (self.group, self.formula.name, self.part) if word)

    def find(self, figures: Mapping[str, Any]) -> Any:
        """Return the value in what was told."""
        inner = figures[self.group] if self.group else figures
        value = inner[self.formula.name]
        return value[self.part] if self.part else value


def columns() -> Iterator[Column]:
    """Yield every single value of the table, in its order."""
    for group, formulas in TABLE.items():
        for formula in formulas:
            parts = TIMING_PARTS if formula.shape is Shape.TIMING else ("",)
            yield from (Column(group, formula, part) for part in parts)
