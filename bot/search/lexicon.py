"""The words people use, and the words datasets use: everything under ``data/synonyms/``."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError
from bot.core.findings import ColumnRole
from bot.core.text import fold, tokens
from bot.search.operators import FILE as _ROWS
from bot.search.operators import Operators, load_operators
from bot.search.wordlist import Wordlist, plain_words
from bot.toml_file import read_toml

Phrase = tuple[str, ...]
"""Folded words in order."""

_NOT_WORD = re.compile(r"[^0-9a-z]+")
SECTIONS = ("short", "words", "broader")
"""What a file of words may hold; ``data/synonyms/README.md`` says what each means."""
_QUESTIONS = "questions.toml"
_COLUMNS = "columns.toml"
_APART = (_QUESTIONS, _COLUMNS, _ROWS)
_FIGURES = "figures"


class Cue(StrEnum):
    """What the words around the subject of a question tell; the sections of ``questions.toml``."""

    FILLER = "filler"
    COUNT = "count"
    LIST = "list"
    WHERE = "where"
    WHICH = "which"
    LIVE = "live"
    FORMER = "former"
    CURRENT = "current"
    RENEWED = "renewed"
    LARGEST = "largest"
    SMALLEST = "smallest"
    LIGHT = "light"
    COMMON = "common"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """How one heading is read: its label, its unit, its role and every phrase by which people ask for it."""

    label: str
    unit: str = ""
    role: ColumnRole = ColumnRole.PLAIN
    phrases: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything under ``data/synonyms/``, checked. Keys are folded phrases.

    ``abbreviations`` (section ``short``) stand only for their readings, ``synonyms`` (``words``) also for themselves;
    ``broader`` are readings that contain what was typed. Rows that follow each other are joined already. ``reach``
    gives by the first two words (or the only one) how long the longest phrase is that begins so.
    """

    abbreviations: Wordlist
    synonyms: Wordlist
    broader: Wordlist
    cues: Mapping[Phrase, tuple[tuple[Cue, str], ...]]
    headings: Mapping[str, Heading]
    units: Mapping[Phrase, str]
    parts: Mapping[Phrase, str]
    figures: frozenset[Phrase]
    words: frozenset[str]
    reach: Mapping[Phrase, int]
    operators: Operators

    def readings(self, phrase: Phrase, typed: str = "") -> tuple[Phrase, ...]:
        """Every official reading of a typed phrase, abbreviations first; empty when it has none."""
        return self.abbreviations.readings(phrase, typed) + self.synonyms.readings(phrase, typed)

    def knows(self, phrase: Phrase) -> bool:
        """Whether any row or cue has ``phrase`` on its left side, whatever diacritics it is written with."""
        return (
            phrase in self.cues
            or phrase in self.synonyms.rows
            or phrase in self.abbreviations.rows
            or phrase in self.broader.rows
        )

    def with_row(self, section: str, typed: str, official: str) -> "Lexicon":
        """This lexicon with one more row in ``section`` (of :data:`SECTIONS`)."""
        lists = {"short": self.abbreviations, "words": self.synonyms, "broader": self.broader}
        lists[section] = lists[section].with_row(typed, tokens(official))
        phrase, words = tokens(typed), self.words.union(tokens(typed), tokens(official))
        return replace(
            self,
            abbreviations=lists["short"],
            synonyms=lists["words"],
            broader=lists["broader"],
            words=words,
            reach={**self.reach, phrase[:2]: max(len(phrase), self.reach.get(phrase[:2], 0))},
        )

    def cue(self, phrase: Phrase, marks: str) -> Cue | None:
        """The cue that ``phrase`` gives, None when none or when the diacritics that were typed speak against it.

        ``marks`` is :func:`marks_of` the typed text; without any diacritics every cue of that spelling is possible.
        """
        for cue, written in self.cues.get(phrase, ()):
            if not marks or marks == written:
                return cue
        return None


@lru_cache(maxsize=20_000)
def marks_of(text: str) -> str:
    """The diacritics of ``text``, word by word, as one comparable text; empty when it has none. đ counts as one."""
    words = []
    for word in text.casefold().split():
        found = sorted(c for c in unicodedata.normalize("NFD", word) if c == "đ" or unicodedata.combining(c))
        words.append("".join(found))
    return "/".join(words) if any(words) else ""


def heading_key(heading: str) -> str:
    """The key of a heading in ``columns.toml``: folded, every other sign an underscore."""
    return _NOT_WORD.sub("_", fold(heading)).strip("_")


