"""A YAML file as plain values: text, numbers, true and false, lists, and mappings with text as keys.

Scalars follow YAML 1.2, so that `no` and 13:30 stay text. A key that is there twice, a type that is not plain and a
list that contains itself are errors. Text is in Unicode NFC, as in events.
"""

import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import yaml

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # a PyYAML built without its library in C
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

UNREADABLE = object()
"""The value of a file that is no YAML."""

_TAG = "tag:yaml.org,2002:"


class _Loader(_SafeLoader):
    """Resolves the scalars of YAML 1.2, and no others."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own name


for _kind, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]{1,18}", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(_TAG + _kind, re.compile(rf"(?:{_pattern})\Z"), _first)

_SCALARS: dict[str, Callable[[str], Any]] = {
    _TAG + "str": lambda text: normalize("NFC", text),
    _TAG + "null": lambda _: None,
    _TAG + "bool": lambda text: text.lower() == "true",
    _TAG + "int": int,
    _TAG + "float": float,
    _TAG + "merge": str,
}


def read_yaml(raw: bytes, report: Callable[[str, str], None]) -> Any:
    """Return the value of a YAML file, UNREADABLE when it has none. `report` is called with the line and the error."""
    loader = _Loader(raw)
    try:
        node = loader.get_single_node()
        return None if node is None else _Reader(report).value(node)
    except yaml.YAMLError as error:
        report(_line_of(error), f"not YAML: {_problem(error)}")
    except RecursionError:
        report("-", "nested too deeply")
    finally:
        loader.dispose()
    return UNREADABLE


def _line_of(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return "-" if mark is None else f"line {mark.line + 1}"


def _problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or str(error).splitlines()[0]


class _Reader:
    """Turns the nodes of one file into plain values. The node that an alias refers to is read once."""

    def __init__(self, report: Callable[[str, str], None]) -> None:
        self._report = report
        self._values: dict[int, Any] = {}  # by the id of the node
        self._open: set[int] = set()  # the nodes being read, within each other

    def value(self, node: yaml.Node) -> Any:
        """Return the value of a node; what is wrong in it is reported and left out."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            self._report_at(node, "holds itself")
            return None
        if id(node) not in self._values:
            self._open.add(id(node))
            self._values[id(node)] = self._collection(node)
            self._open.remove(id(node))
        return self._values[id(node)]

    def _report_at(self, node: yaml.Node, message: str) -> None:
        self._report(f"line {node.start_mark.line + 1}", message)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return _SCALARS[node.tag](node.value)
        except KeyError:
            self._report_at(node, f"'{node.tag}' is not a plain type")
        except ValueError:
            self._report_at(node, f"not a value of '{node.tag}'")
        return node.value

    def _collection(self, node: yaml.Node) -> Any:
        if node.tag not in (_TAG + "seq", _TAG + "map"):
            self._report_at(node, f"'{node.tag}' is not a plain type")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        return [self.value(item) for item in node.value]

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == _TAG + "merge":
                self._merge(merged, value)
            elif not isinstance(key, yaml.ScalarNode):
                self._report_at(key, "a key must be a word")
            elif (name := normalize("NFC", key.value)) in own:
                self._report_at(key, f"'{name}' is there twice")
            else:
                own[name] = self.value(value)
        return {**merged, **own}

    def _merge(self, merged: dict[str, Any], node: yaml.Node) -> None:
        """Merge what `<<` refers to: a mapping, or several of which the first has precedence."""
        value = self.value(node)
        for mapping in value if isinstance(value, list) else [value]:
            if not isinstance(mapping, dict):
                self._report_at(node, "only a mapping can be merged")
                return
            for name, member in mapping.items():
                merged.setdefault(name, member)
