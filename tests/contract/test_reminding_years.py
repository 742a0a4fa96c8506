"""Reminding day after day on a real store: every duty once per step and person, in office hours, until it is settled."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pytest

from bot.core.cycle import UpdateCycle
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Act, ActKind
from bot.core.obligations.steps import Ladders
from bot.core.office_hours import may_remind
from bot.core.replacement import PeriodStatus
from bot.register import Register
from bot.store.engine import Store
from bot.store.tables import digests, outbox, reminders
from tests.support.duties import at
from tests.support.rows import rows
from tests.support.staffed import Staff, duties_of, employ, look

DAY = timedelta(days=1)
PROVINCES = ("quangngai", "ninhthuan", "thaibinh", "vinhphuc", "angiang")
CYCLES = (UpdateCycle.MONTHLY, UpdateCycle.QUARTERLY, UpdateCycle.ANNUAL, UpdateCycle.QUARTERLY)


@dataclass(frozen=True, kw_only=True)
class Years:
    """A span of days with whoever is to be reminded, and on which day each duty is settled."""

    staff: Staff
    known: Register
    first: date
    last: date
    settles: Mapping[str, date]

    def duties(self) -> Iterator[Obligation]:
        """Every duty of which somebody may hear in that time."""
        return self.known.between(self.first, self.last + 60 * DAY)


async def hire(store: Store, provinces: Sequence[str], *counts: int) -> Staff:
    """In each of ``provinces`` an agency with so many officers for each of ``counts``."""
    staff = Staff()
    for province in provinces:
        hired = await employ(store, *counts, province=province)
        staff.agencies |= hired.agencies
        staff.officers |= hired.officers
    return staff


def plan(staff: Staff, items: int, first: date, last: date) -> Years:
    """Of five duties four are settled on some day near their own."""
    draw, known = Random(8), duties_of(staff, items, cycles=CYCLES, since=first)
    years = Years(staff=staff, known=known, first=first, last=last, settles={})
    settles = {one.key: one.remind_by + draw.randint(-12, 12) * DAY for one in years.duties() if draw.random() < 0.8}
    return replace(years, settles=settles)


async def live(store: Store, years: Years) -> None:
    """Look twice a day, once of it when nobody may be reminded."""
    draw, acts = Random(9), dict[str, Sequence[Act]]()
    by_day = defaultdict[date, list[str]](list)
    for key, day in years.settles.items():
        by_day[day].append(key)
    day = years.first
    while day <= years.last:
        for key in by_day[day]:
            acts[key] = [Act(id=len(acts) + 1, key=key, kind=ActKind.DONE, at=at(day, "07:00"))]
        for clock in (draw.choice(("07:45", "11:45")), draw.choice(("08:00", "14:10"))):
            now = at(day, clock)
            said = await look(store, replace(years.known, acts=acts), now)
            assert not said or may_remind(now, years.known.calendar), now
        day += DAY


async def check(store: Store, years: Years) -> None:
    """What was told is what was to be told."""
    told = defaultdict[tuple[str, int], set[str]](set)
    for key, officer, step, moment in await rows(store, reminders, "key", "officer_id", "step", "at"):
        told[key, officer].add(step)
        assert may_remind(moment, years.known.calendar)
    assert told == _wanted(years)
    daily = Counter(await rows(store, digests, "officer_id", "day"))
    assert set(daily.values()) == {1}
    assert len(await rows(store, outbox, "id")) == len(daily)


def _wanted(years: Years) -> dict[tuple[str, int], set[str]]:
    """The steps of each duty whose day came while it was open, for each officer of its agency."""
    wanted, ladders = dict[tuple[str, int], set[str]](), Ladders(years.known.calendar)
    for one in years.duties():
        end = min(years.settles.get(one.key, date.max), years.last + DAY)
        steps = {step.name for step in ladders.steps_of(one) if step.day < end}
        mine = (each.id for each in years.staff.officers.values() if each.posts[0].agency == one.agency)
        if steps and one.status is PeriodStatus.BINDING:
            wanted |= dict.fromkeys(((one.key, officer) for officer in mine), steps)
    return wanted


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_weeks_around_tet_on_a_real_store(store):
    years = plan(await hire(store, PROVINCES[:2], 2), 3, date(2026, 1, 22), date(2026, 3, 8))
    await live(store, years)
    await check(store, years)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["sqlite"])  # about an hour
async def test_two_years_of_five_provinces_on_a_real_store(store):
    years = plan(await hire(store, PROVINCES, *([1, 2, 1, 3] * 50)), 40, date(2026, 1, 1), date(2027, 12, 31))
    await live(store, years)
    await check(store, years)
