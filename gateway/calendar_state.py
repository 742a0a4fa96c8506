"""How far the calendar of days off reaches, what of it is not certain, and what an operator must be told of that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.working_days import SpecialDay, WorkCalendar

WARNED_BEFORE = 60
"""Days before a day that is not certain, or before the end of what is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAlarm:
    """One thing to do. ``event`` names it in the log, ``left`` are the days until it is too late."""

    event: str
    left: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarState:
    """The calendar as it is on one day: known ``until`` when (None = not even that day is), how many days are
    ``left``, and which days are ``provisional``: those that passed so as well, for dates were computed by them."""

    until: date | None
    left: int
    provisional: Sequence[SpecialDay]
    alarms: Sequence[CalendarAlarm]


def look_at(calendar: WorkCalendar, today: date) -> CalendarState:
    """How ``calendar`` stands on the day ``today``."""
    until = calendar.known_until(today)
    provisional = [calendar.days[day] for day in calendar.provisional_days]
    return CalendarState(
        until=until,
        left=(until - today).days if until else 0,
        provisional=provisional,
        alarms=[*_end(until, today), *_uncertain(provisional, today)],
    )


def _end(until: date | None, today: date) -> Iterator[CalendarAlarm]:
    if until is None:
        said = (
            f"the calendar of days off does not know {today.year}: deadlines are provisional, write {today.year}.toml"
        )
        yield CalendarAlarm(event="calendar.expired", left=0, sentence=said)
    elif (left := (until - today).days) <= WARNED_BEFORE:
        said = f"the calendar of days off ends on {until:%d/%m/%Y}, in {left} days: write {until.year + 1}.toml"
        yield CalendarAlarm(event="calendar.ends", left=left, sentence=said)


def _uncertain(provisional: Sequence[SpecialDay], today: date) -> Iterator[CalendarAlarm]:
    """One alarm, for the first of them: whoever looks that one up finds the others."""
    if provisional and (left := (provisional[0].day - today).days) <= WARNED_BEFORE:
        first = provisional[0]
        said = (
            f"{first.day:%d/%m/%Y} ({first.name}) is the first of {len(provisional)} days off that are provisional: "
            "look up the announcement, then tracuu calendar replace FILE"
        )
        yield CalendarAlarm(event="calendar.provisional", left=left, sentence=said)
