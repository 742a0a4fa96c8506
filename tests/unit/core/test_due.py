"""The last good day of deadlines, as worked out by hand for the decisions."""

from datetime import date, timedelta

import pytest

from bot.core.cycle import UpdateCycle
from bot.core.cycle_periods import period_of
from bot.core.due import DueDate, DueWording, due_after, due_of_period, weekend
from bot.cycles import load_cycles
from gateway.deployment import DATA

CYCLES = load_cycles(DATA)
TET = {date(2026, 2, 16) + timedelta(days=n) for n in range(5)}
HOLIDAYS = TET | {date(2026, 4, 30), date(2026, 5, 1), date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)}
HOLIDAYS |= {date(2026, 11, 24), date(2026, 1, 1)}
WORKING = {date(2026, 8, 22)}


def days_off(day: date) -> bool:
    """The calendar of 2026."""
    return day in HOLIDAYS or (weekend(day) and day not in WORKING)


def due(printed: str) -> DueWording:
    understood = CYCLES.understand_due(printed)
    assert understood is not None
    return understood


MONTH = "chậm nhất là 15 ngày kể từ ngày kết thúc tháng"
QUARTER = "chậm nhất là 30 ngày kể từ ngày kết thúc quý"
YEAR = "chậm nhất là 90 ngày kể từ ngày kết thúc năm"
PERIODS = [
    (MONTH, "MONTHLY", "2025-12-31", "2026-01-15", "2026-01-15"),
    (MONTH, "MONTHLY", "2026-01-31", "2026-02-15", "2026-02-23"),
    (MONTH, "MONTHLY", "2026-02-28", "2026-03-15", "2026-03-16"),
    (MONTH, "MONTHLY", "2026-07-31", "2026-08-15", "2026-08-17"),
    (MONTH, "MONTHLY", "2026-10-31", "2026-11-15", "2026-11-16"),
    (QUARTER, "QUARTERLY", "2025-12-31", "2026-01-30", "2026-01-30"),
    (QUARTER, "QUARTERLY", "2026-03-31", "2026-04-30", "2026-05-04"),
    (QUARTER, "QUARTERLY", "2026-09-30", "2026-10-30", "2026-10-30"),
    (YEAR, "ANNUAL", "2025-12-31", "2026-03-31", "2026-03-31"),
    (YEAR, "ANNUAL", "2027-12-31", "2028-03-30", "2028-03-30"),  # a leap year has its day in between
    ("trước ngày 25 của tháng cuối quý", "QUARTERLY", "2026-06-30", "2026-06-24", "2026-06-24"),
    ("trước ngày 25 của tháng cuối quý", "QUARTERLY", "2028-06-30", "2028-06-24", "2028-06-23"),  # a Saturday: back, never on
    ("trước ngày 31 tháng 12", "ANNUAL", "2026-12-31", "2026-12-30", "2026-12-30"),
    ("trước ngày 30/6", "ANNUAL_2", "2026-06-30", "2026-06-29", "2026-06-29"),
    ("trước ngày 31/3 năm sau", "ANNUAL", "2025-12-31", "2026-03-30", "2026-03-30"),
    ("quý I năm sau", "ANNUAL", "2025-12-31", "2026-03-31", "2026-03-31"),
    ("trước ngày 15 tháng sau", "MONTHLY", "2026-09-30", "2026-10-14", "2026-10-14"),
    ("ngày 20 hằng tháng", "MONTHLY", "2026-10-31", "2026-11-20", "2026-11-20"),
    ("chậm nhất ngày 31 tháng sau", "MONTHLY", "2026-01-31", "2026-02-28", "2026-03-02"),  # the month's last day
    ("chậm nhất ngày 15 của tháng đầu quý sau", "QUARTERLY", "2026-09-30", "2026-10-15", "2026-10-15"),
    ("trong vòng 10 ngày làm việc kể từ khi kết thúc tháng", "MONTHLY", "2026-01-31", "2026-02-13", "2026-02-13"),
    ("05 ngày làm việc", "MONTHLY", "2026-01-31", "2026-02-06", "2026-02-06"),
    ("không quá 02 tháng sau khi kết thúc năm", "ANNUAL", "2025-12-31", "2026-02-28", "2026-03-02"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "code", "end", "nominal", "legal"), PERIODS)
def test_the_data_of_a_period_are_due_on_the_day_worked_out(
    printed: str, code: str, end: str, nominal: str, legal: str
):
    period = period_of(UpdateCycle(code), date.fromisoformat(end))
    assert period is not None
    worked_out = DueDate(nominal=date.fromisoformat(nominal), legal=date.fromisoformat(legal))
    assert due_of_period(due(printed), period, days_off=days_off) == worked_out


EVENTS = [
    ("2026-07-20", "2026-08-28"),  # counts the working Saturday 22/08
    ("2026-08-03", "2026-09-16"),  # skips 31/08 to 02/09
    ("2026-10-12", "2026-11-23"),
    ("2026-10-30", "2026-12-14"),  # skips 24/11
]


@pytest.mark.parametrize(("changed", "last"), EVENTS)
def test_thirty_working_days_after_a_change(changed: str, last: str):
    thirty = due("không quá 30 ngày làm việc kể từ khi phát sinh thay đổi")
    found = due_after(thirty, date.fromisoformat(changed), days_off=days_off)
    assert found == DueDate(nominal=date.fromisoformat(last), legal=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("published", "last"),
    [
        ("2026-07-02", "2026-10-02"),
        ("2026-08-31", "2026-11-30"),
        ("2026-09-24", "2026-12-24"),
        ("2026-11-30", "2027-02-28"),
    ],
)
def test_three_months_after_publication(published: str, last: str):
    found = due_after(due("không quá 03 tháng kể từ thời điểm công bố"), date.fromisoformat(published))
    assert found.nominal == date.fromisoformat(last)


@pytest.mark.parametrize(
    "printed", ["không quá 30 ngày làm việc kể từ khi phát sinh thay đổi", "không quá 03 tháng kể từ thời điểm công bố"]
)
def test_what_is_counted_from_an_event_has_no_day_for_a_period(printed: str):
    period = period_of(UpdateCycle.MONTHLY, date(2026, 10, 1))
    assert period is not None
    assert due_of_period(due(printed), period) is None
