"""The words of officers: the whole message in one of its complete forms, as for everybody's commands.

They differ from those in that a day, a name or a reason may follow the number of a duty. They exist only for whoever is
bound to an officer; for everybody else the same message is a question.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from bot.core.day_words import DayWords
from bot.core.errors import ContentError
from bot.core.phrases import Words, spans, words
from bot.core.text import contradicts, fold

NUMBER, NUMBERS, DAY, NAME, REASON = "{n}", "{ns}", "{day}", "{name}", "{reason}"
PLACEHOLDERS = frozenset({NUMBER, NUMBERS, DAY, NAME, REASON})
_RESTS = frozenset({DAY, NAME, REASON})
"""Only at the end of a form: everything that is left."""
_MOST_NUMBERS = 9
_NAME_WORDS = 7
_DIGITS = 3
_AND = frozenset({"va", "and"})
_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""Where a number was typed onto the word before: XONG1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWord:
    """What an officer said: the ``name`` of its form, the ``numbers`` of the duties, and what followed them.

    ``day`` are the words that name a day (empty = none), ``text`` a name or a reason as typed.
    """

    name: str
    numbers: tuple[int, ...] = ()
    day: Words = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyGrammar:
    """All forms of all the officers' words, by their first word, folded; empty for those that begin with a number."""

    forms: Mapping[str, tuple[tuple[str, Words], ...]] = field(repr=False)
    names: frozenset[str]
    days: DayWords

    def read(self, text: str, without_tail: Callable[[str], str]) -> DutyWord | None:
        """What ``text`` says, None when it is none of the officers' words. ``without_tail`` takes politeness off."""
        loose = _GLUED.sub(" ", text)
        for said in dict.fromkeys((text, without_tail(text), loose, without_tail(loose))):
            typed, found = words(said), None
            for name, parts in (*self.forms.get(fold(typed[0]), ()), *self.forms.get("", ())) if typed else ():
                found = found or self._match(name, parts, typed, said)
            if found is not None:
                return found
        return None

    def _match(self, name: str, parts: Words, typed: Words, said: str) -> DutyWord | None:
        found = DutyWord(name=name)
        at = 0
        for part in parts:
            if part in _RESTS:
                return self._rest(found, part, typed[at:], said)
            if part in (NUMBER, NUMBERS):
                taken = _numbers(typed[at:], most=1 if part == NUMBER else _MOST_NUMBERS)
                if not taken:
                    return None
                found = replace(found, numbers=tuple(dict.fromkeys(int(word) for word in taken if _is_number(word))))
                at += len(taken)
            elif at < len(typed) and fold(typed[at]) == fold(part) and not contradicts(typed[at], part):
                at += 1
            else:
                return None
        return found if at == len(typed) else None

    def _rest(self, found: DutyWord, part: str, rest: Words, said: str) -> DutyWord | None:
        if not rest:
            return None
        if part == DAY:
            return replace(found, day=rest) if self.days.means(rest) else None
        if part == NAME and (len(rest) > _NAME_WORDS or not rest[0][0].isalpha()):
            return None
        return replace(found, text=_behind(said, len(rest)))


def _numbers(typed: Words, *, most: int) -> Words:
    """The numbers that ``typed`` begins with, with the words that join them."""
    found = tuple(takewhile(lambda word: _is_number(word) or (most > 1 and fold(word) in _AND), typed))
    if not found or not _is_number(found[0]) or not _is_number(found[-1]):
        return ()
    return found[: 2 * most - 1] if most > 1 else found[:1]


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and int(word) > 0 and len(word) <= _DIGITS


def _behind(said: str, count: int) -> str:
    """The last ``count`` words of ``said`` with what stands between them."""
    return said[spans(said)[-count][0] :].strip()


def build_duty_grammar(forms: Mapping[str, tuple[str, ...]], days: DayWords, *, file: str) -> DutyGrammar:
    """The grammar of ``forms`` (name to its forms).

    Raises ContentError, naming ``file`` and the word, for an unknown placeholder, for one in a wrong place, and when
    two words have forms that read the same without diacritics.
    """
    by_first: dict[str, list[tuple[str, Words]]] = {}
    known: dict[Words, str] = {}
    for name, texts in forms.items():
        for text in texts:
            parts = _parts(name, text, file)
            letters = tuple(fold(part) for part in parts)
            if known.setdefault(letters, name) != name:
                raise ContentError(file, f"duties.{name}", f'"{text}" reads like {known[letters]}')
            first = "" if parts[0] in PLACEHOLDERS else letters[0]
            by_first.setdefault(first, []).append((name, parts))
    ordered = {first: tuple(sorted(each, key=_openness)) for first, each in by_first.items()}
    return DutyGrammar(forms=ordered, names=frozenset(forms), days=days)


def _parts(name: str, text: str, file: str) -> Words:
    parts = tuple(part for token in text.split() for part in ((token,) if "{" in token else words(token)))
    odd = [part for part in parts if "{" in part and part not in PLACEHOLDERS]
    early = [part for part in parts[:-1] if part in _RESTS]
    if not parts or odd or early or all(part in PLACEHOLDERS for part in parts):
        raise ContentError(file, f"duties.{name}", f'"{text}" is no form')
    return parts


def _openness(form: tuple[str, Words]) -> tuple[bool, int]:
    """Forms that take any words come last, the longer ones before the shorter."""
    last = form[1][-1]
    return last in {NAME, REASON}, -len(form[1])
