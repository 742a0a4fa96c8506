"""What the real service owes the people who write to it: order, one reply, no message left lying, a talk that survives."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import func, select, update

from bot.core.messages import Address
from bot.store.engine import Store
from bot.store.tables import conversations, inbox, mailbox, outbox
from tests.support.crowd import ACCOUNT, CHANNEL, count, message, put_in, until_handled, until_sent
from tests.support.engines import POSTGRES_IN_SOAK
from tests.support.serving import Person, Serving, running

AT_ONCE = 64
EACH = 6
LONGEST_UNHANDLED_SECONDS = 30


@POSTGRES_IN_SOAK
async def test_h1_each_persons_messages_are_handled_in_their_order_among_sixty_four_people(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """All write at the same time; whoever writes faster than we answer is still answered in order."""
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:
            await asyncio.gather(*(_write_all(http, service.url, f"p{number}") for number in range(AT_ONCE)))
        await until_handled(store, seconds=60)
        await until_sent(store, seconds=60)
    written = [[f"p{number}-{turn}" for turn in range(EACH)] for number in range(AT_ONCE)]
    async with store.read() as connection:
        rows = (await connection.execute(select(inbox.c.id, inbox.c.person, inbox.c.external_id))).all()
        replies = (await connection.execute(select(mailbox.c.person, mailbox.c.key).order_by(mailbox.c.number))).all()
        origins = dict(tuple(row) for row in await connection.execute(select(outbox.c.id, outbox.c.origin)))
    external = {f"inbox:{row.id}": row.external_id for row in rows}
    seen: dict[str, list[str]] = {}
    for reply in replies:
        seen.setdefault(reply.person, []).append(external[origins[int(reply.key.partition(":")[0])]])
    assert sorted(seen.values()) == sorted(written)


async def _write_all(http: aiohttp.ClientSession, url: str, name: str) -> None:
    person = Person(name=name)
    for turn in range(EACH):
        text = ("HD", "dan so quang ngai", "danh muc")[turn % 3]
        assert await person.post(http, url, {"id": f"{name}-{turn}", "text": text}) == 200


@POSTGRES_IN_SOAK
async def test_h1_nobody_waits_for_the_message_of_somebody_else(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """Another worker holds one person's talk and does not come back: that person waits for it, the others do not."""
    slow, quick = Person(name="slow"), [Person(name=f"quick {number}") for number in range(AT_ONCE)]
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            assert await slow.post(http, service.url, {"id": "slow 1", "text": "HD"}) == 200
            await until_handled(store, seconds=20)
            until = datetime.now(UTC) + timedelta(seconds=6)
            held = update(conversations).values(lease_owner="another", lease_until=until)
            await store.write(lambda connection: connection.execute(held))
            assert await slow.post(http, service.url, {"id": "slow 2", "text": "danh muc"}) == 200
            for person in quick:
                assert await person.post(http, service.url, {"id": person.name, "text": "HD"}) == 200
                assert len(await person.replies(http, service.url, expect=1, seconds=20)) == 1
                if datetime.now(UTC) > until:
                    break
            assert len(await slow.replies(http, service.url, expect=2, seconds=20)) == 2
    assert await _handled_before(store, "slow 2") >= 1


async def _handled_before(store: Store, external_id: str) -> int:
    """How many were stored after this message and handled before it."""
    async with store.read() as connection:
        row = (
            await connection.execute(select(inbox.c.id, inbox.c.finished_at).where(inbox.c.external_id == external_id))
        ).one()
    return await count(
        store,
        select(func.count()).select_from(inbox).where(inbox.c.id > row.id, inbox.c.finished_at < row.finished_at),
    )


@POSTGRES_IN_SOAK
async def test_h2_a_kill_between_handling_and_sending_leaves_one_reply(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    serving = Serving(folder=tmp_path, store_url=engine_url, roles=("web", "work"))
    with running(serving) as (service,):
        async with aiohttp.ClientSession() as http:
            assert await person.post(http, service.url, {"id": "1", "text": "HD"}) == 200
            await until_handled(store, seconds=20)
            service.kill()
            assert await count(store, select(func.count()).select_from(mailbox)) == 0
            service.roles = ()
            service.start()
            assert len(await person.replies(http, service.url, expect=1, seconds=30)) == 1
            replies = await person.replies(http, service.url, expect=2, seconds=3)
    assert len(replies) == 1
    assert await count(store, select(func.count()).select_from(outbox)) == 1


async def test_h3_nothing_that_was_left_unhandled_lies_longer_than_half_a_minute_after_the_start(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """Left by a worker that was killed, by one whose lease still runs, and by a wake-up that was lost."""
    people = [f"p{number}" for number in range(60)]
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    await put_in(store, [message(user, turn, "HD", an_hour_ago) for turn in range(3) for user in people])
    keys = [store.vault.person(Address(channel=CHANNEL, account=ACCOUNT, user=user)) for user in people]
    leased = {"lease_owner": "dead", "lease_until": datetime.now(UTC) + timedelta(seconds=6)}
    for left, values in ((keys[:20], leased), (keys[20:40], {"due_at": None, "waiting_since": None})):
        change = update(conversations).where(conversations.c.person.in_(left)).values(values)
        await store.write(lambda connection, change=change: connection.execute(change))
    with running(Serving(folder=tmp_path, store_url=engine_url)):
        await until_handled(store, seconds=LONGEST_UNHANDLED_SECONDS)
        await until_sent(store, seconds=30)
    assert await count(store, select(func.count()).select_from(outbox)) == 180


async def test_h4_a_talk_goes_on_after_kill_9_where_it_stood(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """ "2" still means the second entry of the menu that was shown before."""
    second: dict[bool, str] = {}
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            for killed in (False, True):
                person = Person(name=f"killed {killed}")
                assert await person.post(http, service.url, {"id": f"{killed} 1", "text": "danh muc"}) == 200
                assert len(await person.replies(http, service.url, expect=1, seconds=20)) == 1
                if killed:
                    service.kill()
                    service.start()
                assert await person.post(http, service.url, {"id": f"{killed} 2", "text": "2"}) == 200
                menu, entry = await person.replies(http, service.url, expect=2, seconds=20)
                assert entry["text"] != menu["text"]
                second[killed] = entry["text"]
    assert second[True] == second[False]


@POSTGRES_IN_SOAK
async def test_h5_the_same_answer_twice_is_two_answers_and_the_same_event_twice_is_one(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            for known, text in (("a", "danh muc"), ("b", "1"), ("c", "1"), ("c", "1")):
                assert await person.post(http, service.url, {"id": known, "text": text}) == 200
            assert len(await person.replies(http, service.url, expect=3, seconds=30)) == 3
            replies = await person.replies(http, service.url, expect=4, seconds=3)
    assert len(replies) == 3
    assert await count(store, select(func.count()).select_from(inbox)) == 3
