"""Tables over closed choices: a member that a table forgot ends the import, not a worker."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

MemberT = TypeVar("MemberT", bound=Enum)
ChoiceT = TypeVar("ChoiceT")


def total(table: Mapping[MemberT, ChoiceT], choices: type[MemberT]) -> Mapping[MemberT, ChoiceT]:
    """Return the table when it has an entry for every member of the enumeration; TypeError names those it lacks."""
    missing = [member.name for member in choices if member not in table]
    if missing:
        raise TypeError(f"no entry for {choices.__name__}: {', '.join(missing)}")
    return table
