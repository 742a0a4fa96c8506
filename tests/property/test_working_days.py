"""Working days: looked up or counted one by one, the answer is the same; in both directions, near gaps and ends."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.working_days import DayStatus, SpecialDay, WorkCalendar

DAY = timedelta(days=1)
AROUND = st.dates(date(2024, 6, 1), date(2029, 6, 30))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Any calendar, with gaps, and with odd days off."""
    known = draw(st.frozensets(st.sampled_from([2025, 2026, 2027, 2028]), max_size=4))
    inside = draw(st.lists(AROUND, max_size=20, unique=True))
    special = {
        day: SpecialDay(day=day, off=draw(st.booleans()), name="x", status=DayStatus.LAW, source="x")
        for day in inside
        if day.year in known
    }
    return WorkCalendar(days=special, known=known, since=draw(st.sampled_from([date.min, date(2025, 9, 3)])))


def step(calendar: WorkCalendar, day: date, number: int) -> date:
    """As one counts on the fingers."""
    direction = DAY if number > 0 else -DAY
    while number:
        day += direction
        number -= (number > 0) - (number < 0) if not calendar.is_day_off(day) else 0
    return day


@given(calendars(), AROUND, st.integers(-70, 70))
def test_so_many_working_days_later_is_what_counting_gives(calendar: WorkCalendar, day: date, number: int):
    found = calendar.add(day, number)
    assert found == step(calendar, day, number)
    if number > 0:
        assert not calendar.is_day_off(found)
        assert calendar.between(day, found) == number


@given(calendars(), AROUND, st.integers(0, 400))
def test_the_working_days_between_two_days_are_those_that_are_not_off(calendar: WorkCalendar, day: date, length: int):
    last = day + length * DAY
    counted = sum(not calendar.is_day_off(day + number * DAY) for number in range(1, length + 1))
    assert calendar.between(day, last) == counted


@given(calendars(), AROUND)
def test_the_next_working_day_is_the_first_that_is_not_off(calendar: WorkCalendar, day: date):
    later, before = calendar.working_day_on_or_after(day), calendar.working_day_on_or_before(day)
    assert before <= day <= later
    assert not calendar.is_day_off(later)
    assert not calendar.is_day_off(before)
    assert (later == day) == (not calendar.is_day_off(day)) == (before == day)
    assert calendar.between(before, later) == (0 if later == before else 1)
