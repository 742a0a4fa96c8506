"""How datasets stand: fresh, due, late, without a deadline, unknown – and by what evidence."""

from datetime import date

import pytest

from bot.calendars import load_calendar
from bot.core.catalogue import Dataset
from bot.core.cycle import Cycle, UpdateCycle
from bot.core.freshness import Evidence, Freshness, State, freshness_of, last_change
from bot.cycles import load_cycles
from gateway.deployment import DATA

CYCLES = load_cycles(DATA)
CALENDAR = load_calendar(DATA)
TODAY = date(2026, 11, 22)
MONTH = "chậm nhất 15 ngày sau khi kết thúc tháng"
YEAR = "chậm nhất 90 ngày sau khi kết thúc năm"


def stand(cycle: str, changed: str | None, today: str, due: str = "") -> Freshness:
    dataset = Dataset(code="a", title="A", changed_at=date.fromisoformat(changed) if changed else None)
    term = CYCLES.understand_due(due) if due else None
    return freshness_of(dataset, CYCLES.understand(cycle), term, date.fromisoformat(today))


STATES = [
    # without a number: due when a period ended in which and since which nothing changed, never late
    ("hằng quý", "2026-09-20", "2026-09-30", "", "fresh"),
    ("hằng quý", "2026-09-20", "2026-12-31", "", "fresh"),  # published within the period: counts for it
    ("hằng quý", "2026-09-20", "2027-01-01", "", "due"),
    ("hằng quý", "2019-09-20", "2026-11-22", "", "due"),
    ("hằng tháng", "2026-10-31", "2026-11-30", "", "fresh"),
    ("hằng tháng", "2026-10-31", "2026-12-01", "", "due"),
    ("6 tháng/lần", "2026-01-01", "2026-12-31", "", "fresh"),
    ("6 tháng/lần", "2026-01-01", "2027-01-01", "", "due"),
    ("hằng năm", "2025-12-31", "2026-12-31", "", "fresh"),
    ("hằng năm", "2025-12-31", "2027-01-01", "", "due"),
    ("hằng tháng", "2028-01-31", "2028-02-29", "", "fresh"),  # a leap year
    ("hằng tháng", "2028-01-31", "2028-03-01", "", "due"),
    ("hằng tuần", "2026-11-15", "2026-11-22", "", "fresh"),
    ("hằng tuần", "2026-11-15", "2026-11-23", "", "due"),
    ("hằng ngày", "2026-11-20", "2026-11-21", "", "fresh"),
    ("hằng ngày", "2026-11-20", "2026-11-22", "", "due"),
    # with a number: what comes while the period before is due counts for that one
    ("hằng tháng", "2026-10-10", "2026-10-31", MONTH, "fresh"),  # September's data
    ("hằng tháng", "2026-10-10", "2026-11-01", MONTH, "due"),
    ("hằng tháng", "2026-10-10", "2026-11-16", MONTH, "due"),  # 15/11 is a Sunday
    ("hằng tháng", "2026-10-10", "2026-11-17", MONTH, "late"),
    ("hằng tháng", "2026-10-30", "2026-11-17", MONTH, "fresh"),  # October's, early
    ("hằng tháng", "2026-10-30", "2026-12-01", MONTH, "due"),
    ("hằng tháng", "2026-10-30", "2026-12-16", MONTH, "late"),
    ("hằng năm", "2026-02-01", "2026-12-31", YEAR, "fresh"),  # 2025's data
    ("hằng năm", "2026-02-01", "2027-03-31", YEAR, "due"),
    ("hằng năm", "2026-02-01", "2027-04-01", YEAR, "late"),
    ("hằng quý", "2026-06-20", "2026-09-24", "trước ngày 25 của tháng cuối quý", "fresh"),
    ("hằng quý", "2026-06-20", "2026-09-25", "trước ngày 25 của tháng cuối quý", "late"),  # before the quarter ended
    # nothing to wait for
    ("khi có thay đổi", "2019-01-01", "2026-11-22", "", "no-deadline"),
    ("khi có thay đổi", "2019-01-01", "2026-11-22", "không quá 30 ngày làm việc kể từ khi có thay đổi", "no-deadline"),
    ("đột xuất", "2019-01-01", "2026-11-22", "", "no-deadline"),
    ("thời gian thực", "2019-01-01", "2026-11-22", "", "no-deadline"),
    ("một lần", None, "2026-11-22", "", "no-deadline"),
    ("không cập nhật nữa", "2019-01-01", "2026-11-22", MONTH, "no-deadline"),
    # nothing is known
    ("hằng tháng", None, "2026-11-22", MONTH, "unknown"),
    ("", "2019-01-01", "2026-11-22", MONTH, "unknown"),
    ("thỉnh thoảng", "2019-01-01", "2026-11-22", "", "unknown"),
    ("18 tháng/lần", "2019-01-01", "2026-11-22", "", "unknown"),
    # a term counted from an event makes nobody late for a period
    ("hằng tháng", "2019-01-01", "2026-11-22", "không quá 03 tháng kể từ thời điểm công bố", "due"),
]  # fmt: skip


@pytest.mark.parametrize(("cycle", "changed", "today", "due", "state"), STATES)
def test_a_dataset_stands_as_cycle_change_and_deadline_say(
    cycle: str, changed: str | None, today: str, due: str, state: str
):
    assert stand(cycle, changed, today, due).state == state


