"""How handsets and carriers count a text: 3GPP TS 23.038 (alphabets) and TS 23.040, 9.2.3.24.1 (joined messages)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")
"""TS 23.038, 6.2.1.1: written as an escape pair, two septets each."""

GSM7 = GSM7_EXTENSION | frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""All characters of TS 23.038, 6.2.1: one outside makes the whole message UCS-2. The escape itself is no character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What a text costs: ``segments`` are billed, ``units`` are septets (gsm7) or UTF-16 units (ucs2)."""

    encoding: Literal["gsm7", "ucs2"]
    segments: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coding:
    """``alone`` units fit into one message, ``joined`` into each part of several: the header takes 6 of 140 octets."""

    name: Literal["gsm7", "ucs2"]
    alone: int
    joined: int
    is_double: Callable[[str], bool]


_GSM7_CODING = _Coding(name="gsm7", alone=160, joined=153, is_double=GSM7_EXTENSION.__contains__)
_UCS2_CODING = _Coding(name="ucs2", alone=70, joined=67, is_double=lambda char: char > "\uffff")


def count(text: str) -> Segments:
    """How ``text`` is sent and billed. An empty text is billed as one message."""
    coding = _coding(text)
    units = len(text) + sum(map(coding.is_double, text))
    return Segments(encoding=coding.name, segments=len(_parts(text, units, coding)), units=units)


def fits(text: str, parts: int) -> bool:
    """Whether ``text`` is sent as ``parts`` or fewer. What is far too long is told by its length alone."""
    return len(text) <= max(_GSM7_CODING.alone, parts * _GSM7_CODING.joined) and count(text).segments <= parts


def split(text: str) -> tuple[str, ...]:
    """The parts that ``text`` arrives in; joined they are ``text``. Neither escape nor surrogate pairs are divided."""
    coding = _coding(text)
    return _parts(text, len(text) + sum(map(coding.is_double, text)), coding)


def utf16_length(text: str) -> int:
    """The length in UTF-16 units, as JavaScript, Java and several messengers count."""
    return len(text) + sum(char > "\uffff" for char in text)


def _coding(text: str) -> _Coding:
    return _GSM7_CODING if GSM7.issuperset(text) else _UCS2_CODING


def _parts(text: str, units: int, coding: _Coding) -> tuple[str, ...]:
    if units <= coding.alone:
        return (text,)
    if units == len(text):
        return tuple(text[start : start + coding.joined] for start in range(0, units, coding.joined))
    return tuple(_pack(text, coding))


def _pack(text: str, coding: _Coding) -> Iterator[str]:
    start = used = 0
    for position, char in enumerate(text):
        width = 2 if coding.is_double(char) else 1
        if used + width > coding.joined:
            yield text[start:position]
            start, used = position, 0
        used += width
    yield text[start:]
