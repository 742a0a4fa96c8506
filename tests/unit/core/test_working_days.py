"""Which days are worked, counted by looking them up, and how certain that is."""

from datetime import date, timedelta

import pytest

from bot.calendars import load_calendar
from bot.core.due import known_day_off
from bot.core.working_days import DayStatus, SpecialDay, WorkCalendar
from gateway.deployment import DATA

CALENDAR = load_calendar(DATA)
DAY = timedelta(days=1)
EMPTY = WorkCalendar()


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def test_every_day_off_of_2026_and_2027_is_as_the_law_and_the_announcements_say():
    """The whole list: whatever is a weekday and off, and whatever is a weekend and worked."""
    off = {
        2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02 11-24",
        2027: "01-01 02-04 02-05 02-08 02-09 02-10 04-16 04-30 05-03 09-02 09-03 11-24",
    }
    worked = {2026: "01-10 08-22", 2027: ""}
    for year, listed in off.items():
        every = [date(year, 1, 1) + number * DAY for number in range(365)]
        weekdays = [day for day in every if day.weekday() < 5]
        assert [day for day in weekdays if CALENDAR.is_day_off(day)] == days(*(f"{year}-{d}" for d in listed.split()))
        weekends = [day for day in every if day.weekday() >= 5]
        found = [day for day in weekends if not CALENDAR.is_day_off(day)]
        assert found == days(*(f"{year}-{d}" for d in worked[year].split()))


THIRTY = [  # when a change arises and the thirtieth working day, as worked out by hand (Quảng Ngãi, khoản 6 Điều 7)
    ("2026-07-20", "2026-08-28"),  # counts Saturday 22/08
    ("2026-08-03", "2026-09-16"),  # skips 31/08 to 02/09
    ("2026-10-12", "2026-11-23"),  # ends the day before 24/11
    ("2026-10-30", "2026-12-14"),  # skips 24/11
    ("2026-12-28", "2027-02-16"),  # Tết 2027, all three variants
]

GOLDEN = [  # day, how many working days, where that leads
    ("2026-02-13", 1, "2026-02-23"),  # Tết Bính Ngọ: nine days
    ("2026-02-23", -1, "2026-02-13"),
    ("2026-04-24", 1, "2026-04-28"),  # Giỗ Tổ on a Sunday, and the day for it
    ("2026-04-29", 1, "2026-05-04"),  # 30/4, 1/5 and the weekend
    ("2026-08-21", 1, "2026-08-22"),  # the Saturday that is worked
    ("2026-08-22", 1, "2026-08-24"),
    ("2026-08-28", 1, "2026-09-03"),  # the Monday for it, and Quốc khánh
    ("2026-09-03", -1, "2026-08-28"),
    ("2025-12-31", 1, "2026-01-05"),  # 01/01, the swapped 02/01 and the weekend
    ("2026-01-09", 1, "2026-01-10"),
    ("2026-11-23", 1, "2026-11-25"),
    ("2027-02-03", 1, "2027-02-11"),  # Tết Đinh Mùi, variant A
    ("2027-04-29", 1, "2027-05-04"),  # 1/5 on a Saturday: Monday for it
    ("2027-12-31", 1, "2028-01-03"),  # behind the known calendar: weekends and fixed holidays
    ("2025-01-02", -1, "2024-12-31"),
    ("2026-02-17", 0, "2026-02-17"),
]


@pytest.mark.parametrize(("day", "number", "found"), [(day, 30, last) for day, last in THIRTY] + GOLDEN)
def test_working_days_are_counted_around_days_off_and_swapped_saturdays(day: str, number: int, found: str):
    start, last = days(day, found)
    assert CALENDAR.add(start, number) == last
    if number > 0:
        assert CALENDAR.between(start, last) == number
        assert CALENDAR.add(last, -number) <= start + DAY


def test_nothing_lies_between_a_day_and_itself_or_one_before():
    assert CALENDAR.between(*days("2026-03-02", "2026-03-02")) == 0
    assert CALENDAR.between(*days("2026-03-09", "2026-03-02")) == 0
    assert EMPTY.between(*days("2026-03-09", "2026-03-02")) == 0


CERTAIN = [
    ("2026-01-01", "2026-12-31", False),
    ("2025-09-03", "2027-02-02", False),
    ("2025-09-02", "2025-09-03", True),  # before anything is written down
    ("2027-02-03", "2027-02-03", True),  # variant C would begin here
    ("2027-02-11", "2027-02-11", True),  # and B end here
    ("2027-02-12", "2027-08-31", False),
    ("2027-09-01", "2027-09-01", True),  # may be the second day of Quốc khánh
    ("2027-09-07", "2027-12-31", False),
    ("2027-12-31", "2028-01-01", True),
    ("2031-01-01", "2031-01-01", True),
]


@pytest.mark.parametrize(("first", "last", "provisional"), CERTAIN)
def test_what_is_not_announced_yet_is_provisional_and_so_are_the_working_days_beside_it(
    first: str, last: str, provisional: bool
):
    assert CALENDAR.is_provisional(*days(first, last)) is provisional


def test_the_known_calendar_ends_with_the_last_year_without_a_gap():
    gap = WorkCalendar(known=frozenset({2026, 2028}))
    today, later = days("2026-11-22", "2028-05-05")
    assert CALENDAR.known_until(today) == date(2027, 12, 31)
    assert gap.known_until(today) == date(2026, 12, 31)
    assert gap.known_until(later) == date(2028, 12, 31)
    assert EMPTY.known_until(today) is None
    assert CALENDAR.known_until(date(2025, 9, 2)) is None


def test_an_empty_calendar_knows_weekends_and_the_holidays_on_fixed_days():
    every = [date(2026, 1, 1) + number * DAY for number in range(365)]
    assert [EMPTY.is_day_off(day) for day in every] == [known_day_off(day) for day in every]


def test_what_may_be_shifted_begins_and_ends_with_a_working_day():
    tet = [date(2027, 2, day) for day in range(4, 11)]
    assert CALENDAR.provisional_days == [*tet, date(2027, 9, 3)]
    one = SpecialDay(day=date(2026, 3, 2), off=True, name="x", status=DayStatus.PROVISIONAL, source="x")
    shifted = WorkCalendar(days={one.day: one}, known=frozenset({2026}))
    assert [shifted.is_provisional(day, day) for day in days("2026-02-26", "2026-02-27", "2026-03-03")] == [
        False, True, True,
    ]  # fmt: skip
