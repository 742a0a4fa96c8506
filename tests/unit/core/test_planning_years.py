"""Two simulated years of reminders on a ledger in memory: every duty once per step and person, on a working day."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from random import Random

from bot.core.cycle import UpdateCycle
from bot.core.cycle_periods import periods_between
from bot.core.due import due_of_period
from bot.core.local_time import VIETNAM
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.planning import Circumstances, Notice, find_open, gather, judge
from bot.core.obligations.progress import Act, ActKind, Progress, follow_acts
from bot.core.obligations.staffing import Staffing
from bot.core.obligations.steps import Ladders
from bot.core.office_hours import may_remind
from tests.support.duties import RULE, at, duty, officer, year_2026

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
CYCLES = (UpdateCycle.MONTHLY, UpdateCycle.QUARTERLY, UpdateCycle.ANNUAL, UpdateCycle.QUARTERLY)
PROVINCES, AGENCIES, ITEMS = 5, 10, 10


def everything() -> Iterator[Obligation]:
    calendar, rule_due = year_2026(), RULE.due
    assert rule_due is not None
    for number in range(PROVINCES * AGENCIES * ITEMS):
        agency = number // ITEMS
        for period in periods_between(CYCLES[number % len(CYCLES)], FIRST, LAST):
            due = due_of_period(rule_due, period, days_off=calendar.is_day_off)
            assert due is not None
            yield duty(
                due.nominal,
                legal=due.legal,
                opens=period.end + DAY,
                item=f"i{number}",
                agency=agency,
                province=f"province{agency // AGENCIES}",
            )


def test_in_two_years_every_duty_is_told_once_per_step_and_person_and_only_in_office_hours():
    calendar, draw = year_2026(), Random(8)
    ladders, told, daily = Ladders(calendar), defaultdict(set), Counter()
    duties = [one for one in everything() if one.opens_on > FIRST]
    settles = {one.key: one.remind_by + draw.randint(-12, 12) * DAY for one in duties if draw.random() < 0.8}
    staff = {
        number: Staffing(officers=[officer(number * 3 + each) for each in range(1 + number % 3)])
        for number in range(PROVINCES * AGENCIES)
    }
    officers = {one.id: one for each in staff.values() for one in each.officers}
    confirmed = frozenset(one.province for one in duties)
    open_now, waiting = [], sorted(duties, key=lambda one: one.opens_on)
    waiting.reverse()
    day = FIRST
    while day <= LAST:
        while waiting and waiting[-1].opens_on <= day:
            open_now.append(waiting.pop())
        open_now = [one for one in open_now if day <= one.nominal_due + 14 * DAY]
        now = at(day, draw.choice(("08:00", "10:10", "13:30", "16:59")))
        around = Circumstances(
            now=now, calendar=calendar, officers=officers, staff=staff.__getitem__, bound=confirmed, confirmed=confirmed
        )
        progress = ((one, _progress(one, settles.get(one.key), day)) for one in open_now)
        found = (each for one in find_open(progress, ladders, day) for each in judge(one, told, around))
        for digest in gather(each for each in found if isinstance(each, Notice)):
            assert may_remind(now, calendar)
            daily[digest.officer, day] += 1
            for notice in digest.notices:
                one, step = notice.duty.obligation, notice.duty.step
                assert one.opens_on <= day
                assert one.key not in settles or day < settles[one.key]
                assert step not in told[one.key, digest.officer]
                told[one.key, digest.officer].add(step)
        day += DAY
    assert set(daily.values()) == {1}
    assert sum(map(len, told.values())) > 20_000
    _everybody_was_told(duties, settles, staff, told, ladders)


def _everybody_was_told(
    duties: Sequence[Obligation],
    settles: Mapping[str, date],
    staff: Mapping[int, Staffing],
    told: Mapping[tuple[str, int], Collection[str]],
    ladders: Ladders,
) -> None:
    """Each person of each duty heard every step whose day had come while it was open, and nothing else."""
    for one in duties:
        end = settles.get(one.key, date.max)
        come = {step.name for step in ladders.steps_of(one) if step.day < end and step.day <= LAST}
        for each in staff[one.agency or 0].officers:
            assert told.get((one.key, each.id), set()) == come, (one, each)


def _progress(one: Obligation, settled: date | None, day: date) -> Progress:
    if settled is None or day < settled:
        return Progress()
    return follow_acts(
        [Act(id=1, key=one.key, kind=ActKind.DONE, at=at(settled, time(9).isoformat()).astimezone(VIETNAM))]
    )
