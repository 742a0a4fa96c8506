"""A reminder in the store: message, ledger, number and record in one step, once, however many look at once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import cycle

import pytest

from bot.core.delivery import Lane
from bot.core.obligations.progress import Act, ActKind
from bot.notify.alarm import Alarm
from bot.notify.listing import find_listed, note_listed
from bot.notify.reminding import FRESH, plan_digests, release, schedule_reminding
from bot.store import reminding
from bot.store.backup import back_up
from bot.store.record import read_record
from bot.store.reminding import holds_posts, read_told, told_on
from bot.store.restore import restore
from bot.store.tables import acts, digests, outbox, record, reminders, standings, task_numbers
from tests.conftest import open_store
from tests.support.duties import at
from tests.support.rows import NOW, rows
from tests.support.staffed import ACCOUNTS, bind, duties_of, employ, home, look, secretary, waiting

FRIDAY = date(2026, 11, 13)
"""The last working day before the day (Sunday 15 November) by which the data of October are to be updated."""
DAY = timedelta(days=1)


async def test_a_digest_is_queued_with_its_ledger_its_numbers_and_its_record(store):
    staff = await employ(store, 2)
    said = await look(store, duties_of(staff, 3), at(FRIDAY, "09:00"))
    assert [one.officer for one in said] == staff.ids
    assert [[line.number for line in one.lines] for one in said] == [[1, 2, 3], [1, 2, 3]]
    assert await waiting(store) == staff.messages
    ((lane, expires_at), _) = await rows(store, outbox, "lane", "expires_at")
    assert (lane, expires_at) == (Lane.REMINDER, at(FRIDAY + 3 * DAY, "17:00"))
    assert Counter(step for (step,) in await rows(store, reminders, "step")) == {"0": 6}
    assert await told_on(store, FRIDAY) == set(staff.ids)
    entries = [entry async for entry in read_record(store)]
    assert [(entry.officer, len(entry.document["items"])) for entry in entries] == [(one, 3) for one in staff.ids]
    assert entries[0].document["text"] == said[0].reply.text
    assert not await look(store, duties_of(staff, 3), at(FRIDAY, "09:05"))
    assert len(await rows(store, record, "seq")) == 2


async def test_a_rehearsal_says_the_same_and_writes_nothing(store):
    staff = await employ(store, 1)
    (tried,) = await look(store, duties_of(staff, 2), at(FRIDAY), rehearse=True)
    for table in (digests, reminders, outbox, record, task_numbers):
        assert not await rows(store, table, table.columns.keys()[0])
    (said,) = await look(store, duties_of(staff, 2), at(FRIDAY))
    assert tried == said


async def test_t2_two_schedulers_with_wrong_clocks_and_one_that_stood_still_remind_once(store, open_another):
    staff = await employ(store, 3)
    known, now = duties_of(staff, 4), at(FRIDAY, "10:00")
    jumps = cycle((2, -2, 0))
    clocks: list[Callable[[], datetime]] = [
        lambda: now,
        lambda: now + next(jumps) * timedelta(hours=1),
        lambda: now - timedelta(minutes=10),
    ]
    alarms, said = [], []
    for number, clock in enumerate(clocks):
        other = await open_another(f"scheduler {number}")

        async def wake(other=other, clock=clock) -> None:
            plan = await plan_digests(other, known, ours=ACCOUNTS, now=clock())
            await asyncio.sleep(0)  # everybody has planned before anybody releases
            said.extend(await release(other, plan, secretary(), clock=lambda: plan.now))

        alarms.append(Alarm())
        schedule_reminding(alarms[-1], wake, clock=lambda: now, every=timedelta(milliseconds=10))
        alarms[-1].start()
    async with asyncio.timeout(20):
        while len(await rows(store, digests, "id")) < 3:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    for alarm in alarms:
        alarm.stop()
    assert await waiting(store) == staff.messages
    assert sorted(one.officer for one in said) == staff.ids
    told = Counter(
        (key, officer, step) for key, officer, step in await rows(store, reminders, "key", "officer_id", "step")
    )
    assert len(told) == 12
    assert set(told.values()) == {1}
    items = [each["key"] for entry in [entry async for entry in read_record(store)] for each in entry.document["items"]]
    assert Counter(items) == Counter({key: 3 for key, _, _ in told})


async def test_t1_after_a_week_down_one_message_with_the_right_stage_and_then_the_list(store):
    staff = await employ(store, 2)
    known, (first, *_) = duties_of(staff, 3), staff.ids
    await look(store, known, at(FRIDAY - 2 * DAY))  # -3 working days
    for clock in ("13:47", "13:52", "16:59"):
        await look(store, known, at(FRIDAY + 5 * DAY, clock))  # two working days late: the legal term was Monday
    told = await rows(store, reminders, "officer_id", "step", "at")
    late = Counter(step for officer, step, _ in told if officer == first)
    assert late == {"-3": 3, "+1": 3}
    for day in range(6, 13):
        plan = await plan_digests(store, known, ours=ACCOUNTS, now=at(FRIDAY + day * DAY, "09:00"))
        await release(store, plan, secretary(), clock=lambda plan=plan: plan.now)
        on_list = [duty.obligation.key for duty in plan.listed]
        assert len(on_list) == (3 if day > 6 else 0), day
        assert await note_listed(store, plan.listed, known, now=plan.now) == (3 if day == 7 else 0)
    steps = Counter((officer, step) for officer, step in await rows(store, reminders, "officer_id", "step"))
    assert steps == {(one, step): 3 for one in staff.ids for step in ("-3", "+1", "+3")}
    assert [each.key for each in find_listed(known, "ninhthuan", FRIDAY + 7 * DAY)] == sorted(on_list)
    assert not find_listed(replace(known, confirmed={}), "ninhthuan", FRIDAY + 7 * DAY)
    kinds = Counter([entry.kind async for entry in read_record(store)])
    assert kinds == {"reminded": 6, "listed": 3}


async def test_t4_what_one_sync_shows_to_be_very_late_is_told_once(store):
    staff = await employ(store, 1)
    (late,) = duties_of(staff, 1).between(FRIDAY, FRIDAY + 5 * DAY)
    seen = Act(id=1, key=late.key, kind=ActKind.MATCHED, at=NOW)
    thursday = FRIDAY + 13 * DAY
    assert not await look(store, duties_of(staff, 1, acts={late.key: [seen]}), at(thursday - DAY))
    told = [await look(store, duties_of(staff, 1), at(thursday, clock)) for clock in ("08:00", "08:05", "16:00")]
    assert [len(said) for said in told] == [1, 0, 0]
    assert (late.key, staff.ids[0], "+3") in await rows(store, reminders, "key", "officer_id", "step")
    assert not await look(store, duties_of(staff, 1), at(thursday + DAY))


async def test_whoever_stood_still_for_long_plans_anew(store):
    staff = await employ(store, 1)
    plan = await plan_digests(store, duties_of(staff, 1), ours=ACCOUNTS, now=at(FRIDAY, "10:00"))
    late = plan.now + FRESH + timedelta(seconds=1)
    assert not await release(store, plan, secretary(), clock=lambda: late)


async def test_a_look_that_ends_in_the_middle_is_taken_up_by_the_next_and_nothing_is_doubled(store):
    staff = await employ(store, 6)
    known, now = duties_of(staff, 2), at(FRIDAY)
    plan = await plan_digests(store, known, ours=ACCOUNTS, now=now)
    moments = iter((now, now + 2 * FRESH))
    first = await release(store, plan, secretary(), clock=lambda: next(moments))
    written = [await rows(store, table, "officer_id") for table in (digests, record)]
    assert 0 < len(first) < 6
    assert written == [[(one.officer,) for one in first]] * 2
    rest = await look(store, known, now)
    assert sorted(one.officer for one in (*first, *rest)) == staff.ids
    assert await waiting(store) == staff.messages
    assert len(await rows(store, reminders, "key")) == 12


async def test_what_was_answered_or_told_at_a_later_step_meanwhile_is_left_out(store):
    staff = await employ(store, 1)
    known, (officer,) = duties_of(staff, 3), staff.ids
    plan = await plan_digests(store, known, ours=ACCOUNTS, now=at(FRIDAY))
    answered, told, left = (notice.duty.obligation.key for notice in plan.digests[0].notices)

    async def meanwhile(connection) -> None:
        row = {"key": answered, "kind": ActKind.DONE, "at": NOW, "officer_id": officer, "by": "", "note": ""}
        await connection.execute(acts.insert().values(row))
        later = {"key": told, "officer_id": officer, "step": "+1", "digest_id": 7, "at": NOW}
        await connection.execute(reminders.insert().values(later))

    await store.write(meanwhile)
    (said,) = await release(store, plan, secretary(), clock=lambda: plan.now)
    assert [line.notice.duty.obligation.key for line in said.lines] == [left]


async def test_the_address_used_last_comes_first_and_the_others_are_kept_for_later(store):
    staff = await employ(store, 1)
    (officer,) = staff.ids
    phone = home(officer, channel="kannel", account="8179")
    await store.write(lambda connection: bind(connection, store, officer, phone, at=NOW + DAY))
    (said,) = await look(store, duties_of(staff, 1), at(FRIDAY))
    assert said.address == phone
    ((person, elsewhere),) = await rows(store, outbox, "person", "elsewhere")
    assert store.vault.open_all(elsewhere, person) == (home(officer),)


async def test_who_can_be_reached_on_no_account_of_ours_is_skipped(store):
    staff = await employ(store, 1)
    (officer,) = staff.ids
    plan = await plan_digests(store, duties_of(staff, 1), ours={}, now=at(FRIDAY))
    assert (plan.digests, [each.reason for each in plan.skipped]) == ((), ["unreachable"])
    plan = await plan_digests(store, duties_of(staff, 1), ours=ACCOUNTS, now=at(FRIDAY))
    refused = {"person": store.vault.person(home(officer)), "channel": "web", "account": "main", "unreachable_at": NOW}
    await store.write(lambda connection: connection.execute(standings.insert().values(refused)))
    assert not await release(store, plan, secretary(), clock=lambda: plan.now)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_restored_backup_reminds_nobody_again_and_parks_what_waited(store, blank_url, tmp_path):
    staff = await employ(store, 1)
    known = duties_of(staff, 2)
    assert await look(store, known, at(FRIDAY, "08:00"))
    await back_up(store, tmp_path / "backup.db", now=at(FRIDAY, "08:01"))
    async with open_store(blank_url, owner="restored") as restored:
        assert (await restore(restored, tmp_path / "backup.db", now=at(FRIDAY, "10:00"))).parked == 1
        assert not await look(restored, known, at(FRIDAY, "10:05"))
        assert not await look(restored, known, at(FRIDAY + 3 * DAY))
        assert [
            line.notice.duty.step for one in await look(restored, known, at(FRIDAY + 4 * DAY)) for line in one.lines
        ] == ["+1", "+1"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_old_ledger_is_forgotten_and_its_record_stays(store):
    assert not await holds_posts(store)
    staff = await employ(store, 1)
    assert await holds_posts(store)
    (said,) = await look(store, duties_of(staff, 1), at(FRIDAY))
    key = said.lines[0].notice.duty.obligation.key
    assert await read_told(store, [key]) == {(key, said.officer): {"0"}}
    assert await reminding.forget(store, before=at(FRIDAY)) == 0
    assert await reminding.forget(store, before=at(FRIDAY) + DAY) == 2
    assert len(await rows(store, record, "seq")) == 1
