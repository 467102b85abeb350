"""The measures of the code's shape, each with its bar."""

import ast
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import NamedTuple

from tests.house.javascript import javascript_bindings
from tests.house.names import RETIRED, bindings, is_vague, retired_word, types_with_two_meanings
from tests.house.sources import EVERYTHING, PRODUCT, modules, shown, source_files

MOST_FILES, MOST_LINES = 20, 300
MEDIAN_LINES, P90_LINES = 6, 14
VAGUE_SHARE = 0.02
# They are data: a line a word of the screen, a line a figure.
_MANY = 40


class Measurement(NamedTuple):
    """A figure against its bar, and what is beyond the bar."""

    title: str
    figure: str
    bar: str
    met: bool
    beyond: Sequence[str] = ()


def folders() -> Measurement:
    """Measure how many files of code the fullest folder holds."""
    counts = Counter(path.parent for path in source_files())
    beyond = [f"{shown(folder)}: {count}" for folder, count in counts.most_common() if count > MOST_FILES]
    return Measurement("files in the fullest folder", str(max(counts.values())), f"<= {MOST_FILES}", not beyond, beyond)


def files() -> Measurement:
    """Measure the longest file."""
    lengths = {path: len(path.read_text().splitlines()) for path in source_files()}
    beyond = [f"{shown(path)}: {lines}" for path, lines in lengths.items() if lines > MOST_LINES]
    title = "lines of the longest file"
    return Measurement(title, str(max(lengths.values())), f"<= {MOST_LINES}", not beyond, beyond)


def functions() -> Measurement:
    """Measure how long the product's Python functions are, decorators and docstrings included."""
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for _, tree in modules(PRODUCT)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    middle, p90 = median(lengths), quantiles(lengths, n=10)[-1]
    figure = f"{middle:g} / {p90:g} / {max(lengths)}"
    met = middle <= MEDIAN_LINES and p90 <= P90_LINES
    return Measurement("function lines: median / p90 / most", figure, f"<= {MEDIAN_LINES} / {P90_LINES}", met)


def vague_names() -> Measurement:
    """Measure the share of the product's bound names, in Python and JavaScript, that could stand for anything."""
    bound = [*bindings(), *javascript_bindings()]
    vague = [binding for binding in bound if is_vague(binding.name)]
    share = len(vague) / len(bound)
    figure = f"{share:.1%} of {len(bound):,}"
    by_file = Counter(shown(binding.path) for binding in vague)
    beyond = [f"{path}: {count}" for path, count in by_file.most_common(_MANY)]
    return Measurement("vague bound names", figure, f"<= {VAGUE_SHARE:.0%}", share <= VAGUE_SHARE, beyond)


def retired_words() -> Measurement:
    """Measure how many names, of the tests as well, have a word that gave way to the field's own."""
    beyond = [f"{binding}: {RETIRED[word]}" for binding in bindings(EVERYTHING) if (word := retired_word(binding.name))]
    return Measurement("names with a retired word", str(len(beyond)), "0", not beyond, beyond)


def type_names() -> Measurement:
    """Measure how many type names have more than one meaning in the project."""
    twice = types_with_two_meanings()
    beyond = [f"{name}: {', '.join(places)}" for name, places in sorted(twice.items())]
    return Measurement("type names with two meanings", str(len(twice)), "0", not twice, beyond)


MEASURES: Sequence[Callable[[], Measurement]] = (folders, files, functions, vague_names, retired_words, type_names)
