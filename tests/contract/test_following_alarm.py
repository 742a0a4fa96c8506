"""When people are told: the alarm looks all day long, and nobody hears anything at night."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.changes import ChangeKind
from bot.core.effects import FollowDataset
from bot.core.messages import Sign, SignKind
from bot.notify.alarm import Alarm
from bot.notify.following import LOOK_EVERY, schedule_following, tell_followers, wording
from bot.store import follows, standing
from bot.store.changes import last_publication
from bot.store.tables import outbox
from bot.store.telling import Look
from tests.support.changes import crop, publish_version
from tests.support.rows import MINUTE, NOW, address, answer_next, claim_one, message, receive, rows
from tests.support.talk import OPEN, content

DAY = timedelta(days=1)


class Struck(Alarm):
    """An alarm whose jobs are called by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[tuple[str, timedelta], Callable[[], Awaitable[object]]] = {}

    def every(self, interval: timedelta, name: str, job: Callable[[], Awaitable[object]]) -> None:
        self.jobs[name, interval] = job


@pytest.mark.parametrize(
    ("at", "told"), [("07:59", 0), ("08:00", 1), ("19:59", 1), ("20:00", 0), ("23:00", 0), ("02:00", 0)]
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_alarm_looks_and_says_nothing_to_anybody_at_night(store, at, told):
    await publish_version(store, [crop(0)])
    await receive(store, message(1))
    await answer_next(store, await claim_one(store), "x")
    people = store.vault.people(address())
    wanted = FollowDataset(code="c-0", title="Cây 0")
    await store.write(lambda connection: follows.begin(connection, people, wanted, now=NOW))
    await publish_version(store, [crop(0)], {0: ChangeKind.CONTENT})
    alarm, now = Struck(), datetime.fromisoformat(f"2026-11-17T{at}:00+07:00")
    schedule_following(alarm, store, content(), {("web", "main"): OPEN}, (), clock=lambda: now, draw=lambda: 0.0)
    await alarm.jobs["following", LOOK_EVERY]()
    assert [origin for (origin,) in await rows(store, outbox, "origin")].count(follows.ORIGIN) == told


async def test_who_may_not_be_told_now_what_they_did_not_ask_for_hears_once_they_have_turned_to_us(store):
    await publish_version(store, [crop(0)])
    await receive(store, message(1))
    await answer_next(store, await claim_one(store), "x")
    wanted = FollowDataset(code="c-0", title="Cây 0")
    await store.write(lambda connection: follows.begin(connection, store.vault.people(address()), wanted, now=NOW))
    await publish_version(store, [crop(0)], {0: ChangeKind.CONTENT})
    accounts = {("web", "main"): replace(OPEN, unasked=DAY)}

    async def told(now: datetime) -> int:
        newest = await last_publication(store)
        look = Look(now=now, morning=now.replace(hour=0), publication=newest, accounts=accounts)
        return sum([count async for count in tell_followers(store, look, wording(content(), accounts))])

    async def turn_to_us(now: datetime) -> None:
        await standing.note(store, [Sign(address=address(), kind=SignKind.INTERACTED, at=now)])

    await turn_to_us(NOW)
    assert await told(NOW + DAY) == 0
    await turn_to_us(NOW + 2 * DAY)
    assert await told(NOW + 2 * DAY + 60 * MINUTE) == 1
    assert await told(NOW + 3 * DAY + 60 * MINUTE) == 0
