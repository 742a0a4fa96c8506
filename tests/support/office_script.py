"""The files of an office (tests/e2e/office/README.md), read line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.core.local_time import VIETNAM

FOLDER = Path(__file__).parents[1] / "e2e" / "office"
_TALK = re.compile(r"(\d\d'?) ([<>!]) (.+)")
_EVENT = re.compile(r"([:@*?]) (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its ``sign`` (``: @ * ? < > !``), the ``officer`` whom it is about, and the rest."""

    place: str
    sign: str
    text: str
    officer: str = ""

    @property
    def word(self) -> str:
        """The first word of the rest."""
        return self.text.partition(" ")[0]

    @property
    def fields(self) -> list[str]:
        """What follows the first word, at the strokes."""
        return [field.strip() for field in self.text.partition(" ")[2].split("|")]

    @property
    def moment(self) -> datetime:
        """The rest as a moment in Việt Nam."""
        return datetime.fromisoformat(self.text).replace(tzinfo=VIETNAM)


def office_files() -> list[Path]:
    """Every file there is."""
    return sorted(FOLDER.glob("*.txt"))


def read_office(file: Path) -> list[Line]:
    """The lines of ``file``. Raises AssertionError for one that begins with no known sign."""
    return [_line(text, f"{file.name}, line {number}") for number, text in _joined(file)]


def _joined(file: Path) -> Iterator[tuple[int, str]]:
    """Each line with those that go on with it, and the number of the first."""
    begun: tuple[int, str] | None = None
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if begun and text.startswith("  "):
            begun = (begun[0], f"{begun[1]} {text.strip()}")
            continue
        if begun:
            yield begun
        begun = (number, text) if text and not text.startswith("#") else None
    if begun:
        yield begun


def _line(text: str, place: str) -> Line:
    if talk := _TALK.fullmatch(text):
        return Line(place=place, sign=talk[2], officer=talk[1], text=talk[3])
    event = _EVENT.fullmatch(text)
    assert event, f"{place} begins with none of the signs of README.md"
    return Line(place=place, sign=event[1], text=event[2])
