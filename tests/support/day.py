"""A day of messages: what people write, how they mistype it, when they come."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.core.text import unaccent

_DATA = Path(__file__).parents[1] / "data"
_KINDS = {"question": 60, "choice": 14, "command": 9, "thanks": 6, "garbage": 4, "emoji": 3, "long": 2, "code": 2}
_COMMANDS = (
    "HD",
    "danh mục",
    "EN",
    "VI",
    "có dấu",
    "không dấu",
    "STOP",
    "đk bt",
    "xem t",
    "tiếp",
    "trước",
    "thông tin 1",
)
_THANKS = ("cảm ơn nhé", "ok", "thanks", "cam on nhieu a", "vâng", "alo", "xin chào")
_EMOJI = ("👍", "😀😀😀", "❤️❤️", "👨‍👩‍👧‍👦", "🇻🇳🇻🇳", "?!…")
_LETTERS = "qwertyuiopasdfghjklzxcvbnm 0123456789.,;:@#"
_REPEATED = 0.05
_SWING = 0.6
_MORNING = 0.375
"""Where in a day's messages the first of its two peaks lies; the other, as high, half a day later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One message: ``person`` is who of the crowd writes, ``deliveries`` how often the provider calls with it."""

    person: int
    id: str
    text: str
    deliveries: int


def questions() -> tuple[str, ...]:
    """Every judged question."""
    return (*_column("queries-dev.csv", "query"), *_column("rows-dev.csv", "question"))


def _column(file: str, name: str) -> tuple[str, ...]:
    lines = (_DATA / file).read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return tuple(row[name] for row in csv.DictReader(lines) if row[name].strip())


def plan(size: int, *, people: int, chance: Random) -> Iterator[Event]:
    """``size`` mixed messages, each of one of ``people``."""
    asked = questions()
    kinds, weights = tuple(_KINDS), tuple(_KINDS.values())
    for number in range(size):
        (kind,) = chance.choices(kinds, weights)
        yield Event(
            person=chance.randrange(people),
            id=f"{number:06}-{chance.getrandbits(64):016x}",
            text=_write(kind, asked, chance),
            deliveries=1 + (chance.random() < _REPEATED),
        )


def _write(kind: str, asked: tuple[str, ...], chance: Random) -> str:
    """A message of ``kind``."""
    said = {"command": _COMMANDS, "thanks": _THANKS, "emoji": _EMOJI}
    if kind in said:
        return chance.choice(said[kind])
    if kind == "choice":
        return str(chance.choice((1, 1, 2, 2, 3, 9)))
    if kind == "code":
        return "".join(chance.choices("23456789ABCDEFGHJKMNPQRSTUVWXYZ", k=5))
    if kind == "garbage":
        return "".join(chance.choices(_LETTERS, k=chance.randint(1, 60)))
    if kind == "long":
        return (chance.choice(asked) + " ") * chance.randint(10, 60)
    return mistype(chance.choice(asked), chance)


def mistype(text: str, chance: Random) -> str:
    """``text`` as it is often typed: without diacritics, with two letters swapped, one left out or doubled."""
    text = unaccent(text) if chance.random() < 0.6 else text
    place = chance.randrange(max(1, len(text) - 1))
    pair = text[place : place + 2]
    slips = ("", "", "", "", pair[::-1], pair[:1], pair[:1] + pair)
    slip = chance.choice(slips)
    return f"{text[:place]}{slip}{text[place + 2 :]}" if slip else text


def pace(share: float) -> float:
    """How fast messages come after ``share`` of the day's messages, 1 = the mean: a morning and an evening peak."""
    return 1 + _SWING * math.cos(4 * math.pi * (share - _MORNING))