def load_lexicon(folder: Path, *own: Path) -> Lexicon:
    """Read ``folder`` (``data/synonyms``) and the operator's ``own`` files, which add to it; those may be missing.

    Raises ContentError with file, key and reason for the first bad row.
    """
    themes = _read_themes(folder, [file for file in own if file.exists()])
    short, same, broader = (themes[section] for section in SECTIONS)
    questions = _read(folder, _QUESTIONS, [cue.value for cue in Cue] + [_FIGURES])
    figures = frozenset(phrase for phrase, _ in _phrases(_FIGURES, questions.pop(_FIGURES)))
    cues = _cues(questions)
    columns = _read(folder, _COLUMNS, {"headings", "units", "phrases"})
    headings = {key: _heading(key, row) for key, row in columns["headings"].items()}
    phrases = [*cues, *(phrase for heading in headings.values() for phrase in heading.phrases)]
    phrases += [phrase for each in themes.values() for phrase in each.phrases()]
    return Lexicon(
        abbreviations=short,
        synonyms=same,
        broader=broader,
        cues=cues,
        headings=headings,
        figures=figures,
        units=dict(_labels("units", columns["units"])),
        parts=dict(_labels("phrases", columns["phrases"])),
        words=frozenset(word for phrase in phrases for word in phrase),
        reach=_reach((*short.rows, *same.rows, *broader.rows, *cues)),
        operators=load_operators(folder),
    )


def _reach(phrases: Iterable[Phrase]) -> dict[Phrase, int]:
    found: dict[Phrase, int] = {}
    for phrase in phrases:
        found[phrase[:2]] = max(len(phrase), found.get(phrase[:2], 0))
    return found


def _read(folder: Path, name: str, sections: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    content = read_toml(folder / name)
    needed = set(sections)
    known = needed | set(optional)
    for section in content:
        if section not in known:
            raise ContentError(name, section, f"unknown section; known are {', '.join(sorted(known))}")
    for section in sorted(needed - set(content)):
        raise ContentError(name, section, "section is missing")
    return content


def _read_themes(folder: Path, own: Iterable[Path]) -> dict[str, Wordlist]:
    """The rows of every theme's file by section; what means a phrase also reaches what contains the phrase."""
    found = {section: Wordlist() for section in SECTIONS}
    themes = [file for file in sorted(folder.glob("*.toml")) if file.name not in _APART]
    for file in (*themes, *own):
        for section, rows in _read(file.parent, file.name, (), SECTIONS).items():
            if not isinstance(rows, dict):
                raise ContentError(file.name, section, "must be a section with rows")
            for typed, readings in rows.items():
                found[section].add(_written(file.name, typed), _row(file.name, typed, readings))
    broader = found["broader"]
    for section in ("short", "words"):
        for written, readings in broader.reached_through(found[section]).items():
            broader.add(written, readings)
    return found


def _written(name: str, typed: str) -> str:
    """The left side of a row, one space between its words."""
    _phrase(name, typed, typed)
    return plain_words(typed)


def _row(name: str, typed: str, readings: object) -> Iterator[Phrase]:
    if not isinstance(readings, list) or not readings:
        raise ContentError(name, typed, "needs a list with at least one reading")
    return (_phrase(name, typed, reading) for reading in readings)


def _cues(sections: Mapping[str, Any]) -> dict[Phrase, tuple[tuple[Cue, str], ...]]:
    found: dict[Phrase, tuple[tuple[Cue, str], ...]] = {}
    for section, row in sections.items():
        for phrase, marks in _phrases(section, row):
            found[phrase] = (*found.get(phrase, ()), (Cue(section), marks))
    return found


def _phrases(section: str, row: object) -> Iterator[tuple[Phrase, str]]:
    if not isinstance(row, dict) or set(row) != {"phrases"} or not isinstance(row["phrases"], list):
        raise ContentError(_QUESTIONS, section, "needs exactly one list: phrases")
    for text in row["phrases"]:
        yield _phrase(_QUESTIONS, section, text), marks_of(text)


def _heading(key: str, row: Mapping[str, Any]) -> Heading:
    if key != heading_key(key):
        raise ContentError(_COLUMNS, key, f"the key must be written {heading_key(key)!r}")
    for name in set(row) - {"label", "unit", "role", "words"}:
        raise ContentError(_COLUMNS, key, f"unknown entry {name!r}")
    label, words, role = row.get("label"), row.get("words", []), row.get("role", "plain")
    if not isinstance(label, str) or not label:
        raise ContentError(_COLUMNS, key, "label is missing")
    if role not in set(ColumnRole):
        raise ContentError(_COLUMNS, key, f"unknown role {role!r}")
    if not isinstance(words, list):
        raise ContentError(_COLUMNS, key, "words must be a list")
    phrases = dict.fromkeys(_phrase(_COLUMNS, key, text) for text in (label, *words))
    return Heading(label=label, unit=str(row.get("unit", "")), role=ColumnRole(role), phrases=tuple(phrases))


def _labels(section: str, rows: Mapping[str, Any]) -> Iterator[tuple[Phrase, str]]:
    for typed, printed in rows.items():
        if not isinstance(printed, str) or not printed:
            raise ContentError(_COLUMNS, f"{section}.{typed}", "needs a text")
        yield _phrase(_COLUMNS, typed, typed), printed


def _phrase(file: str, key: str, text: object) -> Phrase:
    phrase = tokens(text) if isinstance(text, str) else ()
    if not phrase:
        raise ContentError(file, key, f"{text!r} holds no word")
    return phrase
