"""Phrases that are looked for inside what people write, diacritics typed or not."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from bot.core.text import contradicts, fold

_WORD = re.compile(r"[^\W_]+")

Words = tuple[str, ...]


def words(text: str) -> Words:
    """The words of ``text`` as typed, diacritics kept, without punctuation and emoji."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text)))


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the words of ``text``, which is in NFC, begin and end."""
    return tuple(match.span() for match in _WORD.finditer(text))


def agree(typed: Words, written: Words) -> bool:
    """Whether ``typed`` can be ``written``, word for word; diacritics may be missing, not contradict."""
    return len(typed) == len(written) and not any(map(contradicts, typed, written))


class Phrases:
    """Phrases to look for, prepared so that a message that holds none is passed over quickly."""

    __slots__ = ("_by_letters",)

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_letters = tuple((_letters(words(text)), words(text)) for text in texts)

    def equal(self, typed: Words) -> bool:
        """Whether ``typed`` is, as a whole, one of the phrases."""
        letters = _letters(typed)
        return any(letters == known and agree(typed, phrase) for known, phrase in self._by_letters)

    def within(self, typed: Words) -> bool:
        """Whether one of the phrases stands in ``typed``, its words side by side."""
        letters = _letters(typed)
        return any(
            known in letters
            and any(agree(typed[at : at + len(phrase)], phrase) for at in range(len(typed) - len(phrase) + 1))
            for known, phrase in self._by_letters
        )


def _letters(typed: Words) -> str:
    return f" {' '.join(fold(word) for word in typed)} "


class Alarm(Enum):
    """How surely a message is a call for help. POSSIBLE may as well be a question about data ("cháy nhà")."""

    NONE = "none"
    POSSIBLE = "possible"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergencies:
    """The phrases that people in danger use.

    ``anywhere`` count inside a message, ``whole`` as the whole of it. ``possible`` as the whole of it are both a call
    and a question. Whoever writes one of ``unless`` ("bao nhiêu vụ") asks for data.
    """

    anywhere: Phrases
    whole: Phrases
    possible: Phrases
    unless: Phrases

    def heard_in(self, text: str) -> Alarm:
        """Whether ``text`` is a call for help."""
        typed = words(text)
        if self.possible.equal(typed):
            return Alarm.POSSIBLE
        if self.unless.within(typed):
            return Alarm.NONE
        return Alarm.CERTAIN if self.whole.equal(typed) or self.anywhere.within(typed) else Alarm.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """What people write who are displeased. Whoever writes one of ``unless`` ("bao nhiêu") asks for data."""

    anywhere: Phrases
    unless: Phrases

    def heard_in(self, text: str) -> bool:
        """Whether ``text`` complains and asks nothing."""
        typed = words(text)
        return self.anywhere.within(typed) and not self.unless.within(typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """How people write about a person: ``marks`` ("tôi tên", "số nhà"), or a surname with a ``title`` or ``middle``.

    "ông Trần", "Nguyễn Văn", "Lê Thị". A street with such a name is taken for a person: rather that than the other.
    """

    marks: Phrases
    titles: Phrases
    surnames: Phrases
    middles: Phrases

    def named_in(self, text: str) -> bool:
        """Whether ``text`` seems to be about a certain person, or to give an address."""
        typed = words(text)
        pairs = zip(((word,) for word in typed), ((word,) for word in typed[1:]), strict=False)
        return self.marks.within(typed) or any(
            (self.titles.equal(left) and self.surnames.equal(right))
            or (self.surnames.equal(left) and self.middles.equal(right))
            for left, right in pairs
        )
