"""The service is killed while people write on Telegram, by webhook and by fetching: each update is answered once."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.store.engine import Store
from bot.store.tables import inbox, outbox, quarantine
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.world import Person
from tests.support.bots import Office, hook, telegram_table, until
from tests.support.crowd import count, until_handled, until_sent
from tests.support.serving import Serving, running

SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
IN_SOAK = pytest.mark.soak
POSTGRES = pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
PEOPLE, TURNS, KILLS = 12, 4, 3
SPEED = 4.0
"""Redelivery and limits of Telegram's own in a quarter of their time."""
TEXTS = ("dân số Quảng Ngãi", "diện tích An Giang", "xã An Phú thuộc tỉnh nào", "cảm ơn nhiều nhé", "danh mục")
DRAIN_SECONDS = 120.0


@pytest_asyncio.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with running_telegram(speed=SPEED) as running_double:
        yield running_double


@pytest.fixture
def office(double: TelegramDouble, tmp_path: Path, engine_url: str, mode: str) -> Office:
    tables = [telegram_table(double, mode=mode)]
    return Office(double=double, folder=tmp_path, store_url=engine_url, tables=tables)


async def write(office: Office, people: list[Person], chance: random.Random) -> None:
    """Everybody writes a few messages, whether anybody listens or not."""
    for _ in range(TURNS):
        for person in people:
            await office.say(person, chance.choice(TEXTS))
            await asyncio.sleep(chance.uniform(0.05, 0.25))


async def kill_and_start(service: Serving, started: Callable[[], None], chance: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.3, 2.5))
        await asyncio.to_thread(service.kill)
        await asyncio.to_thread(service.start)
        started()


@SQLITE
@pytest.mark.parametrize("mode", [pytest.param("webhook", marks=IN_SOAK), "polling"])
async def test_the_process_that_accepts_is_killed_and_every_update_is_answered_once(
    office: Office, store: Store, double: TelegramDouble, mode: str, engine: str
) -> None:
    accepts, answers = office.serving("web", name="accepts"), office.serving("work", "send", name="answers")
    chance, people = random.Random(5), [double.person() for _ in range(PEOPLE)]

    def started() -> None:
        if mode == "webhook":
            hook(double, accepts)

    with running(answers, accepts):
        started()
        await asyncio.gather(write(office, people, chance), kill_and_start(accepts, started, chance))
        await until(lambda: not double.pending, seconds=DRAIN_SECONDS)
        await until_handled(store, seconds=DRAIN_SECONDS)
        await until_sent(store, seconds=DRAIN_SECONDS)
        assert await asyncio.to_thread(accepts.stop) == 0
        assert await asyncio.to_thread(answers.stop) == 0
    told = {person.id: len(double.shown(person)) for person in people}
    print(f"\ntelegram, {mode}: {KILLS} kills, {PEOPLE * TURNS} written, {sum(told.values())} answers")
    assert set(told.values()) == {TURNS}
    assert await count(store, select(func.count()).select_from(inbox)) == PEOPLE * TURNS
    assert await count(store, select(func.count()).select_from(quarantine)) == 0
    office.check()


@SQLITE
@pytest.mark.parametrize("mode", ["webhook", pytest.param("polling", marks=IN_SOAK)])
async def test_the_whole_service_is_killed_and_nobody_is_left_without_an_answer(
    office: Office, store: Store, double: TelegramDouble, mode: str, engine: str
) -> None:
    service = office.serving()
    chance, people = random.Random(6), [double.person() for _ in range(PEOPLE)]

    def started() -> None:
        if mode == "webhook":
            hook(double, service)

    with running(service):
        started()
        await asyncio.gather(write(office, people, chance), kill_and_start(service, started, chance))
        await until(lambda: not double.pending, seconds=DRAIN_SECONDS)
        await until_handled(store, seconds=DRAIN_SECONDS)
        await until_sent(store, seconds=DRAIN_SECONDS)
        assert await asyncio.to_thread(service.stop) == 0
    async with store.read() as connection:
        rows = (await connection.execute(select(inbox.c.id, inbox.c.state))).all()
        replies = (await connection.execute(select(outbox.c.dedupe_key, outbox.c.state))).all()
    told = sum(len(double.shown(person)) for person in people)
    print(f"\ntelegram, {mode}, whole service: {KILLS} kills, {PEOPLE * TURNS} written, {told} answers")
    assert len(rows) == PEOPLE * TURNS
    assert {row.state for row in rows} == {"done"}
    assert sorted(row.dedupe_key for row in replies) == sorted(f"inbox:{row.id}:0" for row in rows)
    assert {row.state for row in replies} == {"sent"}
    # Telegram knows no key (T70): what was under way when the process died may have arrived, and is sent again
    assert PEOPLE * TURNS <= told <= PEOPLE * TURNS + KILLS * PEOPLE
    office.check()


@POSTGRES
@pytest.mark.parametrize("mode", ["polling"])
async def test_of_two_processes_that_accept_one_fetches_and_the_other_follows_it_when_it_dies(
    office: Office, store: Store, double: TelegramDouble, mode: str, engine: str
) -> None:
    one, other = office.serving("web", name="one"), office.serving("web", name="other")
    answers = office.serving("work", "send", name="answers")
    chance, people = random.Random(7), [double.person() for _ in range(PEOPLE)]
    with running(answers, one):
        await until(lambda: "getupdates" in double.calls)
        with running(other):
            await write(office, people, chance)
            await until(lambda: not double.pending, seconds=DRAIN_SECONDS)
            assert double.refusals == [], "two at once would be 409"
            await asyncio.to_thread(one.kill)
            await write(office, people, chance)
            await until(lambda: not double.pending, seconds=DRAIN_SECONDS)
            await until_handled(store, seconds=DRAIN_SECONDS)
            await until_sent(store, seconds=DRAIN_SECONDS)
    assert {len(double.shown(person)) for person in people} == {2 * TURNS}
    office.check()
