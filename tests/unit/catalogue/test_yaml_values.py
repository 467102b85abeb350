"""YAML as plain values: what is read, and what is reported instead of guessed."""

import pytest

from ioc.catalogue.reading.documents.yaml_values import UNREADABLE, read_yaml


def read(text: str | bytes) -> tuple[object, list[str]]:
    errors: list[str] = []
    raw = text if isinstance(text, bytes) else text.encode()
    value = read_yaml(raw, lambda line, error: errors.append(f"{line}: {error}"))
    return value, errors


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a: b", {"a": "b"}),
        ("a: [1, -2, 1.5, 2e3, true, False, null, ~, x]", {"a": [1, -2, 1.5, 2000.0, True, False, None, None, "x"]}),
        ("[no, on, yes, 13:30, 2026-01-02]", ["no", "on", "yes", "13:30", "2026-01-02"]),
        ("[0x1F, 1_000, .nan, '5']", ["0x1F", "1_000", ".nan", "5"]),
        ("no: 1\n5: 2\n2026-01-02: 3", {"no": 1, "5": 2, "2026-01-02": 3}),
        ("a: 9999999999999999999999", {"a": 1e22}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x {b: 1, d: 2}\nc: {<<: *x, b: 3}", {"a": {"b": 1, "d": 2}, "c": {"b": 3, "d": 2}}),
        ("- &x {b: 1}\n- &y {b: 2, d: 2}\n- {<<: [*x, *y]}", [{"b": 1}, {"b": 2, "d": 2}, {"b": 1, "d": 2}]),
        ("a: !!str 5", {"a": "5"}),
        ("Đa\u0323\u0302t: Đa\u0323\u0302t", {"Đ\u1eadt": "Đ\u1eadt"}),
    ],
)  # fmt: skip
def test_plain_values(text: str, value: object) -> None:
    assert read(text) == (value, [])


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("a: 1\nb: 2\na: 3\nc: 1\nb: 4", ["line 3: 'a' is there twice", "line 5: 'b' is there twice"]),
        ("a: &x\n  - *x", ["line 1: holds itself"]),
        ("a: !!timestamp 2026-01-02", ["line 1: 'tag:yaml.org,2002:timestamp' is not a plain type"]),
        ("a: 1\nb: !ours x", ["line 2: '!ours' is not a plain type"]),
        ("a: !!int x", ["line 1: not a value of 'tag:yaml.org,2002:int'"]),
        ("a: !!set {x, y}", ["line 1: 'tag:yaml.org,2002:set' is not a plain type"]),
        ("[a]: b\n{c: d}: e", ["line 1: a key must be a word", "line 2: a key must be a word"]),
        ("a: {<<: 5}", ["line 1: only a mapping can be merged"]),
        ("a: {<<: [{b: 1}, 5]}", ["line 1: only a mapping can be merged"]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_told_with_its_line(text: str, errors: list[str]) -> None:
    value, reported = read(text)
    assert reported == errors
    assert value is not UNREADABLE


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: b\nc: [", "line 3: not YAML: did not find expected node content"),
        ("a: *b", "line 1: not YAML: found undefined alias"),
        ("a: b\n---\nc: d", "line 2: not YAML: but found another document"),
        ("a: @b", "line 1: not YAML: found character that cannot start any token"),
        (b"a: \xff", "-: not YAML: unacceptable character #x00ff: invalid leading UTF-8 octet"),
        (b"\x00", "-: not YAML: unacceptable character #x0000: control characters are not allowed"),
    ],
)
def test_what_is_no_yaml_is_told_and_is_nothing(text: str | bytes, error: str) -> None:
    assert read(text) == (UNREADABLE, [error])


def test_what_is_nested_too_deeply_is_told() -> None:
    assert read("[" * 3000 + "]" * 3000) == (UNREADABLE, ["-: nested too deeply"])


def test_an_alias_of_aliases_is_read_once() -> None:
    """Ten lists of ten of the one before: ten thousand million values, if each was read anew."""
    lines = ["a0: &a0 x", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11))]
    _, errors = read("\n".join(lines))
    assert errors == []
