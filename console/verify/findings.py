"""The findings of a check: how much was read, how much of it was in motion, and every difference."""

from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

# Differences that are printed; all of them are counted.
_MOST = 40


@dataclass
class Findings:
    """What one check, or all of them, have to say. The kinds of records stand in the order they were counted in."""

    read: Counter[str] = field(default_factory=Counter)
    moving: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def count(self, kind: str, read: int, moving: int = 0) -> None:
        """Add how many records of a kind were read, and how many of them are not compared."""
        self.read[kind] += read
        self.moving[kind] += moving

    def add(self, findings: "Findings") -> None:
        """Add all that another check has to say."""
        self.read.update(findings.read)
        self.moving.update(findings.moving)
        self.differences += findings.differences

    def print(self) -> int:
        """Print the counts and the first differences; return the exit code: 1 when there is a difference, else 0."""
        console = Console(highlight=False, markup=False, soft_wrap=True)
        table = Table("", "read", "in motion")
        for kind, count in self.read.items():
            table.add_row(kind, f"{count:,}", f"{self.moving[kind]:,}" if self.moving[kind] else "")
        console.print(table)
        console.print(f"{self.moving.total():,} in motion, not compared")
        console.print(f"{len(self.differences):,} differences", *self.differences[:_MOST], sep="\n")
        return 1 if self.differences else 0
