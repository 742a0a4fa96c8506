"""What the wordings of update frequencies and deadlines mean."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from bot.core.cycle import CONTINUOUS, EVENT_DRIVEN, FINISHED, Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.phrases import spans, words
from bot.core.text import clean, fold
from bot.core.wordings import Forms, Part, Values

_ISO = re.compile(r"(?:R/)?P(?:(\d+(?:\.\d+)?)([YMWD])|T(\d+(?:\.\d+)?)([HMS]))", re.IGNORECASE)
_ISO_UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day", "TH": "hour", "TM": "minute", "TS": "second"}
GRADES = ("fresh", "due", "overdue", "delinquent")
"""What scales of others call a dataset, best first."""
_NO = "khong"
_LAST_DAY = 31
_QUARTER = 3
_DAYS = {"second": Fraction(1, 86_400), "day": Fraction(1), "month": Fraction(487, 16)}  # a month is 30.4375 days


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A length of time in seconds, days or months, which none of the others can express exactly."""

    unit: str
    amount: Fraction

    @classmethod
    def of(cls, amount: Fraction, unit: str) -> "Interval":
        """``amount`` units of any kind: second, minute, hour, day, week, month, quarter or year. Raises KeyError."""
        factor, base = _BASES[unit]
        return cls(unit=base, amount=amount * factor)

    @property
    def days(self) -> Fraction:
        """About how many days that is, to tell the longer of two."""
        return self.amount * _DAYS[self.unit]


_BASES = {
    "second": (1, "second"),
    "minute": (60, "second"),
    "hour": (3600, "second"),
    "day": (1, "day"),
    "week": (7, "day"),
    "month": (1, "month"),
    "quarter": (3, "month"),
    "year": (12, "month"),
}


class Kind(StrEnum):
    """What a part of a wording is."""

    CODE = "code"  # says a code
    RHYTHM = "rhythm"  # so many times in so much time
    DEADLINE = "deadline"
    CHOICE = "choice"  # "or"
    BESIDE = "beside"  # changes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a form means: its ``kind``, the ``code`` that it says, the deadline without the values of its places."""

    kind: Kind
    code: UpdateCycle | None = None
    due: DueWording | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycles:
    """All that is known about wordings of cycles and deadlines.

    ``rhythms`` are the intervals that have a code, ``exact`` wordings in which signs count, in lower case,
    ``prefixes`` the addresses behind which a term stands. ``scales`` are by the name of whoever grades so: the days
    since a change from which a dataset is called due, overdue, delinquent there.
    """

    forms: Forms[Meaning]
    rhythms: Mapping[Interval, UpdateCycle]
    exact: Mapping[str, UpdateCycle]
    prefixes: tuple[str, ...]
    scales: Mapping[str, Mapping[UpdateCycle, tuple[int, ...]]]

    def understand(self, printed: str, *, default: str = "") -> Cycle:
        """What ``printed`` says, UNKNOWN where not all of it is known.

        Of several rhythms the most frequent counts ("tháng, quý, năm": each is promised), of a choice the rarest
        ("hằng quý hoặc hằng năm": whoever does that has kept it). Where the source says nothing at all, the operator's
        ``default`` stands and is marked as assumed.
        """
        text = clean(printed)
        code, note, silent = self._read(text)
        if silent and default:
            code, note, _ = self._read(clean(default))
            return Cycle(code=code, printed=printed, note=note, assumed=True)
        return Cycle(code=code, printed=printed, note=note)

    def understand_due(self, printed: str) -> DueWording | None:
        """The deadline that ``printed`` states, None when it states none with a number, several, or is not known."""
        parts = self.forms.take_apart(clean(printed))
        stated = [_deadline(part) for part in parts if part.meaning.kind is Kind.DEADLINE]
        found = stated[0] if len(stated) == 1 else None
        return replace(found, printed=printed) if found else None

    def grade(self, scale: str, code: UpdateCycle, days: int) -> str:
        """What ``scale`` calls a dataset of that cycle ``days`` after its last change; empty where it says nothing.

        For comparison only: it is no deadline.
        """
        if code in EVENT_DRIVEN | CONTINUOUS | FINISHED:
            return GRADES[0]
        bounds = self.scales[scale].get(code)
        return GRADES[sum(days >= bound for bound in bounds)] if bounds else ""

    def _read(self, text: str) -> tuple[UpdateCycle, str, bool]:
        """Code, note, and whether ``text`` says nothing."""
        if not text:
            return UpdateCycle.UNKNOWN, "", True
        if text.casefold() in self.exact:
            code = self.exact[text.casefold()]
            return code, "", code is UpdateCycle.UNKNOWN
        if interval := _iso(text):
            return self.rhythms.get(interval, UpdateCycle.OTHER), "", False
        term = next((text[len(p) :] for p in self.prefixes if text.casefold().startswith(p.casefold())), text)
        parts = self.forms.take_apart(term)
        saying = [(part, said) for part in parts if (said := self._code(part)) is not None]
        if _denied(term, parts, saying):
            return UpdateCycle.UNKNOWN, "", False
        code = _one([said for _, said in saying], choice=any(p.meaning.kind is Kind.CHOICE for p in parts), of=self)
        silent = bool(saying) and all(said is UpdateCycle.UNKNOWN for _, said in saying)
        return code, _note(term, parts, saying, code), silent

    def _code(self, part: Part[Meaning]) -> UpdateCycle | None:
        if part.meaning.kind is not Kind.RHYTHM:
            return part.meaning.code
        amount, unit = part.values["unit"].split()
        length = Fraction(amount) * int(part.values.get("n", "1"))
        times = int(part.values.get("k", "1"))
        return self.rhythms.get(Interval.of(length / times, unit), UpdateCycle.OTHER) if times and length else None

    def length(self, code: UpdateCycle) -> Fraction:
        """About how many days a cycle has, 0 for one without a length."""
        return next((interval.days for interval, known in self.rhythms.items() if known is code), Fraction(0))


