"""A section of a profile's file while it is read: whatever is wrong is named with file, line, key and reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from bot.core.errors import ContentError
from bot.core.obligations.article import cite_article
from bot.core.text import clean

_LONGEST = 1000
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The keys of one section: ``path`` is its own name ("" = the file), ``lines`` where every key of the file is."""

    file: str
    table: Mapping[str, Any]
    lines: Mapping[str, int]
    path: str = ""

    def refuse(self, key: str, reason: str) -> NoReturn:
        """Raise the ContentError that names ``key`` (of this section) and its line, or that of the section; a key
        that the whole file lacks is missed on line 1."""
        full = self._full(key)
        places = (full, full.partition("[")[0] if key else "", self.path, self.path.rpartition(".")[0])
        line = next((self.lines[place] for place in places if place in self.lines), 1)
        raise ContentError(self.file, full or "file", reason, line=line)

    def only(self, *known: str) -> None:
        """Refuse any other key."""
        for key in self.table:
            if key not in known:
                self.refuse(key, "unknown key")

    def text(self, key: str, *, default: str | None = None) -> str:
        """One line of text; ``default`` stands for it where the key is missing, else it must be there."""
        if key not in self.table and default is not None:
            return default
        value = self.table.get(key)
        if value is None or value == "":
            self.refuse(key, "is missing")
        return self._line(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Lines of text, each of them once; none where the key is missing."""
        values = self._list(key)
        for value in values:
            self._line(key, value)
            if values.count(value) > 1:
                self.refuse(key, f"{value} twice")
        return tuple(values)

    def article(self, key: str = "article") -> str:
        """An article as it is cited. The key must be there, and be written as ``QC Điều … khoản … điểm …``."""
        return self._cited(key, self.text(key))

    def articles(self, key: str) -> str:
        """Several articles joined by "; ", as they are written."""
        written = self.text(key)
        for part in written.split("; "):
            self._cited(key, part)
        return written

    def choice(self, key: str, words: type[Word], *, default: Word | None = None) -> Word:
        """One of the ``words``."""
        if key not in self.table and default is not None:
            return default
        return self._word(key, self.table.get(key), words)

    def choices(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Several of the ``words``, each once; none where the key is missing."""
        found = tuple(self._word(key, value, words) for value in self._list(key))
        if len(set(found)) < len(found):
            self.refuse(key, "names one twice")
        return found

    def day(self, key: str) -> date | None:
        """A date as TOML writes it (2026-07-02); None where the key is missing."""
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.refuse(key, "is no date such as 2026-07-02")
        return value

    def known_day(self, key: str) -> date:
        """A date as TOML writes it, which must be there."""
        return self.day(key) or self.refuse(key, "is missing")

    def number(self, key: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number from ``least`` to ``most``."""
        value = self.table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(key, f"is no whole number from {least} to {most}")
        return value

    def numbers(self, key: str, *, default: Sequence[int]) -> tuple[int, ...]:
        """Whole numbers from 0 to 366."""
        values = self.table.get(key, list(default))
        if not isinstance(values, list) or not all(type(value) is int and 0 <= value <= 366 for value in values):
            self.refuse(key, "is no list of whole numbers from 0 to 366")
        return tuple(values)

    def flag(self, key: str) -> bool:
        """Whether something holds; false where the key is missing."""
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, "is neither true nor false")
        return value

    def url(self, key: str) -> str:
        """An address that begins with https:// or http://."""
        value = self.text(key)
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or " " in value:
            self.refuse(key, "is no address that begins with https:// or http://")
        return value

    def section(self, key: str) -> "Section | None":
        """The section ``key``, None where there is none."""
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.refuse(key, "is no section")
        return Section(file=self.file, table=value, lines=self.lines, path=self._full(key))

    def needed(self, key: str) -> "Section":
        """The section ``key``, which must be there."""
        return self.section(key) or self.refuse(key, "is missing")

    def sections(self, key: str) -> "tuple[Section, ...]":
        """The sections ``[[key]]``, in order."""
        values = self._list(key)
        if not all(isinstance(value, Mapping) for value in values):
            self.refuse(key, f"is no list of sections [[{key}]]")
        path = self._full(key)
        return tuple(
            Section(file=self.file, table=value, lines=self.lines, path=f"{path}[{number}]")
            for number, value in enumerate(values)
        )

    def _full(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path and key else key or self.path

    def _list(self, key: str) -> list[Any]:
        values = self.table.get(key, [])
        if not isinstance(values, list):
            self.refuse(key, "is no list")
        return values

    def _line(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            self.refuse(key, "is no text")
        if clean(value) != value or not value or "\n" in value or len(value) > _LONGEST:
            self.refuse(key, f"must be one line in NFC without control characters, at most {_LONGEST} characters")
        return value

    def _cited(self, key: str, written: str) -> str:
        try:
            return cite_article(written)
        except ValueError:
            self.refuse(key, f"{written!r} is no article such as QC Điều 4 khoản 6 điểm a")

    def _word(self, key: str, value: object, words: type[Word]) -> Word:
        if value is None:
            self.refuse(key, "is missing")
        if not isinstance(value, str) or value not in tuple(words):
            self.refuse(key, f"is not one of {', '.join(words)}")
        return words(value)
