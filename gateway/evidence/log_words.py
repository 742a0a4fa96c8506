"""The wording of the log of reminders, ``data/evidence/log.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content import LANGUAGES
from bot.core.errors import ContentError
from bot.core.obligations.progress import ActKind
from bot.toml_file import read_toml

FILE = "log.toml"
_COLUMNS, _JOURNAL, _SHEETS = 14, 9, 3
_INFO = frozenset(
    {"province", "agency", "first", "last", "count", "entries", "chain", "first_hash", "last_hash", "head", "basis"}
    | {"everything", "whole", "broken"}
)
_STEPS = frozenset({"before", "on", "after"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWords:
    """What stands in the table in one language. ``steps`` hold {n}, ``said`` {day}, ``info`` {seq}."""

    title: str
    note: str
    sheets: tuple[str, ...]
    columns: tuple[str, ...]
    journal: tuple[str, ...]
    info: Mapping[str, str]
    steps: Mapping[str, str]
    said: Mapping[str, str]
    receipts: Mapping[str, str]

    def step(self, step: str) -> str:
        """A step in words: "-3" is three working days before; one that is no number as it is."""
        try:
            days = int(step)
        except ValueError:
            return step
        return self.steps["before" if days < 0 else "after" if days else "on"].format(n=abs(days))


def load_log_words(data: Path) -> Mapping[str, LogWords]:
    """The wording by language. Raises ContentError with the entry and what is wrong with it."""
    file = data / "evidence" / FILE
    document = read_toml(file)
    return {language: _read(document.get(language), language) for language in LANGUAGES}


def _read(table: Any, language: str) -> LogWords:
    try:
        words = LogWords(
            title=str(table["title"]),
            note=str(table["note"]),
            sheets=tuple(table["sheets"]),
            columns=tuple(table["columns"]),
            journal=tuple(table["journal"]),
            info=dict(table["info"]),
            steps=dict(table["steps"]),
            said=dict(table["said"]),
            receipts=dict(table["receipts"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(FILE, language, f"cannot be read: {error}") from error
    missing = (_INFO - {*words.info}) | (_STEPS - {*words.steps}) | ({*map(str, ActKind)} - {*words.said})
    if missing:
        raise ContentError(FILE, f"{language}.{min(missing)}", "is missing")
    if (len(words.columns), len(words.journal), len(words.sheets)) != (_COLUMNS, _JOURNAL, _SHEETS):
        raise ContentError(FILE, f"{language}.columns", "has not the number of headings that the table has")
    return words
