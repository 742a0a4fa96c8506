"""What syncs saw change is held against what agencies had to do: once, after the period only, and not what was refused."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.core.changes import ChangeKind
from bot.core.cycle import UpdateCycle
from bot.core.items import Decision, LinkState
from bot.core.obligations.enrolling import Enrolment
from bot.core.obligations.progress import ActKind, Status, status_of
from bot.notify.matching import match_published
from bot.register import read_register
from bot.store.acts import read_acts, record_act
from bot.store.engine import Store
from bot.store.item_links import save_link
from bot.store.items import save_annex
from bot.store.roster import read_roster, save_roster
from bot.store.tables import record
from tests.support.changes import crop, publish_version
from tests.support.duty_desk import CLINICS, DECISION, item, rules
from tests.support.office_setting import row
from tests.support.rows import rows

LINEAGE = f"{DECISION}#QN-01"
ITEM = replace(item("QN-01", CLINICS, UpdateCycle.MONTHLY, 20), lineage=LINEAGE)
KEY = f"quangngai/update-period/item:{LINEAGE}/2026-{{:02}}"
SINCE = date(2026, 7, 2)


def on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 3, tzinfo=UTC)


async def furnish(store: Store) -> None:
    """An agency with an item that the dataset c-1 publishes, and nothing done so far."""
    decision = Decision(number=DECISION, signed_on=SINCE, province="quangngai", valid_from=SINCE)
    await save_annex(store, decision, [ITEM], file="annex.csv", now=on(7, 2))
    before = await read_roster(store)
    enrolment = Enrolment(before, today=SINCE)
    enrolment.take(row("quangngai", "Sở Y tế"))
    await save_roster(store, before, enrolment.roster, now=on(7, 2))
    await save_link(store, ITEM, "c-1", LinkState.CONFIRMED, by="operator", now=on(7, 2))


async def change(store: Store, kind: ChangeKind, at: datetime) -> None:
    await publish_version(store, [crop(1)], {1: kind}, now=at)


async def match(store: Store, now: datetime) -> int:
    return await match_published(store, await read_register(store, rules(), now=now), now=now)


async def standing(store: Store, now: datetime) -> dict[int, Status]:
    """How the duties of July to October stand."""
    register = await read_register(store, rules(), now=now)
    duties = {duty.key: duty for duty in register.between(date(2026, 7, 1), date(2026, 12, 31), province="quangngai")}
    found = {month: duties[KEY.format(month)] for month in range(7, 11)}
    return {month: status_of(duty, register.progress(duty.key), now.date()) for month, duty in found.items()}


async def test_a_change_meets_every_open_period_that_ended_before_it_and_is_seen_once_by_whoever_looks(store: Store):
    await furnish(store)
    await change(store, ChangeKind.ADDED, on(7, 20))
    assert await match(store, on(8, 3)) == 0, "nobody says when it was published"
    await change(store, ChangeKind.METADATA, on(8, 5))
    assert await match(store, on(8, 6)) == 0, "a new title is no new data"
    await change(store, ChangeKind.CONTENT, on(10, 25))
    now = on(11, 3)
    assert await standing(store, now) == {
        7: Status.OVERDUE,
        8: Status.OVERDUE,
        9: Status.OVERDUE,
        10: Status.OPEN,
    }
    await asyncio.gather(*(match(store, now) for _ in range(3)))
    assert await match(store, now) == 0
    assert await standing(store, now) == {
        7: Status.MATCHED,
        8: Status.MATCHED,
        9: Status.MATCHED,
        10: Status.OPEN,
    }, "what changed in October says nothing of October"
    (act,) = (await read_acts(store, keys=[KEY.format(9)]))[KEY.format(9)]
    assert (act.kind, act.officer, act.day, act.note) == (ActKind.MATCHED, None, date(2026, 10, 25), "c-1")
    assert await rows(store, record, "kind") == [("matched",)] * 3


async def test_what_was_reported_is_verified_by_it_and_what_was_refused_only_by_a_later_change(store: Store):
    await furnish(store)
    await change(store, ChangeKind.CONTENT, on(11, 5))
    await store.write(
        lambda connection: record_act(
            connection, key=KEY.format(10), kind=ActKind.DONE, at=on(11, 4), officer=1, day=date(2026, 11, 4)
        )
    )
    await store.write(
        lambda connection: record_act(
            connection, key=KEY.format(8), kind=ActKind.DONE, at=on(9, 4), officer=1, day=date(2026, 9, 4)
        )
    )
    assert await match(store, on(11, 6)) == 3
    stand = await standing(store, on(11, 6))
    assert stand[10] is Status.VERIFIED
    assert stand[8] is Status.REPORTED, "two months later says nothing of what was reported in September"
    await store.write(
        lambda connection: record_act(connection, key=KEY.format(10), kind=ActKind.REFUSED, at=on(11, 7), officer=2)
    )
    assert await match(store, on(11, 8)) == 0
    assert (await standing(store, on(11, 8)))[10] is Status.OPEN
    await change(store, ChangeKind.SCHEMA, on(11, 9))
    assert await match(store, on(11, 9) + timedelta(hours=1)) == 1
    assert (await standing(store, on(11, 10)))[10] is Status.MATCHED
