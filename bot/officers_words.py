"""Load and check ``data/replies/duties.toml``: what officers may say about their duties."""

from collections.abc import Mapping
from typing import Any

from bot.core.day_words import DayWords
from bot.core.duty_grammar import DutyGrammar, build_duty_grammar
from bot.core.errors import ContentError
from bot.core.phrases import Words

FILE = "duties.toml"
_DAYS = ("prefixes", "between", "named", "counted")
_COUNT = "{k}"


def read_duties(table: Mapping[str, Any]) -> DutyGrammar:
    """The grammar of the file. Raises ContentError with key and reason for anything wrong."""
    for key in sorted(table.keys() ^ {"days", "duties"}):
        raise ContentError(FILE, key, "unknown key" if key in table else "is missing")
    forms: dict[str, tuple[str, ...]] = {}
    for name, duty in table["duties"].items():
        if duty.keys() != {"forms"} or not duty["forms"]:
            raise ContentError(FILE, f"duties.{name}", "must hold forms and nothing else")
        forms[name] = tuple(duty["forms"])
    return build_duty_grammar(forms, _read_days(table["days"]), file=FILE)


def _read_days(table: Mapping[str, Any]) -> DayWords:
    for key in sorted(table.keys() ^ set(_DAYS)):
        raise ContentError(FILE, f"days.{key}", "unknown key" if key in table else "is missing")
    return DayWords(
        prefixes=tuple(_split(text) for text in table["prefixes"]),
        between=tuple(_split(text) for text in table["between"]),
        named=_by_phrase(table["named"], "named"),
        counted=_by_phrase(table["counted"], "counted"),
    )


def _by_phrase(table: Mapping[str, list[str]], key: str) -> dict[Words, int]:
    found: dict[Words, int] = {}
    for days, texts in table.items():
        for text in texts:
            if (key == "counted") != (_COUNT in text.split()):
                raise ContentError(FILE, f"days.{key}", f'"{text}" must hold {_COUNT} exactly where days are counted')
            found[_split(text)] = int(days)
    return found


def _split(text: str) -> Words:
    return tuple(text.split())
