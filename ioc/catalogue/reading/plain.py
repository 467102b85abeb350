"""A YAML file as plain values: text, numbers, true and false, lists, and mappings with text for keys.

What YAML leaves to chance is settled or refused: words are those of YAML 1.2, so that `no` and 13:30 stay text; a key
that is there twice, a type that is not plain, a list within itself are faults. Text is in Unicode NFC, as in events.
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
"""What a file holds that is no YAML."""

_TAG = "tag:yaml.org,2002:"


class _Loader(_SafeLoader):
    """Knows the plain words of YAML 1.2, and no others."""

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


def read_plain(raw: bytes, tell: Callable[[str, str], None]) -> Any:
    """Return what a YAML file holds, UNREADABLE when that cannot be said; `tell` hears where, and what is wrong."""
    loader = _Loader(raw)
    try:
        node = loader.get_single_node()
        return None if node is None else _Reader(tell).value(node)
    except yaml.YAMLError as error:
        tell(_place(error), f"not YAML: {_problem(error)}")
    except RecursionError:
        tell("-", "nested too deeply")
    finally:
        loader.dispose()
    return UNREADABLE


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return "-" if mark is None else f"line {mark.line + 1}"


def _problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or str(error).splitlines()[0]


class _Reader:
    """Turns the nodes of one file into plain values. An alias is the node it stands for, read once."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        self._read: dict[int, Any] = {}
        self._reading: set[int] = set()

    def value(self, node: yaml.Node) -> Any:
        """Return the value of a node; what is wrong in it is told and left out."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._reading:
            self._fault(node, "holds itself")
            return None
        if id(node) not in self._read:
            self._reading.add(id(node))
            self._read[id(node)] = self._collection(node)
            self._reading.remove(id(node))
        return self._read[id(node)]

    def _fault(self, node: yaml.Node, what: str) -> None:
        self._tell(f"line {node.start_mark.line + 1}", what)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return _SCALARS[node.tag](node.value)
        except KeyError:
            self._fault(node, f"'{node.tag}' is not a plain type")
        except ValueError:
            self._fault(node, f"not a value of '{node.tag}'")
        return node.value

    def _collection(self, node: yaml.Node) -> Any:
        if node.tag not in (_TAG + "seq", _TAG + "map"):
            self._fault(node, f"'{node.tag}' is not a plain type")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        return [self.value(part) for part in node.value]

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == _TAG + "merge":
                self._merge(merged, value)
            elif not isinstance(key, yaml.ScalarNode):
                self._fault(key, "a key must be a word")
            elif (name := normalize("NFC", key.value)) in own:
                self._fault(key, f"'{name}' is there twice")
            else:
                own[name] = self.value(value)
        return {**merged, **own}

    def _merge(self, merged: dict[str, Any], node: yaml.Node) -> None:
        """Take over what `<<` names: one mapping, or several of which the first wins."""
        found = self.value(node)
        for part in found if isinstance(found, list) else [found]:
            if not isinstance(part, dict):
                self._fault(node, "only a mapping can be merged")
                return
            for name, value in part.items():
                merged.setdefault(name, value)
