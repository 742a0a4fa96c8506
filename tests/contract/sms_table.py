"""The table preset × what is tested of it in ``docs/sms-presets.md``; ``python -m tests.contract.sms_table`` renews it."""

import sys
from collections import Counter
from collections.abc import Iterator

from tests.contract.sms_casefile import CELLS, PRESETS, load_sms_cases
from tests.support.source import ROOT

DOCUMENT = ROOT / "docs" / "sms-presets.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
_SURE = {"M": "maker", "C": "callers", "J": "callers", "?": "concluded"}


def table() -> str:
    """The table and, below it, why a column of a preset is empty."""
    return "\n".join([*_head(), *(_row(preset) for preset in PRESETS), _sums(), "", *_reasons()])


def document(text: str) -> str:
    """``text`` with the present table between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _head() -> Iterator[str]:
    yield f"| preset | {' | '.join(CELLS)} | from the maker | from callers | concluded |"
    yield "|---" * (len(CELLS) + 4) + "|"


def _row(preset: str) -> str:
    cases = load_sms_cases(preset)
    numbers = [str(len(cases.rows(cell)) or "–") for cell in CELLS]
    sure = Counter(_SURE[row.source] for cell in CELLS for row in cases.rows(cell))
    return f"| `{preset}` | {' | '.join(numbers)} | {sure['maker']} | {sure['callers']} | {sure['concluded']} |"


def _sums() -> str:
    every = [load_sms_cases(preset) for preset in PRESETS]
    numbers = [str(sum(len(cases.rows(cell)) for cases in every)) for cell in CELLS]
    sure = Counter(_SURE[row.source] for cases in every for cell in CELLS for row in cases.rows(cell))
    return f"| all | {' | '.join(numbers)} | {sure['maker']} | {sure['callers']} | {sure['concluded']} |"


def _reasons() -> Iterator[str]:
    for preset in PRESETS:
        for cell, reason in load_sms_cases(preset).lacks.items():
            yield f"- `{preset}` has no {cell}: {reason}."


def main() -> None:
    """Renew the document."""
    DOCUMENT.write_text(document(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(table() + "\n")


if __name__ == "__main__":
    main()
