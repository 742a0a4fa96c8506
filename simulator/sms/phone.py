"""What a handset shows, and what a carrier bills for it (3GPP TS 23.038 and TS 23.040), written without the service's
own count: the two are compared by tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

_PLANE = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
"""The default alphabet row by row: the place of a letter is its septet."""
_ESCAPE = 0x1B
_BEHIND_ESCAPE = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40}
_BEHIND_ESCAPE["€"] = 0x65
_SEPTETS_ALONE, _SEPTETS_JOINED = 140 * 8 // 7, (140 - 6) * 8 // 7
_UNITS_ALONE, _UNITS_JOINED = 140 // 2, (140 - 6) // 2


def septets(char: str) -> tuple[int, ...] | None:
    """How ``char`` is written in the default alphabet; None when it is not in it."""
    if char in _BEHIND_ESCAPE:
        return (_ESCAPE, _BEHIND_ESCAPE[char])
    place = _PLANE.find(char)
    return None if place in {-1, _ESCAPE} else (place,)


def is_plain(text: str) -> bool:
    """Whether the default alphabet holds all of ``text``."""
    return all(septets(char) for char in text)


def in_plain(text: str) -> str:
    """``text`` as it arrives when it is sent in the default alphabet: a question mark for each letter outside."""
    return "".join(char if septets(char) else "?" for char in text)


def parts(text: str) -> int:
    """How many parts ``text`` is sent and billed in; an empty text is one."""
    plain = is_plain(text)
    widths = [len(septets(char) or ()) if plain else len(char.encode("utf-16-be")) // 2 for char in text]
    alone, joined = (_SEPTETS_ALONE, _SEPTETS_JOINED) if plain else (_UNITS_ALONE, _UNITS_JOINED)
    return 1 if sum(widths) <= alone else sum(1 for _ in _fill(widths, joined))


def _fill(widths: list[int], room: int) -> Iterator[int]:
    used = 0
    for width in widths:
        if used + width > room:
            yield used
            used = 0
        used += width
    yield used


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One message on a screen; ``parts`` were billed at ``price`` đồng altogether."""

    sender: str
    text: str
    parts: int
    price: int
    at: datetime


@dataclass(kw_only=True)
class Phones:
    """All handsets, by number (``+84…``). ``price`` is what one part costs, in đồng."""

    price: int = 300
    screens: dict[str, list[Shown]] = field(default_factory=dict)

    def show(self, number: str, text: str, *, sender: str, at: datetime) -> Shown:
        """``text`` arrives at ``number``."""
        count = parts(text)
        shown = Shown(sender=sender, text=text, parts=count, price=count * self.price, at=at)
        self.screens.setdefault(number, []).append(shown)
        return shown

    def texts(self, number: str) -> list[str]:
        """What the screen of ``number`` shows, in order."""
        return [shown.text for shown in self.screens.get(number, [])]

    @property
    def bill(self) -> int:
        """What everything cost, in đồng."""
        return sum(shown.price for screen in self.screens.values() for shown in screen)


def international(number: str) -> str:
    """A Vietnamese number written 0…, 84… or +84… as ``+84…``; anything else unchanged."""
    if number.startswith("0") and not number.startswith("00"):
        return f"+84{number[1:]}"
    return f"+{number}" if number.startswith("84") else number


def is_mobile(number: str) -> bool:
    """Whether ``number`` (``+84…``) has the length and the beginning of a mobile since 2018."""
    digits = number.removeprefix("+84")
    return number.startswith("+84") and digits.isdecimal() and len(digits) == 9 and digits[0] in "35789"
