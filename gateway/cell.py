"""What a cell of a catalogue file says: one line of clean text, a list, a date."""

import re
from datetime import date

from bot.core.errors import TracuuError
from bot.core.text import clean

_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[T ].*)?"),
    re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})"),
)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


class CellError(TracuuError):
    """A cell or a whole row that cannot be used; the sentence says why."""


def tidy(cell: str) -> str:
    """The text on one line, in NFC, without control characters and double blanks."""
    return " ".join(clean(cell).split())


def split(cell: str, separator: str) -> tuple[str, ...]:
    """The entries of a list; empty ones do not count."""
    return tuple(filter(None, map(str.strip, cell.split(separator))))


def is_address(cell: str) -> bool:
    """Whether the cell is a web address."""
    return bool(_ADDRESS.fullmatch(cell))


def read_date(cell: str) -> date | None:
    """The date, written 2025-07-01 or 01/07/2025; None for an empty cell. Raises CellError for anything else."""
    if not cell:
        return None
    for form in _DATES:
        if found := form.fullmatch(cell):
            try:
                return date(**{part: int(digits) for part, digits in found.groupdict().items()})
            except ValueError:
                break
    raise CellError(f"{cell!r} is no date such as 2025-07-01 or 01/07/2025")