def _denied(text: str, parts: Sequence[Part[Meaning]], saying: Sequence[tuple[Part[Meaning], UpdateCycle]]) -> bool:
    """Whether a "no" may be said of what follows it: "không thay đổi thường xuyên", "không định kỳ hằng năm"."""
    typed = words(text)
    ends = {part.end: said for part, said in saying if said in FINISHED or fold(typed[part.at]) == _NO}
    return any(
        part.meaning.kind is Kind.RHYTHM or (part.meaning.kind is Kind.BESIDE and ends[part.at] in FINISHED)
        for part in parts
        if part.at in ends
    )


def _iso(text: str) -> Interval | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    amount, unit = (match[1], match[2]) if match[1] else (match[3], f"T{match[4]}")
    return Interval.of(Fraction(amount), _ISO_UNITS[unit.upper()])


def _one(said: Sequence[UpdateCycle], *, choice: bool, of: Cycles) -> UpdateCycle:
    """The one code of all that a wording says."""
    codes = list(dict.fromkeys(said))
    if UpdateCycle.NOT_PLANNED in codes:
        return UpdateCycle.NOT_PLANNED
    if len(codes) < 2:
        return codes[0] if codes else UpdateCycle.UNKNOWN
    if UpdateCycle.OTHER in codes or UpdateCycle.UNKNOWN in codes or not FINISHED.isdisjoint(codes):
        return UpdateCycle.UNKNOWN  # "một lần, hằng năm" contradicts itself
    periodic = [code for code in codes if code not in EVENT_DRIVEN | CONTINUOUS]
    if periodic:
        return (max if choice else min)(periodic, key=of.length)
    return next((code for code in codes if code in CONTINUOUS), codes[0])


def _note(
    text: str, parts: Sequence[Part[Meaning]], saying: Sequence[tuple[Part[Meaning], UpdateCycle]], code: UpdateCycle
) -> str:
    """What ``text`` says besides ``code``, as printed."""
    if code is UpdateCycle.UNKNOWN:
        return ""
    first = next(part for part, said in saying if said is code)
    told = {id(part) for part, said in saying if said is not code}
    noted = (part for part in parts if id(part) in told or (part.meaning.kind is Kind.DEADLINE))
    places = spans(text)
    return "; ".join(
        text[places[part.at][0] : places[part.end - 1][1]]
        for part in noted
        if part is not first or part.meaning.kind is Kind.DEADLINE
    )


def _deadline(part: Part[Meaning]) -> DueWording | None:
    """The deadline of a part with its values; None for a day that no calendar has."""
    due, values = part.meaning.due, part.values
    assert due is not None  # noqa: S101 – forms of deadlines have one
    if due.anchor is not DueAnchor.DAY:
        return replace(due, offset_days=int(values["n"]))
    return _named(due, values)


def _named(due: DueWording, values: Values) -> DueWording | None:
    quarter = int(values.get("quarter", "0"))
    month = quarter * _QUARTER or int(values.get("month", "0")) or None
    day = int(values.get("day", str(_LAST_DAY)))
    if not 1 <= day <= _LAST_DAY or (month is not None and not 1 <= month <= 12):
        return None
    return replace(due, day=day, month=month)


def deadline(*, anchor: str, unit: str = "calendar", before: bool = False, months_after: int | None = None) -> Meaning:
    """A deadline whose numbers a wording will tell. Raises ValueError for an unknown anchor or unit."""
    due = DueWording(anchor=DueAnchor(anchor), unit=DueUnit(unit), strictly_before=before, months_after=months_after)
    return Meaning(kind=Kind.DEADLINE, due=due)
