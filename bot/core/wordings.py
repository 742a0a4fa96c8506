"""Wordings taken apart by known forms: understood only where the forms cover every word, never guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What may stand in the places of forms: by the name of the place, the words and what they stand for.

    Digits may stand in the places named ``numbers`` too. The open end of a form ("khi …") covers neither digits nor
    the words ``closed``, folded, and does not end with one of ``joins``.
    """

    words: Mapping[str, Mapping[Words, str]]
    numbers: frozenset[str]
    closed: frozenset[str]
    joins: frozenset[str]

    def read(self, name: str, typed: Words, at: int) -> Iterator[tuple[int, str]]:
        """Where a value for the place ``name`` that begins at ``at`` ends, and the value."""
        if name in self.numbers and at < len(typed) and _DIGITS.fullmatch(typed[at]):
            yield at + 1, str(int(typed[at]))
        for written, value in self.words[name].items():
            if _same(typed[at : at + len(written)], written):
                yield at + len(written), value

    def stretch(self, typed: Words, at: int) -> Iterator[int]:
        """Where an open end that begins at ``at`` may end: it has at least one word."""
        while at < len(typed) and not typed[at][0].isdecimal() and fold(typed[at]) not in self.closed:
            if fold(typed[at]) not in self.joins:
                yield at + 1
            at += 1


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """A form of words with places, "{n} {unit} một lần", and what it means. An … at its end covers any words."""

    items: tuple[str, ...]
    meaning: M

    @classmethod
    def of(cls, text: str, meaning: M) -> "Form[M]":
        """The form written as ``text``."""
        return cls(tuple(match.group() for match in _ITEM.finditer(text)), meaning)

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
    elif _same(typed[at : at + 1], (item,)):
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


def _same(typed: Words, written: Words) -> bool:
    """Whether ``typed`` is ``written``, diacritics missing at most; hỏi and ngã are two: a file is no chat."""
    return agree(typed, written) and not any(
        mark in normalize("NFD", mine) and mark not in normalize("NFD", theirs)
        for mine, theirs in zip(typed, written, strict=True)
        for mark in _HOI_NGA
    )


def _better(one: tuple[Part[M], ...], other: tuple[Part[M], ...]) -> bool:
    return (len(one), [-part.end for part in one]) < (len(other), [-part.end for part in other])
