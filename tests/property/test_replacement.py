"""Whatever the cycles, terms and day: no period is lost, none comes twice by accident, nobody is late from before."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.items import CatalogueItem
from bot.core.replacement import PeriodStatus, close, periods_across, periods_of

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)
CYCLES = [
    UpdateCycle.WEEKLY, UpdateCycle.MONTHLY_2, UpdateCycle.MONTHLY, UpdateCycle.BIMONTHLY, UpdateCycle.QUARTERLY,
    UpdateCycle.ANNUAL_2, UpdateCycle.ANNUAL, UpdateCycle.TRIENNIAL, UpdateCycle.AS_NEEDED, UpdateCycle.NEVER,
]  # fmt: skip
FEW = settings(max_examples=50)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
offsets = st.builds(
    DueWording,
    anchor=st.just(DueAnchor.PERIOD_END),
    offset_days=st.integers(0, 120),
    unit=st.sampled_from([DueUnit.CALENDAR, DueUnit.WORKING]),
)
named = st.builds(
    DueWording,
    anchor=st.just(DueAnchor.DAY),
    day=st.integers(1, 31),
    months_after=st.integers(0, 2),
    strictly_before=st.booleans(),
)


@st.composite
def items(draw, decision, since):
    cycle, due = draw(st.sampled_from(CYCLES)), draw(st.none() | offsets | named)
    return CatalogueItem(code="a", title="A", decision=decision, cycle=Cycle(code=cycle), due=due, valid_from=since)


@st.composite
def replacements(draw):
    on = draw(days)
    return draw(items("old", date(2020, 1, 1))), draw(items("new", on)), on


def across(old, new, on):
    return periods_across(old, new, on=on, first=FIRST, last=LAST)


@FEW
@given(replacements())
def test_nobody_is_late_under_a_decision_for_what_was_over_before_it_counted(case):
    old, new, on = case
    for each in across(old, new, on):
        told = [each.legal_due + timedelta(days=1)] if each.legal_due else []
        lateness = [day for day in (*told, on - timedelta(days=1), on, LAST, date(2040, 1, 1)) if each.is_late(day)]
        if each.decision == "new":
            assert all(day >= on for day in lateness)
            assert not (lateness and each.period.end < on)
        else:
            assert all(day < on for day in lateness)


@FEW
@given(replacements())
def test_no_day_of_a_renewed_item_is_lost(case):
    old, new, on = case
    covered = across(old, new, on)
    for each in periods_of(old, FIRST, on):
        later = [other for other in covered if other.period.end >= min(each.period.end, LAST)]
        if periods_of(new, FIRST, LAST):
            assert later
        elif (each.nominal_due or each.period.end) < on:
            assert each.period in [other.period for other in covered]


@FEW
@given(replacements())
def test_periods_follow_each_other_and_only_a_longer_cycle_reaches_back(case):
    old, new, on = case
    found = across(old, new, on)
    for before, after in pairwise(found):
        assert before.period.end < after.period.end
        if before.decision == after.decision:
            assert after.period.start == before.period.end + timedelta(days=1)
        elif old.cycle.code is new.cycle.code:
            assert after.period.start > before.period.end


@FEW
@given(replacements())
def test_of_the_same_cycle_every_period_comes_exactly_once(case):
    old, new, on = case
    same = CatalogueItem(code="a", title="A", decision="new", cycle=old.cycle, due=new.due, valid_from=on)
    found = [each.period for each in across(old, same, on)]
    assert found == [each.period for each in periods_of(old, FIRST, LAST)]


@FEW
@given(replacements())
def test_what_was_due_before_is_closed_that_day_and_what_comes_later_is_the_new_decisions(case):
    old, new, on = case
    for each in across(old, new, on):
        if each.decision == "old":
            assert each.status is PeriodStatus.CLOSED
            assert each.closed_on == on
            assert (each.nominal_due or each.period.end) < on
            assert close(each, on + timedelta(days=9)) == each


@FEW
@given(replacements(), st.integers(0, 700), st.integers(0, 300))
def test_a_shorter_look_sees_the_same(case, skip, length):
    old, new, on = case
    first = FIRST + timedelta(days=skip)
    last = min(first + timedelta(days=length), LAST)
    narrow = periods_across(old, new, on=on, first=first, last=last)
    wide = [each for each in across(old, new, on) if each.period.end >= first and each.period.start <= last]
    assert list(narrow) == wide
