"""Whatever the rule, the item, the event and the span: what follows keeps what the rulings promise."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.cycle_periods import period_of
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.items import CatalogueItem
from bot.core.obligations.computing import Line, turn_of_event, turns_of_cycle, turns_of_item, turns_since
from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.profile import ProfileStatus, RuleSet, SignedDecision
from bot.core.obligations.progress import Progress, Status, status_of
from bot.core.obligations.rule import Event, Rule, Term, Trigger
from bot.core.working_days import WorkCalendar
from bot.rulebook import load_rulebook
from gateway.deployment import DATA

DAY = timedelta(days=1)
CALENDAR = load_rulebook(DATA).calendar
FEW = settings(max_examples=40)
CYCLES = [
    UpdateCycle.WEEKLY, UpdateCycle.MONTHLY_3, UpdateCycle.MONTHLY, UpdateCycle.QUARTERLY, UpdateCycle.ANNUAL_2,
    UpdateCycle.ANNUAL, UpdateCycle.TRIENNIAL,
]  # fmt: skip
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
offsets = st.builds(
    DueWording,
    anchor=st.just(DueAnchor.PERIOD_END),
    offset_days=st.integers(0, 90),
    unit=st.sampled_from([DueUnit.CALENDAR, DueUnit.WORKING]),
)
months = st.builds(
    DueWording, anchor=st.just(DueAnchor.PERIOD_END), offset_days=st.integers(1, 14), unit=st.just(DueUnit.MONTH)
)
named = st.builds(
    DueWording,
    anchor=st.just(DueAnchor.DAY),
    day=st.integers(1, 31),
    months_after=st.integers(-7, 3),
    strictly_before=st.booleans(),
)
cycles, terms = st.sampled_from(CYCLES), st.sampled_from(Term)
dues = st.none() | offsets | months | named
sinces = st.none() | st.dates(date(2025, 6, 1), date(2027, 6, 1))
spans = st.tuples(days, st.integers(0, 700)).map(lambda span: (span[0], span[0] + span[1] * DAY))


def rule_set(since=None):
    decision = SignedDecision(valid_from=since)
    return RuleSet(id="a", name="A", status=ProfileStatus.IN_FORCE, decision=decision)


def a_rule(due, term=Term.DUE):
    return Rule(id="r", article="Điều 1", title="R", title_en="R", trigger=Trigger.PERIOD, due=due, term=term)


def duty_of(turn, rule):
    subject = Subject(kind=SubjectKind.PROVINCE, id="a")
    return Obligation(
        province="a", rule=rule, subject=subject, period=turn.period, opens_on=turn.opens_on,
        nominal_due=turn.nominal_due, legal_due=turn.legal_due, status=turn.status, closed_on=turn.closed_on,
    )  # fmt: skip


@FEW
@given(cycles, dues, terms, sinces, spans)
def test_dates_of_periods_keep_the_rulings(cycle, due, term, since, span):
    first, last = span
    rule = a_rule(due, term)
    turns = turns_of_cycle(rule_set(since), rule, cycle, CALENDAR, first=first, last=last)
    assert len({turn.period for turn in turns}) == len(turns)
    for turn in turns:
        assert first <= turn.nominal_due <= last
        assert since is None or turn.nominal_due >= since
        assert turn.legal_due is None or not CALENDAR.is_day_off(turn.legal_due)
        duty = duty_of(turn, rule)
        late = [day for day in (first + n * DAY for n in range(0, 900, 7)) if is_overdue(duty, day)]
        assert all(duty.late_after is not None and day > duty.late_after for day in late)
    for one, other in pairwise(turns):
        assert one.nominal_due <= other.nominal_due
        assert (one.legal_due or date.min) <= (other.legal_due or date.max)
        assert one.opens_on <= other.opens_on


def is_overdue(duty, day):
    return status_of(duty, Progress(), day) is Status.OVERDUE


@FEW
@given(cycles, st.none() | offsets | months, spans)
def test_nothing_that_counts_from_the_end_of_a_period_is_due_before_it(cycle, due, span):
    for turn in turns_of_cycle(rule_set(), a_rule(due), cycle, CALENDAR, first=span[0], last=span[1]):
        near = (turn.nominal_due - n * DAY for n in range(1500))
        period = next(each for each in (period_of(cycle, day) for day in near) if each and each.label == turn.period)
        assert turn.nominal_due >= period.end
        assert turn.legal_due is None or turn.legal_due >= turn.nominal_due


@FEW
@given(cycles, dues, sinces, spans, st.integers(0, 700))
def test_a_span_in_two_halves_is_the_whole_span(cycle, due, since, span, cut):
    first, last = span
    middle = min(first + cut * DAY, last)
    item = CatalogueItem(code="a", title="A", decision="1", cycle=Cycle(code=cycle), due=due, valid_from=since)
    new = replace(item, decision="2", valid_from=date(2027, 3, 10), cycle=Cycle(code=UpdateCycle.QUARTERLY))
    old = replace(item, valid_to=date(2027, 3, 9))
    for line in (Line(item=item), Line(item=old, after=new), Line(item=new, before=old), Line(item=old)):

        def ask(start, end, line=line):
            return turns_of_item(rule_set(), a_rule(None), line, CALENDAR, first=start, last=end)

        assert ask(first, last) == (*ask(first, middle), *ask(middle + DAY, last))


@FEW
@given(offsets | months, days, st.integers(0, 40))
def test_a_later_event_is_never_due_earlier_and_none_before_it_happened(due, day, later):
    rule = replace(a_rule(due), trigger=Trigger.EVENT, event=Event.CHANGED)
    one, other = (turn_of_event(rule_set(), rule, each, CALENDAR) for each in (day, day + later * DAY))
    assert one.nominal_due >= day
    assert one.nominal_due <= other.nominal_due
    assert one.legal_due <= other.legal_due
    assert not CALENDAR.is_day_off(one.legal_due)


@FEW
@given(days, st.lists(st.tuples(st.integers(0, 5), st.integers(1, 250)), max_size=4), spans, st.integers(0, 700))
def test_gaps_follow_each_other_however_often_something_was_done(anchor, told, span, cut):
    rule = replace(a_rule(DueWording(anchor=DueAnchor.UNSTATED, offset_days=6, unit=DueUnit.MONTH)))
    wide = {"first": date(2026, 1, 1), "last": date(2031, 12, 31)}
    done = {}
    for place, after in told:  # somebody does it some days into one of the gaps that are told
        gaps = list(turns_since(rule_set(), rule, anchor, done, CALENDAR, **wide))
        gap = gaps[min(place, len(gaps) - 1)]
        done[gap.period] = date.fromisoformat(gap.period) + after * DAY
    whole = list(turns_since(rule_set(), rule, anchor, done, CALENDAR, first=span[0], last=span[1]))
    middle = min(span[0] + cut * DAY, span[1])
    halves = [
        *turns_since(rule_set(), rule, anchor, done, CALENDAR, first=span[0], last=middle),
        *turns_since(rule_set(), rule, anchor, done, CALENDAR, first=middle + DAY, last=span[1]),
    ]
    assert sorted(whole, key=str) == sorted(halves, key=str)
    labels = [turn.period for turn in whole]
    assert labels == sorted(set(labels))
    assert all(turn.nominal_due > date.fromisoformat(turn.period) for turn in whole)


@FEW
@given(cycles, dues, days, st.sets(days, max_size=20))
def test_no_key_depends_on_which_days_are_off(cycle, due, day, off):
    other = WorkCalendar(known=frozenset(each.year for each in off))
    span = {"first": day - 900 * DAY, "last": day + 900 * DAY}
    middle = {
        turn.period: turn
        for turn in turns_of_cycle(rule_set(), a_rule(due), cycle, CALENDAR, first=day, last=day + 90 * DAY)
    }
    others = {turn.period for turn in turns_of_cycle(rule_set(), a_rule(due), cycle, other, **span)}
    assert set(middle) <= others
