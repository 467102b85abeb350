"""Print the figures of the code's shape; end with 1 when one is beyond its bar."""

import sys

from tests.house.measures import MEASURES


def main() -> int:
    """Print a line a measure, and what is beyond a bar."""
    missed = 0
    for measure in MEASURES:
        result = measure()
        print(f"{'ok  ' if result.met else 'MISS'}  {result.title}: {result.figure} (bar {result.bar})")
        for line in () if result.met else result.beyond:
            print(f"        {line}")
        missed += not result.met
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