def test_it_is_said_for_which_period_and_until_when_data_are_awaited():
    found = stand("hằng tháng", "2026-10-10", "2026-11-22", MONTH)
    assert found.awaited is not None
    assert found.due is not None
    assert (found.awaited.label, found.due.nominal, found.due.legal) == (
        "2026-10", date(2026, 11, 15), date(2026, 11, 16),
    )  # fmt: skip
    assert found.provisional
    without = stand("hằng tháng", "2026-10-10", "2026-11-22")
    assert without.awaited is not None
    assert (without.awaited.label, without.due, without.provisional) == ("2026-11", None, False)


def test_a_calendar_of_holidays_makes_the_result_final():
    dataset = Dataset(code="a", title="A", changed_at=date(2026, 1, 10))
    cycle, term = CYCLES.understand("hằng tháng"), CYCLES.understand_due(MONTH)
    tet = [date(2026, 2, day) for day in range(14, 23)]
    during = freshness_of(dataset, cycle, term, tet[-1], calendar=CALENDAR)
    assert (during.state, during.provisional) == (State.DUE, False)
    assert freshness_of(dataset, cycle, term, tet[-1]).state is State.LATE  # the moon is not known: hence provisional


CERTAIN = [  # the last change, today, and whether the deadline may still move
    ("2026-10-30", "2026-12-01", False),
    ("2026-12-30", "2027-02-11", True),  # January's data, while Tết is not announced
    ("2027-10-30", "2027-12-01", False),
    ("2027-12-10", "2028-01-01", True),  # nothing is known of 2028
]


@pytest.mark.parametrize(("changed", "today", "provisional"), CERTAIN)
def test_a_deadline_is_provisional_while_a_day_off_before_it_is(changed: str, today: str, provisional: bool):
    dataset = Dataset(code="a", title="A", changed_at=date.fromisoformat(changed))
    cycle, term = CYCLES.understand("hằng tháng"), CYCLES.understand_due(MONTH)
    assert freshness_of(dataset, cycle, term, date.fromisoformat(today), calendar=CALENDAR).provisional is provisional


SINCE = [
    ("2026-06-01", "late"),  # the deadline of August passed while the decision counted
    ("2026-08-31", "late"),  # August had not ended before
    ("2026-09-15", "late"),  # nor been due
    ("2026-09-16", "late"),  # September's is the first
    ("2026-10-16", "due"),  # October's is, until 16/11
    ("2026-11-10", "due"),
    ("2030-01-01", "due"),
]


@pytest.mark.parametrize(("since", "state"), SINCE)
def test_nobody_is_late_for_what_had_ended_or_was_due_before_a_decision_counted(since: str, state: str):
    dataset = Dataset(code="a", title="A", changed_at=date(2026, 8, 10))
    cycle, term = CYCLES.understand("hằng tháng"), CYCLES.understand_due(MONTH)
    found = freshness_of(dataset, cycle, term, date(2026, 11, 16), since=date.fromisoformat(since))
    assert found.state == state
    assert found.awaited is not None
    assert found.awaited.label == "2026-08"


EVIDENCE = [
    ({"content_at": date(2026, 5, 1), "changed_at": date(2026, 9, 1)}, (date(2026, 5, 1), Evidence.CONTENT)),
    ({"changed_at": date(2026, 9, 1), "published_at": date(2026, 10, 1)}, (date(2026, 9, 1), Evidence.METADATA)),
    ({"published_at": date(2026, 9, 1), "issued_at": date(2026, 10, 1)}, (date(2026, 9, 1), Evidence.PUBLISHED)),
    ({"issued_at": date(2026, 9, 1)}, (date(2026, 9, 1), Evidence.ISSUED)),
    ({"changed_at": date(2030, 1, 1), "issued_at": date(2026, 9, 1)}, (date(2026, 9, 1), Evidence.ISSUED)),
    ({"changed_at": date(2030, 1, 1)}, None),
    ({}, None),
]


@pytest.mark.parametrize(("dates", "expected"), EVIDENCE)
def test_the_best_evidence_counts_and_the_future_is_none(
    dates: dict[str, date], expected: tuple[date, Evidence] | None
):
    assert last_change(Dataset(code="a", title="A", **dates), TODAY) == expected


@pytest.mark.parametrize("code", UpdateCycle)
def test_every_cycle_gives_a_state(code: UpdateCycle):
    dataset = Dataset(code="a", title="A", changed_at=date(2020, 1, 1))
    assert freshness_of(dataset, Cycle(code=code), None, TODAY).state is not State.LATE


def test_holidays_on_fixed_days_are_known_without_a_calendar():
    dataset = Dataset(code="a", title="A", changed_at=date(2025, 12, 31))
    cycle, term = CYCLES.understand("hằng quý"), CYCLES.understand_due("chậm nhất 30 ngày sau khi kết thúc quý")
    told = [freshness_of(dataset, cycle, term, date(2026, 5, day)) for day in (4, 5)]
    assert [each.state for each in told] == [State.DUE, State.LATE]
    assert told[0].due is not None
    assert (told[0].due.nominal, told[0].due.legal) == (date(2026, 4, 30), date(2026, 5, 4))
