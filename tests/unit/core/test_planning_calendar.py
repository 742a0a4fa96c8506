"""A calendar that is replaced while duties are open: nobody is told a step twice, and the new dates count."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.core.obligations.obligation import Obligation
from bot.core.obligations.steps import rank
from bot.core.working_days import DayStatus, SpecialDay, WorkCalendar
from tests.support.duties import Office, duty

DAY = timedelta(days=1)
NOMINAL = date(2027, 2, 15)


def tet(first: int, last: int, status: DayStatus) -> WorkCalendar:
    """2027 with a break in February."""
    free = [date(2027, 2, day) for day in range(first, last + 1)]
    special = {day: SpecialDay(day=day, off=True, name="Tết", status=status, source="x") for day in free}
    return WorkCalendar(days=special, known=frozenset({2026, 2027}))


def of_january(calendar: WorkCalendar) -> Obligation:
    return duty(NOMINAL, legal=calendar.working_day_on_or_after(NOMINAL), opens=date(2027, 1, 11))


def told(old: WorkCalendar, new: WorkCalendar, on: date) -> Sequence[str]:
    """The steps that one officer hears of, when the calendar is replaced on that day."""
    before = Office(calendar=old)
    first = list(before.steps([of_january(old)], days(date(2027, 1, 4), on - DAY)))
    after = replace(before, calendar=new)
    return [step for _, step in (*first, *after.steps([of_january(new)], days(on, date(2027, 3, 5))))]


def days(first: date, last: date) -> Iterator[date]:
    return (first + number * DAY for number in range((last - first).days + 1))


def test_on_whatever_day_the_calendar_is_replaced_no_step_is_told_twice_and_the_last_one_is_told():
    old = tet(4, 10, DayStatus.PROVISIONAL)
    wrong = []
    for announced in (tet(3, 9, DayStatus.OFFICIAL), tet(5, 11, DayStatus.OFFICIAL), tet(4, 16, DayStatus.OFFICIAL)):
        for on in days(date(2027, 1, 5), date(2027, 3, 4)):
            steps = told(old, announced, on)
            if len(set(steps)) < len(steps) or list(steps) != sorted(steps, key=rank) or steps[-1] != "+3":
                wrong.append((announced.add(date(2027, 2, 1), 3), on, steps))
    assert not wrong
