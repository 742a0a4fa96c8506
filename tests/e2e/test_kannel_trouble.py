"""Kannel and the service die and come back, each at the worst moment: nobody's question is lost, nobody is told twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.delivery import DeliveryState
from bot.store.engine import Store
from tests.support.crowd import until_handled
from tests.support.handset import covered_handset
from tests.support.sms_line import CODE, SmsLine, ask, running_line

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
ANNA = "84912345678"
QUESTION = "DL danh muc"


@pytest_asyncio.fixture
async def line(tmp_path: Path, engine: str, engine_url: str, store: Store) -> AsyncIterator[SmsLine]:
    async with running_line(tmp_path, engine_url, store) as running:
        yield running


async def until_called(line: SmsLine, number: int) -> None:
    """Wait until Kannel has called ``number`` times with a message."""
    async with asyncio.timeout(30):
        while len(line.door.messages()) < number:
            await asyncio.sleep(0.02)


async def test_what_kannel_holds_while_the_service_is_dead_arrives_once_and_is_answered_once(
    line: SmsLine, engine: str
) -> None:
    async with covered_handset(line.kannel.handset_port) as handset:
        line.service.kill()
        await handset.write(ANNA, CODE, QUESTION)
        await until_called(line, 2)
        line.restart_service()
        (reply,) = await handset.until(1, seconds=30)
        await ask(handset, ANNA, "DL HD")
        assert reply.to == ANNA
        assert len(await line.inbox()) == 2
        assert len(handset.screen) == 2


async def test_a_service_killed_in_the_middle_of_many_talks_loses_nobody(line: SmsLine, engine: str) -> None:
    people = [f"849123450{number:02}" for number in range(12)]
    async with covered_handset(line.kannel.handset_port) as handset:
        for person in people:
            await handset.write(person, CODE, QUESTION)
        await until_called(line, 3)
        line.service.kill()
        line.restart_service()
        async with asyncio.timeout(60):
            while {shown.to for shown in handset.screen} != set(people):
                await asyncio.sleep(0.1)
        async with asyncio.timeout(30):
            while len(await line.inbox()) < len(people):
                await asyncio.sleep(0.1)
        twice = [person for person, times in Counter(shown.to for shown in handset.screen).items() if times > 1]
        print(f"\n{len(people)} people, service killed while they wrote: all answered; told twice: {len(twice)}")
        assert len(await line.inbox()) == len(people)
        assert max(Counter(shown.to for shown in handset.screen).values()) <= 2, "an unknown result is repeated once"


async def test_replies_wait_while_kannel_is_away(line: SmsLine, engine: str, store: Store) -> None:
    line.kannel.stop()
    assert await line.post(ANNA, QUESTION, id="while-away") == 200
    await until_handled(store, seconds=20)
    await asyncio.sleep(1)
    line.kannel.start()
    async with covered_handset(line.kannel.handset_port) as handset:
        await handset.until(1, seconds=30)
        await line.until_state(f"+{ANNA}", DeliveryState.DELIVERED)
        assert len(handset.screen) == 1


async def test_a_reply_that_bearerbox_holds_survives_its_sudden_end(line: SmsLine, engine: str) -> None:
    async with covered_handset(line.kannel.handset_port) as handset:
        await ask(handset, ANNA, "DL HD")
    assert await line.post(ANNA, QUESTION, id="no-coverage") == 200
    async with asyncio.timeout(20):
        while len(await line.part_states(f"+{ANNA}")) < 2:
            await asyncio.sleep(0.05)
    line.kannel.kill("smsbox", "bearerbox")
    line.kannel.start()
    async with covered_handset(line.kannel.handset_port) as handset:
        (reply,) = await handset.until(1, seconds=30)
        assert reply.to == ANNA


async def test_questions_wait_in_files_while_smsbox_is_away_and_bearerbox_dies(line: SmsLine, engine: str) -> None:
    people = [f"849123451{number:02}" for number in range(5)]
    line.kannel.kill("smsbox")
    async with covered_handset(line.kannel.handset_port) as handset:
        for person in people:
            await handset.write(person, CODE, QUESTION)
        async with asyncio.timeout(20):
            while len(list((line.kannel.folder / "store").rglob("*-*"))) < len(people):
                await asyncio.sleep(0.05)
    line.kannel.kill("bearerbox")
    line.kannel.start()
    async with covered_handset(line.kannel.handset_port) as handset:
        await handset.until(len(people), seconds=30)
        assert Counter(shown.to for shown in handset.screen) == Counter(people)
        assert len(await line.inbox()) == len(people)
