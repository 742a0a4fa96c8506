"""Where the periods of cycles begin and end, and what they are called."""

from datetime import date

import pytest

from bot.core.cycle import CONTINUOUS, EVENT_DRIVEN, FINISHED, UNCLEAR, UpdateCycle
from bot.core.cycle_periods import next_period, period_of, periods_between, previous_period

PERIODS = [
    ("1MIN", "2026-11-22", "2026-11-22", "2026-11-22", "2026-11-22"),
    ("DAILY", "2026-11-22", "2026-11-22", "2026-11-22", "2026-11-22"),
    ("WEEKLY", "2026-11-22", "2026-W47", "2026-11-16", "2026-11-22"),
    ("WEEKLY", "2027-01-03", "2026-W53", "2026-12-28", "2027-01-03"),
    ("WEEKLY_3", "2026-11-16", "2026-W47", "2026-11-16", "2026-11-22"),
    ("BIWEEKLY", "2026-11-22", "2026-W46/W47", "2026-11-09", "2026-11-22"),
    ("BIWEEKLY", "2026-12-30", "2026-W52/W53", "2026-12-21", "2027-01-03"),
    ("MONTHLY_3", "2026-02-10", "2026-02/1", "2026-02-01", "2026-02-10"),
    ("MONTHLY_3", "2026-02-28", "2026-02/3", "2026-02-21", "2026-02-28"),
    ("MONTHLY_2", "2026-11-15", "2026-11/1", "2026-11-01", "2026-11-15"),
    ("MONTHLY_2", "2028-02-16", "2028-02/2", "2028-02-16", "2028-02-29"),
    ("MONTHLY", "2026-11-30", "2026-11", "2026-11-01", "2026-11-30"),
    ("MONTHLY", "2028-02-01", "2028-02", "2028-02-01", "2028-02-29"),
    ("BIMONTHLY", "2026-02-28", "2026-01/02", "2026-01-01", "2026-02-28"),
    ("QUARTERLY", "2026-09-30", "2026-Q3", "2026-07-01", "2026-09-30"),
    ("ANNUAL_3", "2026-05-01", "2026-05/08", "2026-05-01", "2026-08-31"),
    ("ANNUAL_2", "2026-07-01", "2026-H2", "2026-07-01", "2026-12-31"),
    ("ANNUAL", "2026-01-01", "2026", "2026-01-01", "2026-12-31"),
    ("BIENNIAL", "2026-12-31", "2025/2026", "2025-01-01", "2026-12-31"),
    ("TRIENNIAL", "2026-01-01", "2026/2028", "2026-01-01", "2028-12-31"),
    ("QUADRENNIAL", "2026-01-01", "2025/2028", "2025-01-01", "2028-12-31"),
    ("QUINQUENNIAL", "2026-01-01", "2026/2030", "2026-01-01", "2030-12-31"),
    ("DECENNIAL", "2026-01-01", "2021/2030", "2021-01-01", "2030-12-31"),
    ("BIDECENNIAL", "2026-01-01", "2021/2040", "2021-01-01", "2040-12-31"),
    ("TRIDECENNIAL", "2026-01-01", "2011/2040", "2011-01-01", "2040-12-31"),
]


@pytest.mark.parametrize(("code", "day", "label", "start", "end"), PERIODS)
def test_a_day_is_in_the_period_of_its_cycle(code: str, day: str, label: str, start: str, end: str):
    period = period_of(UpdateCycle(code), date.fromisoformat(day))
    assert period is not None
    assert (period.label, period.start.isoformat(), period.end.isoformat()) == (label, start, end)


WITHOUT = sorted(EVENT_DRIVEN | CONTINUOUS | FINISHED | UNCLEAR)


@pytest.mark.parametrize("code", WITHOUT)
def test_events_what_is_continuous_finished_or_unknown_have_no_periods(code: UpdateCycle):
    assert period_of(code, date(2026, 11, 22)) is None
    assert periods_between(code, date(2020, 1, 1), date(2026, 11, 22)) == ()


@pytest.mark.parametrize("code", sorted(set(UpdateCycle) - set(WITHOUT)))
def test_the_periods_of_a_cycle_follow_each_other_without_gap_or_overlap(code: UpdateCycle):
    period = period_of(code, date(2023, 12, 31))
    for _ in range(40):
        assert period is not None
        later = next_period(code, period)
        assert later is not None
        assert (later.start - period.end).days == 1
        assert previous_period(code, later) == period
        assert {period_of(code, day) for day in (period.start, period.end)} == {period}
        period = later


@pytest.mark.parametrize(
    ("code", "first", "last", "labels"),
    [
        ("MONTHLY", "2026-11-30", "2027-01-01", ["2026-11", "2026-12", "2027-01"]),
        ("QUARTERLY", "2026-01-01", "2026-12-31", ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]),
        ("ANNUAL_2", "2026-06-30", "2026-07-01", ["2026-H1", "2026-H2"]),
        ("ANNUAL", "2026-05-01", "2026-05-01", ["2026"]),
        ("MONTHLY", "2026-05-02", "2026-05-01", []),
    ],
)
def test_a_span_has_every_period_of_which_it_has_a_day(code: str, first: str, last: str, labels: list[str]):
    found = periods_between(UpdateCycle(code), date.fromisoformat(first), date.fromisoformat(last))
    assert [period.label for period in found] == labels


def test_the_calendar_ends_quietly():
    last = period_of(UpdateCycle.ANNUAL, date.max)
    assert last is not None
    assert next_period(UpdateCycle.ANNUAL, last) is None
    first = period_of(UpdateCycle.MONTHLY, date.min)
    assert first is not None
    assert previous_period(UpdateCycle.MONTHLY, first) is None
