"""A day as people name it in a message: 20/07/2026, 20/7, hôm qua, 3 ngày nữa. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.core.phrases import Words, agree

_COUNT = "{k}"
_CENTURY = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWords:
    """How days are named besides by their figures.

    ``prefixes`` may stand before any of them ("từ ngày"). ``named`` are single days with how far they are from today,
    ``counted`` phrases with ``{k}`` days, which lie ahead (1) or back (-1); ``between`` are words between the figures.
    """

    prefixes: tuple[Words, ...] = ()
    named: Mapping[Words, int] = field(default_factory=dict)
    counted: Mapping[Words, int] = field(default_factory=dict)
    between: tuple[Words, ...] = ()

    def means(self, typed: Words) -> bool:
        """Whether ``typed`` names a day, maybe one that does not exist."""
        said = self._without_prefix(typed)
        return bool(said) and (self._away(said) is not None or _figures(self._plain(said)) is not None)

    def read(self, typed: Words, today: date) -> date | None:
        """The day that ``typed`` (:meth:`means`) names on the day ``today``; None when there is no such day.

        A day without a year is the nearest one: in January "20/12" is last month's.
        """
        said = self._without_prefix(typed)
        away = self._away(said)
        if away is not None:
            return today + timedelta(days=away)
        figures = _figures(self._plain(said))
        return None if figures is None else _day(*figures, today)

    def _without_prefix(self, typed: Words) -> Words:
        longest = max((len(prefix) for prefix in self.prefixes if agree(typed[: len(prefix)], prefix)), default=0)
        return typed[longest:]

    def _away(self, said: Words) -> int | None:
        for phrase, away in self.named.items():
            if agree(said, phrase):
                return away
        for phrase, direction in self.counted.items():
            place = phrase.index(_COUNT)
            counted = len(said) == len(phrase) and _is_number(said[place], 3)
            if counted and agree((*said[:place], *said[place + 1 :]), (*phrase[:place], *phrase[place + 1 :])):
                return direction * int(said[place])
        return None

    def _plain(self, said: Words) -> Words:
        """``said`` without the words for month and year between its figures."""
        return tuple(word for word in said if not any(agree((word,), between) for between in self.between))


def _figures(said: Sequence[str]) -> tuple[int, int, int | None] | None:
    """Day, month and year (None = not said) of ``said``; None when these are no figures of a day."""
    if len(said) == 3 and _is_number(said[0], 4) and len(said[0]) == 4 and all(_is_number(one, 2) for one in said[1:]):
        return int(said[2]), int(said[1]), int(said[0])
    if len(said) not in (2, 3) or not all(_is_number(one, 2) for one in said[:2]):
        return None
    if len(said) == 2:
        return int(said[0]), int(said[1]), None
    year = said[2]
    if not _is_number(year, 4) or len(year) not in (2, 4):
        return None
    return int(said[0]), int(said[1]), int(year) + (_CENTURY if len(year) == 2 else 0)


def _day(day: int, month: int, year: int | None, today: date) -> date | None:
    years = (today.year - 1, today.year, today.year + 1) if year is None else (year,)
    found = [exact for one in years if (exact := _exact(one, month, day))]
    return min(found, key=lambda exact: abs(exact - today), default=None)


def _exact(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_number(word: str, longest: int) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= longest
