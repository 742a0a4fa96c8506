"""Every role twice, each a process of its own: any of them may die; the limit of an account holds in sum."""

import asyncio
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from sqlalchemy import select

from bot.store.engine import Store
from bot.store.tables import inbox, mailbox, outbox, outbox_parts
from simulator.kannel.sendsms import SendSms, Sms, running_sendsms
from tests.support.crowd import until_handled, until_sent
from tests.support.deaf import running_deaf_relay
from tests.support.phones import CHANNEL, Phone, kannel_account, phone
from tests.support.serving import Person, Serving, running

POSTGRES = pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
ROLES = ("web", "work", "send", "tick")
KILLS = int(os.environ.get("ROLE_KILLS", "5"))
PAGES, PHONES, TURNS = 12, 8, 60
RATE = 9.0
"""Segments a second of the SMS account: fewer than people ask for, so that a queue builds up."""
LONG_SECONDS, SHORT_SECONDS = 10.0, 0.5
DRAIN_SECONDS = 200
TEXTS = ("HD", "danh muc", "dan so quang ngai", "EN", "cảm ơn")


def processes(folder: Path, store_url: str, *, settings: str = "", each: int = 2) -> list[Serving]:
    """``each`` processes of every role; those of the role web first."""
    made = []
    for role in ROLES:
        for number in range(each):
            own = folder / f"{role}{number}"
            own.mkdir()
            made.append(Serving(folder=own, store_url=store_url, roles=(role,), settings=settings, name=role))
    return made


@dataclass(slots=True)
class Crowd:
    """People on the chat page and on the phone who write all the time, now to one process, now to the other."""

    webs: Sequence[Serving]
    chance: Random
    accepted: set[str] = field(default_factory=set)
    closing: bool = False

    async def write(self, http: aiohttp.ClientSession) -> None:
        """Write until told to close, at most :data:`TURNS` messages each."""
        people: list[Person | Phone] = [Person(name=str(number)) for number in range(PAGES)]
        people += [phone(number) for number in range(PHONES)]
        await asyncio.gather(*(self._talk(http, place, person) for place, person in enumerate(people)))

    async def _talk(self, http: aiohttp.ClientSession, place: int, person: Person | Phone) -> None:
        for turn in range(TURNS):
            if self.closing:
                return
            body = {"id": f"{place}-{turn}", "text": self.chance.choice(TEXTS)}
            while await person.post(http, self.chance.choice(self.webs).url, body) != 200:
                await asyncio.sleep(0.1)
            self.accepted.add(body["id"])
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))


async def kill_often(services: Sequence[Serving], chance: Random) -> Counter[str]:
    """Kill one process after the other, each role at least once, and start it again a little later; how often each."""
    victims = [chance.choice([one for one in services if one.roles == (role,)]) for role in ROLES]
    victims += chance.choices(services, k=KILLS - len(ROLES))
    chance.shuffle(victims)
    for victim in victims:
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        await asyncio.to_thread(victim.kill)
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        await asyncio.to_thread(victim.start)
    return Counter(victim.roles[0] for victim in victims)


def part_of(sms: Sms) -> str:
    """Which part of which message it was: our own id stands in the address for reports."""
    return parse_qs(urlsplit(sms.reports_to).query)["id"][0]


def most_segments(arrived: Sequence[Sms], seconds: float) -> int:
    """The most that arrived in any span of ``seconds``, in segments."""
    times = [sms.at for sms in arrived]
    costs = [sms.cost.segments for sms in arrived]
    ends = (bisect_left(times, at + seconds) for at in times)
    return max(sum(costs[begin:end]) for begin, end in enumerate(ends))


async def check_everything_arrived(store: Store, crowd: Crowd, kannel: SendSms, kills: Counter[str]) -> None:
    """Nothing lost, nothing doubled – but what a killed sender had just sent may have come twice, once more each."""
    async with store.read() as connection:
        stored = (await connection.execute(select(inbox.c.external_id, inbox.c.id, inbox.c.state))).all()
        replies = (await connection.execute(select(outbox.c.dedupe_key, outbox.c.state))).all()
        keys = (
            await connection.execute(select(outbox_parts.c.outbox_id, outbox_parts.c.number, outbox_parts.c.channel))
        ).all()
        mails = (await connection.execute(select(mailbox.c.key))).scalars().all()
    assert {row.external_id for row in stored} == crowd.accepted
    assert len(stored) == len(crowd.accepted)
    assert {row.state for row in stored} == {"done"}
    assert sorted(row.dedupe_key for row in replies) == sorted(f"inbox:{row.id}:0" for row in stored)
    assert {row.state for row in replies} == {"sent"}
    sent: dict[bool, set[str]] = {True: set(), False: set()}
    for row in keys:
        sent[row.channel == CHANNEL].add(f"{row.outbox_id}:{row.number}")
    assert sorted(mails) == sorted(sent[False])
    came = Counter(map(part_of, kannel.arrived))
    doubled = came.total() - len(came)
    print(f"\n{len(stored)} messages, kills {dict(kills)}; SMS: {len(came)} parts, {doubled} repeated after a kill")
    assert set(came) == sent[True]
    assert max(came.values()) <= 1 + kills["send"]
    assert doubled <= kills["send"] * RATE


@asynccontextmanager
async def web_session() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections as short as their request: the process behind may be gone at the next."""
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(5)) as http:
        yield http


@POSTGRES
@pytest.mark.timeout(900)  # starting eight processes and ten more takes what the machine needs for it
async def test_any_process_may_be_killed_and_the_limit_of_an_account_holds_in_sum(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    chance = Random(11)
    async with running_sendsms() as kannel, web_session() as http:
        services = processes(tmp_path, engine_url, settings=kannel_account(kannel.url, rate=RATE))
        with running(*services):
            crowd = Crowd(services[:2], chance)
            writing = asyncio.create_task(crowd.write(http))
            kills = await kill_often(services, chance)
            crowd.closing = True
            await writing
            await until_handled(store, seconds=DRAIN_SECONDS)
            await until_sent(store, seconds=DRAIN_SECONDS)
    most = {seconds: most_segments(kannel.arrived, seconds) for seconds in (SHORT_SECONDS, 1.0, LONG_SECONDS)}
    await check_everything_arrived(store, crowd, kannel, kills)
    print(
        f"at {RATE:g} segments a second, the most in {', '.join(f'{span:g} s: {cost}' for span, cost in most.items())}"
    )
    # what is sent a second apart may arrive closer together, but not in half the time
    assert most[SHORT_SECONDS] <= RATE
    assert most[LONG_SECONDS] <= RATE * (LONG_SECONDS + 1)
    assert most[LONG_SECONDS] > RATE * LONG_SECONDS / 2, "the limit was felt"


@POSTGRES
async def test_processes_that_hear_no_notification_find_their_work_by_polling(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    async with running_deaf_relay(engine_url) as relay, web_session() as http:
        services = processes(tmp_path, relay.url, each=1)
        try:
            for service in services:
                await asyncio.to_thread(service.start)
            for turn in range(1, 4):
                assert await person.post(http, services[0].url, {"id": str(turn), "text": "HD"}) == 200
                assert len(await person.replies(http, services[0].url, expect=turn, seconds=30)) == turn
        finally:
            for service in services:
                await asyncio.to_thread(service.stop)
    assert relay.swallowed > 0, "notifications were sent, and nobody heard them"
