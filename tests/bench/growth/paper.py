"""The tables of docs/growth.md, from the recorded inputs alone."""

import re
from collections.abc import Callable, Iterable, Sequence
from math import inf, isinf

from ioc.core.topics import TOPICS
from tests.bench.growth.capacity import Need, Population, bytes_an_event, limits, need
from tests.bench.growth.flood import Behind, Flood, FloodedCentre, play
from tests.bench.growth.inputs import Inputs
from tests.bench.results import ROOT

PAPER = ROOT / "docs" / "growth.md"
PLACES = (
    Population("Huế", 1_200_000),
    Population("Huế, five years", 1_200_000, years=5),
    Population("a city", 10_000_000),
    Population("a country", 100_000_000),
    Population("a country, 90 days kept", 100_000_000, years=90 / 365),
    Population("and ten times the use", 100_000_000, use=10, years=90 / 365),
)
_BLOCK = r"(?<=<!-- {0} -->\n).*?(?=\n<!-- end of {0} -->)"


def written(text: str, inputs: Inputs) -> str:
    """Return the paper with its tables computed from the inputs."""
    for name, table in tables(inputs).items():
        pattern = re.compile(_BLOCK.format(name), re.DOTALL)
        if pattern.search(text) is None:
            raise ValueError(f"the paper has no place for {name}")
        text = pattern.sub(lambda _, table=table: table, text)  # type: ignore[misc]
    return text


def tables(inputs: Inputs) -> dict[str, str]:
    """Return each table by its name."""
    return {
        "rates": _rates(inputs),
        "footprint": _footprint(inputs),
        "needs": _needs(inputs),
        "limits": _limits(inputs),
        "flood": _flood(inputs),
    }


def _rates(inputs: Inputs) -> str:
    rates = inputs.rates
    words = {
        "worker": "CPU of a worker, an event (µs)",
        "restore": "states a worker puts back a second",
        "held": "memory of an incident in a worker (bytes)",
        "shown": "memory of an incident in the API (bytes)",
        "read": "states the API reads a second at its start",
        "intake_single": "CPU of the API, an event posted alone (µs)",
        "intake_batched": "CPU of the API, an event of a batch (µs)",
        "open311": "CPU of the API, an Open311 report (µs)",
        "screens": "screens one API process serves",
        "changes": "changes a second that all of them follow",
    }
    lines = [[said, _number(getattr(rates, name)), rates.told[name]] for name, said in words.items()]
    return _table(["one process", "", "from"], lines)


def _footprint(inputs: Inputs) -> str:
    kept = {str(spec.name): spec.config["cleanup.policy"] for spec in TOPICS}
    lines = [
        [f"`{name}`", f"{one.records:.2f}", _number(one.bytes), _number(one.stays) if one.stays else "", kept[name]]
        for name, one in inputs.footprint.topics.items()
    ]
    total = ["all", "", _number(bytes_an_event(inputs.footprint)), "", ""]
    return _table(["topic", "records", "bytes", "bytes that stay", "policy"], [*lines, total])


_NEEDS: dict[str, Callable[[Need], str]] = {
    "events a day": lambda one: _number(one.events_a_day),
    "incidents a day": lambda one: _number(one.reports_a_day),
    "events a second in a flood": lambda one: _number(one.peak),
    "incidents kept": lambda one: _number(one.incidents),
    "partitions": lambda one: _number(one.partitions),
    "workers": lambda one: _number(one.workers),
    "one killed folds again after (s)": lambda one: f"{one.fold_again:.1f}",
    "brokers": lambda one: _number(one.brokers),
    "GB a day on all copies": lambda one: _number(one.bytes_a_day / 1e9),
    "GB on all copies": lambda one: _number(one.stored / 1e9),
    "API processes": lambda one: _number(one.api_processes),
    "memory of each (GB)": lambda one: _number(one.api_memory / 1e9),
    "start of each (s)": lambda one: _number(one.api_start),
    "processes if all comes singly by HTTP": lambda one: _number(one.intake_processes),
    "USD a million events (EXAMPLE)": lambda one: f"{one.cost:.2f}",
}


def _needs(inputs: Inputs) -> str:
    found = [need(place, inputs.footprint, inputs.rates, inputs.assumed) for place in PLACES]
    lines = [[said, *(tell(one) for one in found)] for said, tell in _NEEDS.items()]
    return _table(["", *(place.name for place in PLACES)], lines)


def _limits(inputs: Inputs) -> str:
    parts = inputs.footprint, inputs.rates, inputs.assumed
    one, five, busy = limits(1, 1, *parts), limits(1, 5, *parts), limits(10, 1, *parts)
    by_name = [{limit.what: limit.people for limit in found} for found in (one, five, busy)]
    lines = [[limit.what, *(_people(found[limit.what]) for found in by_name), limit.then] for limit in five]
    return _table(["what gives way", "after a year", "after five", "a year, ten times the use", "then"], lines)


def _flood(inputs: Inputs) -> str:
    lines = [_played(place, inputs, kill) for place in (PLACES[0], PLACES[2], PLACES[4]) for kill in (False, True)]
    return _table(["flood in", "workers", "", "latest behind by (s)", "caught up after (s)"], lines)


def _played(place: Population, inputs: Inputs, kill: bool) -> list[str]:
    one = need(place, inputs.footprint, inputs.rates, inputs.assumed)
    flood = Flood(one.peak, one.events_a_day / 86_400)
    killed = flood.rise + flood.height // 2 if kill else None
    behind: Behind = play(
        flood, FloodedCentre(one.partitions, one.workers, inputs.rates.events, killed, round(one.fold_again))
    )
    words = "one killed at its height" if kill else "all alive"
    return [place.name, str(one.workers), words, f"{behind.worst:.1f}", _number(behind.over)]


def _table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rules = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, rules, *lines])


def _people(count: float) -> str:
    return "never" if isinf(count) else _number(count / 1e6) + " M"


def _number(value: float) -> str:
    if value == inf:
        return "never"
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"
