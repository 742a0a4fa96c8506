"""A decision replaced mid-year: which decision each period belongs to, and who can be late for it. Row by row."""

from datetime import date

import pytest

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.items import CatalogueItem
from bot.core.replacement import PeriodStatus, close, periods_across, periods_of

FIFTEEN = DueWording(anchor=DueAnchor.PERIOD_END, offset_days=15)
THIRTY = DueWording(anchor=DueAnchor.PERIOD_END, offset_days=30)
TEN_WORKING = DueWording(anchor=DueAnchor.PERIOD_END, offset_days=10, unit=DueUnit.WORKING)
BEFORE_25 = DueWording(anchor=DueAnchor.DAY, day=25, months_after=0, strictly_before=True)
ON_CHANGE = DueWording(anchor=DueAnchor.CHANGE, offset_days=30, unit=DueUnit.WORKING)
M, Q, Y, EVENT = UpdateCycle.MONTHLY, UpdateCycle.QUARTERLY, UpdateCycle.ANNUAL, UpdateCycle.AS_NEEDED
ON = date(2026, 7, 2)


def item(cycle, due, decision="CŨ", since=date(2024, 1, 1)):
    return CatalogueItem(code="a", title="A", decision=decision, cycle=Cycle(code=cycle), due=due, valid_from=since)


def told(old, new, on=ON, first=date(2026, 4, 1), last=date(2026, 9, 30)):
    before = item(*old) if old else None
    after = item(*new, decision="MỚI", since=on) if new else None
    return [
        f"{each.period.label} {each.decision} {each.status} {each.nominal_due or '–'}"
        for each in periods_across(before, after, on=on, first=first, last=last)
    ]


ACROSS = {
    "the same rule in both: June was due after the change and is the new decision's, for information": (
        (M, FIFTEEN),
        (M, FIFTEEN),
        [
            "2026-04 CŨ closed 2026-05-15",
            "2026-05 CŨ closed 2026-06-15",
            "2026-06 MỚI information 2026-07-15",
            "2026-07 MỚI binding 2026-08-15",
            "2026-08 MỚI binding 2026-09-15",
            "2026-09 MỚI binding 2026-10-15",
        ],
    ),
    "a longer term under the new decision asks for no old month again": (
        (M, FIFTEEN),
        (M, THIRTY),
        [
            "2026-04 CŨ closed 2026-05-15",
            "2026-05 CŨ closed 2026-06-15",
            "2026-06 MỚI information 2026-07-30",
            "2026-07 MỚI binding 2026-08-30",
            "2026-08 MỚI binding 2026-09-30",
            "2026-09 MỚI binding 2026-10-30",
        ],
    ),
    "from months to quarters: the second quarter reaches back into what the old decision keeps": (
        (M, FIFTEEN),
        (Q, THIRTY),
        [
            "2026-04 CŨ closed 2026-05-15",
            "2026-05 CŨ closed 2026-06-15",
            "2026-Q2 MỚI information 2026-07-30",
            "2026-Q3 MỚI binding 2026-10-30",
        ],
    ),
    "from quarters to months: the quarter that was not due yet comes as its months": (
        (Q, THIRTY),
        (M, FIFTEEN),
        [
            "2026-04 MỚI information 2026-05-15",
            "2026-05 MỚI information 2026-06-15",
            "2026-06 MỚI information 2026-07-15",
            "2026-07 MỚI binding 2026-08-15",
            "2026-08 MỚI binding 2026-09-15",
            "2026-09 MỚI binding 2026-10-15",
        ],
    ),
    "without a term the end of the period decides, and nobody can be late": (
        (M, None),
        (M, None),
        [
            "2026-04 CŨ closed –",
            "2026-05 CŨ closed –",
            "2026-06 CŨ closed –",
            "2026-07 MỚI binding –",
            "2026-08 MỚI binding –",
            "2026-09 MỚI binding –",
        ],
    ),
    "a term that counts from a change gives periods no date": (
        (M, ON_CHANGE),
        (Q, THIRTY),
        ["2026-04 CŨ closed –", "2026-05 CŨ closed –", "2026-06 CŨ closed –", "2026-Q3 MỚI binding 2026-10-30"],
    ),
    "a year that is running goes to the new decision": (
        (Y, THIRTY),
        (Y, THIRTY),
        ["2026 MỚI binding 2027-01-30"],
    ),
    "an item that was dropped is closed at once, and nothing of it begins later": (
        (M, FIFTEEN),
        None,
        ["2026-04 CŨ closed 2026-05-15", "2026-05 CŨ closed 2026-06-15", "2026-06 CŨ closed 2026-07-15", "2026-07 CŨ closed 2026-08-15"],
    ),
    "an item that was added owes nothing for what ended before": (
        None,
        (Q, THIRTY),
        ["2026-Q3 MỚI binding 2026-10-30"],
    ),
    "an item that was renewed on occasion had no periods to hand over": (
        (EVENT, None),
        (Q, THIRTY),
        ["2026-Q3 MỚI binding 2026-10-30"],
    ),
    "an item that is renewed on occasion from now on has no more periods": (
        (M, FIFTEEN),
        (EVENT, None),
        ["2026-04 CŨ closed 2026-05-15", "2026-05 CŨ closed 2026-06-15"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), ACROSS.values(), ids=ACROSS)
def test_each_period_belongs_to_one_decision(old, new, expected):
    assert told(old, new) == expected


def test_a_term_within_the_period_is_the_old_decisions_when_it_is_over():
    assert told((Q, BEFORE_25), (Q, BEFORE_25), on=date(2026, 9, 25)) == [
        "2026-Q2 CŨ closed 2026-06-24",
        "2026-Q3 CŨ closed 2026-09-24",
    ]


def test_a_term_that_was_over_before_the_new_decision_counted_is_for_information():
    assert told(None, (Q, BEFORE_25), on=date(2026, 9, 26)) == ["2026-Q3 MỚI information 2026-09-24"]


def test_working_days_are_counted_around_days_off():
    (june,) = periods_of(item(M, TEN_WORKING), date(2026, 6, 1), date(2026, 6, 30))
    assert june.nominal_due == date(2026, 7, 14)


def test_an_old_period_is_late_until_the_day_it_is_closed_and_no_longer():
    may = periods_across(item(M, FIFTEEN), None, on=ON, first=date(2026, 5, 1), last=date(2026, 5, 31))[0]
    days = (date(2026, 6, 15), date(2026, 6, 16), date(2026, 7, 1), ON, date(2027, 1, 1))
    assert [may.is_late(day) for day in days] == [False, True, True, False, False]


def test_what_ended_before_the_decision_counted_is_never_late():
    (may,) = periods_of(item(M, FIFTEEN, since=ON), date(2026, 5, 1), date(2026, 5, 31))
    assert (may.status, may.is_late(date(2030, 1, 1)), may.is_open(ON)) == (PeriodStatus.INFORMATION, False, False)


def test_closing_twice_keeps_the_first_day():
    (may,) = periods_of(item(M, FIFTEEN), date(2026, 5, 1), date(2026, 5, 31))
    assert close(close(may, ON), date(2026, 8, 1)) == close(may, ON)
