"""Wordings taken apart by known forms: understood only where the forms cover every word, never guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar
from unicodedata import normalize

from bot.core.phrases import Words, agree, words
from bot.core.text import fold

M = TypeVar("M")
LONGEST = 60
"""Words of the longest wording that is looked at; what is longer is a text, no wording."""
_DIGITS = re.compile(r"\d{1,4}")
_ITEM = re.compile(r"\{(\w+)\}|…|[^\W_]+")
_TAIL = "…"
_HOI_NGA = "\u0309\u0303"

Values = Mapping[str, str]


class Slots:
    """What may stand in the places of forms.

    ``choices`` are, by the name of the place, the texts that may stand there and what they stand for; digits may stand
    in the places named ``numbers`` too. The open end of a form ("khi …") covers neither digits nor one of ``stops``,
    unless that is the beginning of one of ``no_stops``, and does not end with one of ``joins``.
    """

    __slots__ = ("_joins", "_no_stops", "_numbers", "_stops", "_words", "names")

    def __init__(
        self,
        choices: Mapping[str, Mapping[str, str]],
        *,
        numbers: frozenset[str],
        stops: Sequence[str],
        no_stops: Sequence[str],
        joins: Sequence[str],
    ) -> None:
        self._numbers = numbers
        self._stops, self._no_stops = (frozenset(map(_letters, texts)) for texts in (stops, no_stops))
        self._joins = frozenset(map(fold, joins))
        self.names = frozenset(choices)
        self._words: dict[str, dict[str, list[tuple[Words, str]]]] = {name: {} for name in choices}
        for name, texts in choices.items():
            for text, value in texts.items():
                written = words(text)
                self._words[name].setdefault(fold(written[0]), []).append((written, value))

    def read(self, name: str, typed: Words, at: int) -> Iterator[tuple[int, str]]:
        """Where a value for the place ``name`` that begins at ``at`` ends, and the value."""
        if at == len(typed):
            return
        if name in self._numbers and _DIGITS.fullmatch(typed[at]):
            yield at + 1, str(int(typed[at]))
        for written, value in self._words[name].get(fold(typed[at]), ()):
            if _same(typed, at, written):
                yield at + len(written), value

    def stretch(self, typed: Words, at: int) -> Iterator[int]:
        """Where an open end that begins at ``at`` may end: it has at least one word."""
        while at < len(typed) and not self._stopped(typed, at):
            if fold(typed[at]) not in self._joins:
                yield at + 1
            at += 1

    def _stopped(self, typed: Words, at: int) -> bool:
        ahead = tuple(fold(word) for word in typed[at : at + 2])
        stops = ahead in self._stops or ahead[:1] in self._stops
        return typed[at][0].isdecimal() or (stops and ahead not in self._no_stops)


def _letters(text: str) -> Words:
    return tuple(map(fold, words(text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[M]):
    """A form of words with places, "{n} {unit} một lần", and what it means. An … at its end covers any words."""

    items: tuple[str, ...]
    meaning: M

    @classmethod
    def of(cls, text: str, meaning: M) -> "Form[M]":
        """The form written as ``text``."""
        return cls(items=tuple(match.group() for match in _ITEM.finditer(text)), meaning=meaning)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of its places."""
        return tuple(item[1:-1] for item in self.items if item.startswith("{"))

    def match(self, typed: Words, at: int, slots: Slots) -> Iterator[tuple[int, Values]]:
        """Where the form, beginning at ``at``, may end in ``typed``, with the values of its places."""
        yield from _match(self.items, typed, at, slots)


def _match(items: Sequence[str], typed: Words, at: int, slots: Slots) -> Iterator[tuple[int, Values]]:
    if not items:
        yield at, {}
        return
    item, rest = items[0], items[1:]
    if item == _TAIL:
        yield from ((end, {}) for end in slots.stretch(typed, at))
    elif item.startswith("{"):
        for end, value in slots.read(item[1:-1], typed, at):
            for last, values in _match(rest, typed, end, slots):
                yield last, {item[1:-1]: value, **values}
    elif _same(typed, at, (item,)):
        yield from _match(rest, typed, at + 1, slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[M]):
    """A part of a wording that a form covers: from word ``at`` to word ``end``, not counted."""

    at: int
    end: int
    meaning: M
    values: Values


class Forms(Generic[M]):
    """All known forms, to take wordings apart by."""

    def __init__(self, forms: Sequence[Form[M]], slots: Slots) -> None:
        self._slots = slots
        self._by_first: dict[str, list[Form[M]]] = {}
        self._open: list[Form[M]] = []
        for form in forms:
            first = form.items[0]
            (self._open if first.startswith("{") else self._by_first.setdefault(fold(first), [])).append(form)

    def take_apart(self, text: str) -> tuple[Part[M], ...]:
        """The fewest parts that together cover every word of ``text``, in order; none when no forms do.

        Of covers with equally many parts the one whose first parts are longest is taken.
        """
        typed = words(text)
        if not typed or len(typed) > LONGEST:
            return ()
        best: dict[int, tuple[Part[M], ...]] = {len(typed): ()}
        for at in reversed(range(len(typed))):
            for part in self._parts(typed, at):
                rest = best.get(part.end)
                if rest is not None and (at not in best or _better((part, *rest), best[at])):
                    best[at] = (part, *rest)
        return best.get(0, ())

    def _parts(self, typed: Words, at: int) -> Iterator[Part[M]]:
        for form in (*self._by_first.get(fold(typed[at]), ()), *self._open):
            for end, values in form.match(typed, at, self._slots):
                if end > at:
                    yield Part(at=at, end=end, meaning=form.meaning, values=values)


def _same(typed: Words, at: int, written: Words) -> bool:
    """Whether ``written`` stands in ``typed`` at ``at``, diacritics missing at most."""
    return at + len(written) <= len(typed) and all(map(_is, typed[at : at + len(written)], written))


@lru_cache(maxsize=65_536)  # sources print few different words, and each is held against all that begin a form
def _is(typed: str, written: str) -> bool:
    """Whether ``typed`` can be ``written``; hỏi and ngã are two: a file is no chat."""
    return agree((typed,), (written,)) and not any(
        mark in normalize("NFD", typed) and mark not in normalize("NFD", written) for mark in _HOI_NGA
    )


def _better(one: tuple[Part[M], ...], other: tuple[Part[M], ...]) -> bool:
    return (len(one), [-part.end for part in one]) < (len(other), [-part.end for part in other])
