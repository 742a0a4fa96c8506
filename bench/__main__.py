"""``python -m bench [--quick] [ENGINE]``: every row on both engines or on one, in one table.

Exits with 1 when a row could not be measured; a bar that is missed is for the reader to judge.
"""

import sys
from types import ModuleType

from bench import accept, dispatch, latency, sending, start
from bench.conditions import conditions
from bench.database import ENGINES
from bench.table import FULL, QUICK, Line, Scale, show, show_head

ROWS = (accept, dispatch, sending, latency, start)


def main() -> None:
    """Measure and print."""
    scale = QUICK if "--quick" in sys.argv[1:] else FULL
    whole = True
    show_head(conditions())
    for engine in [one for one in ENGINES if one in sys.argv[1:]] or ENGINES:
        for row in ROWS:
            whole = _show_all(row, engine, scale) and whole
    sys.exit(not whole)


def _show_all(row: ModuleType, engine: str, scale: Scale) -> bool:
    """Show the lines of one row; False when it broke, which costs the others nothing."""
    try:
        for line in row.lines(engine, scale):
            show(line)
    except Exception as error:  # noqa: BLE001 – a run takes long, and what it has found so far stays
        show(Line(what=f"{row.__name__}, {engine}", figure=f"broken: {type(error).__name__}: {error}", met=False))
        return False
    return True


if __name__ == "__main__":
    main()
