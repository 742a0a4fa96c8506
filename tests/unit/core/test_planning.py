"""Who is reminded of what, and when: the planner on a ledger in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.obligations.obligation import Subject, SubjectKind
from bot.core.obligations.planning import SkipReason
from bot.core.obligations.progress import Act, ActKind, Progress, Status, follow_acts
from bot.core.obligations.rule import Steps, Term, Trigger
from bot.core.obligations.staffing import Staffing
from bot.core.obligations.steps import Ladders, rank
from bot.core.replacement import PeriodStatus
from tests.support.duties import PROVINCE, RULE, Office, at, duty, officer, reasons, year_2026

DAY = timedelta(days=1)
JULY = date(2026, 7, 15)


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def said(key: str, kind: ActKind, *, day: date | None = None, number: int = 1) -> Progress:
    return follow_acts([Act(id=number, key=key, kind=kind, at=at(JULY), day=day, officer=1)])


LADDERS = [
    (
        "ten, three, one, the day, one and three after",
        duty(JULY),
        "07-01 -10, 07-10 -3, 07-14 -1, 07-15 0, 07-16 +1, 07-20 +3",
    ),
    (
        "nothing before it opens",
        duty(JULY, opens=date(2026, 7, 9)),
        "07-09 -10, 07-10 -3, 07-14 -1, 07-15 0, 07-16 +1, 07-20 +3",
    ),
    (
        "what would lie before it opens is merged",
        duty(JULY, opens=date(2026, 7, 11)),
        "07-13 -3, 07-14 -1, 07-15 0, 07-16 +1, 07-20 +3",
    ),
    (
        "a day off merges into the last working day before",
        duty(date(2026, 8, 15), legal=date(2026, 8, 17)),
        "08-03 -10, 08-12 -3, 08-14 0, 08-18 +1, 08-20 +3",
    ),
    (
        "a whole Tết off",
        duty(date(2026, 2, 15), legal=date(2026, 2, 23)),
        "02-02 -10, 02-11 -3, 02-13 0, 02-24 +1, 02-26 +3",
    ),
    (
        "a term that rolls back reminds by the earlier day",
        duty(date(2026, 10, 24), legal=date(2026, 10, 23)),
        "10-09 -10, 10-20 -3, 10-22 -1, 10-23 0, 10-26 +1, 10-28 +3",
    ),
    (
        "no number in the text, nothing after it",
        duty(JULY, rule=replace(RULE, term=Term.NONE)),
        "07-01 -10, 07-10 -3, 07-14 -1, 07-15 0",
    ),
    (
        "the steps of the rule",
        duty(JULY, rule=replace(RULE, steps=Steps(before=(5, 0), after=(2,)))),
        "07-08 -5, 07-15 0, 07-17 +2",
    ),
    ("a rule that urges nobody", duty(JULY, rule=replace(RULE, steps=Steps(before=(), after=()))), ""),
]


def test_the_steps_of_a_duty_lie_on_working_days():
    wrong = []
    for name, one, expected in LADDERS:
        steps = Ladders(year_2026()).steps_of(one)
        told = ", ".join(f"{step.day:%m-%d} {step.name}" for step in steps)
        if told != expected:
            wrong.append(f"{name}: {told}")
        assert [rank(step.name) for step in steps] == sorted(rank(step.name) for step in steps)
    assert not wrong


def test_each_step_is_told_once_on_its_day():
    told = Office().steps([duty(JULY)], days(date(2026, 6, 20), date(2026, 8, 20)))
    assert told == [
        ("07-01", "-10"),
        ("07-10", "-3"),
        ("07-14", "-1"),
        ("07-15", "0"),
        ("07-16", "+1"),
        ("07-20", "+3"),
    ]


def test_t1_after_a_week_down_everybody_gets_one_message_with_the_right_stage():
    office, officers = Office(), (officer(1), officer(2))
    office.staff = {1: Staffing(officers=officers)}
    duties = [*(duty(JULY, item=f"i{number}") for number in range(5)), duty(JULY + 7 * DAY, item="later")]
    for day in days(date(2026, 6, 28), JULY - 5 * DAY):
        office.tick(duties, at(day))
    digests = office.tick(duties, at(JULY + 2 * DAY, "13:47"))
    assert [digest.officer for digest in digests] == [1, 2]
    for digest in digests:
        stages = [(notice.duty.obligation.subject.id, notice.duty.step) for notice in digest.notices]
        assert stages == [*((f"i{number}", "+1") for number in range(5)), ("later", "-3")]
    office.steps(duties, days(JULY + 3 * DAY, JULY + 30 * DAY))
    assert office.told[duties[0].key, 1] == {"-10", "-3", "+1", "+3"}
    assert office.told[duties[-1].key, 2] == {"-10", "-3", "-1", "0", "+1", "+3"}


def test_t4_what_is_seen_to_be_very_late_at_once_is_told():
    office, late = Office(), duty(date(2026, 3, 15), legal=date(2026, 3, 16))
    office.progress[late.key] = said(late.key, ActKind.MATCHED)
    assert not office.tick([late], at(JULY))
    office.progress[late.key] = Progress()  # the sync sees that it was another file
    (digest,) = office.tick([late], at(JULY + DAY))
    (notice,) = digest.notices
    assert (notice.duty.step, notice.duty.status, notice.days_late) == ("+3", Status.OVERDUE, 88)
    assert not office.steps([late], days(JULY + 2 * DAY, JULY + 40 * DAY))


def test_what_is_settled_or_told_for_information_only_urges_nobody():
    one = duty(JULY)
    wrong = []
    for kind in (ActKind.DONE, ActKind.UNCHANGED, ActKind.MATCHED, ActKind.VERIFIED):
        office = Office(progress={one.key: said(one.key, kind)})
        wrong += [kind] if office.tick([one], at(JULY)) or office.skipped else []
    for status in (PeriodStatus.INFORMATION, PeriodStatus.CLOSED):
        other = replace(one, status=status, closed_on=JULY)
        wrong += [status] if Office().tick([other], at(JULY)) else []
    assert not wrong
    assert not Office().tick([duty(JULY, opens=JULY + DAY)], at(JULY))


def test_when_one_of_a_focal_unit_reports_the_others_are_not_reminded_any_more():
    office, one = Office(staff={1: Staffing(officers=(officer(1), officer(2), officer(3)))}), duty(JULY)
    assert [digest.officer for digest in office.tick([one], at(JULY - 5 * DAY))] == [1, 2, 3]
    office.progress[one.key] = said(one.key, ActKind.DONE)
    assert not office.steps([one], days(JULY - 4 * DAY, JULY + 20 * DAY))


def test_a_successor_hears_of_what_is_open_and_nobody_else_again():
    office, one = Office(), duty(JULY)
    office.tick([one], at(JULY - 5 * DAY))
    office.staff = {1: Staffing(officers=(officer(7),))}
    assert [(each.officer, each.notices[0].duty.step) for each in office.tick([one], at(JULY - 4 * DAY, "15:00"))] == []
    monday = JULY - 2 * DAY
    assert [(each.officer, each.notices[0].duty.step) for each in office.tick([one], at(monday))] == [(7, "-3")]


def test_whoever_took_a_duty_over_is_reminded_instead():
    office, one = Office(staff={1: Staffing(officers=(officer(1),)), 2: Staffing(officers=(officer(9),))}), duty(JULY)
    office.progress[one.key] = follow_acts([Act(id=1, key=one.key, kind=ActKind.TRANSFERRED, at=at(JULY), to=9)])
    assert [digest.officer for digest in office.tick([one], at(JULY))] == [9]


def test_one_message_a_day_what_comes_up_later_waits_for_the_next_working_day():
    office, friday = Office(), date(2026, 7, 10)
    first, second = duty(JULY), duty(JULY, item="i2")
    office.tick([first], at(friday))
    assert not office.tick([first, second], at(friday, "15:00"))
    assert reasons(office.skipped) == {SkipReason.TOLD_TODAY: 1}
    assert not office.steps([first, second], [date(2026, 7, 11), date(2026, 7, 12)])
    (digest,) = office.tick([first, second], at(date(2026, 7, 13)))
    assert [notice.duty.obligation.subject.id for notice in digest.notices] == ["i2"]


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("07:30", 0),
        ("07:59", 0),
        ("08:00", 1),
        ("11:29", 1),
        ("11:30", 0),
        ("13:29", 0),
        ("13:30", 1),
        ("16:59", 1),
        ("17:00", 0),
        ("23:00", 0),
    ],
)
def test_digests_go_in_office_hours_from_eight(moment, goes):
    office = Office()
    assert len(office.tick([duty(JULY)], at(JULY, moment))) == goes
    assert reasons(office.skipped) == ({} if goes else {SkipReason.OUT_OF_HOURS: 1})


def test_nobody_is_reminded_on_a_day_off():
    for day in (date(2026, 2, 14), date(2026, 2, 17), date(2026, 2, 22), date(2026, 11, 24)):
        office = Office()
        assert not office.tick([duty(day + DAY, opens=day - 30 * DAY)], at(day))
        assert reasons(office.skipped) == {SkipReason.OUT_OF_HOURS: 1}


def test_who_is_not_reminded_is_skipped_with_the_reason():
    one = duty(JULY)
    rows = [
        ("vacant", Office(staff={}), one, SkipReason.VACANT),
        ("unreachable", Office(staff={1: Staffing()}), one, SkipReason.UNREACHABLE),
        ("no agency", Office(), replace(one, agency=None), SkipReason.NO_AGENCY),
        ("not in force", Office(confirmed=frozenset()), one, SkipReason.NOT_CONFIRMED),
    ]
    wrong = []
    for name, office, each, reason in rows:
        told = office.tick([each], at(JULY))
        wrong += [name] if told or reasons(office.skipped) != {reason: 1} else []
    assert not wrong


def test_a_duty_of_nobody_where_no_agency_is_recorded_at_all_is_no_trouble():
    office = Office()
    assert not office.tick([replace(duty(JULY), agency=None, province="angiang")], at(JULY))
    assert not office.skipped


def test_while_the_portal_is_down_nobody_is_asked_to_upload_but_told_of_the_last_day():
    office, one = Office(down=frozenset({PROVINCE})), duty(JULY)
    assert not office.steps([one], days(JULY - 14 * DAY, JULY - DAY))
    assert reasons(office.skipped) == {SkipReason.PORTAL_DOWN: 1}
    (digest,) = office.tick([one], at(JULY))
    assert [(notice.duty.step, notice.portal_down) for notice in digest.notices] == [("0", True)]
    assert not office.steps([one], days(JULY + DAY, JULY + 2 * DAY))
    office.down = frozenset()
    (digest,) = office.tick([one], at(JULY + 6 * DAY))
    assert [(notice.duty.step, notice.portal_down) for notice in digest.notices] == [("+3", False)]


def test_a_report_is_asked_for_whether_or_not_the_portal_is_up():
    report = replace(RULE, id="report-quarterly", trigger=Trigger.PERIOD)
    one = replace(duty(JULY, rule=report), subject=Subject(kind=SubjectKind.AGENCY, id="1", title="Sở Y tế"))
    (digest,) = Office(down=frozenset({PROVINCE})).tick([one], at(JULY - DAY))
    assert not digest.notices[0].portal_down


def test_days_off_that_are_announced_later_tell_nobody_the_same_step_twice():
    office, one = Office(), duty(JULY)
    assert office.steps([one], [JULY - 5 * DAY]) == [("07-10", "-3")]
    moved = replace(one, nominal_due=JULY + DAY, legal_due=JULY + DAY, period=one.period)
    assert moved.key == one.key
    assert office.steps([moved], days(JULY - 4 * DAY, JULY + DAY)) == [("07-15", "-1"), ("07-16", "0")]


def test_what_is_late_stands_first_then_what_is_due_soonest():
    duties = [duty(JULY + 2 * DAY, item="a"), duty(JULY, item="b"), duty(date(2026, 6, 15), item="c")]
    (digest,) = Office().tick(duties, at(JULY))
    assert [notice.duty.obligation.subject.id for notice in digest.notices] == ["c", "b", "a"]
    assert [(notice.days_left, notice.days_late) for notice in digest.notices] == [(0, 22), (0, 0), (2, 0)]


def test_a_late_duty_goes_on_the_list_of_the_authority_after_its_last_step():
    ladders, one = Ladders(year_2026()), duty(JULY)
    listed = [day for day in days(JULY, JULY + 9 * DAY) if ladders.is_listed(one, Status.OVERDUE, day)]
    assert listed[0] == date(2026, 7, 21)
    assert not ladders.is_listed(one, Status.REPORTED, JULY + 9 * DAY)
