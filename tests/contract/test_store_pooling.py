"""By which of several accounts a message goes to a phone, and how it moves to another when its own is away."""

import dataclasses
from datetime import timedelta

import aiohttp
import pytest

from bot.core.delivery import Lane, OutboxState
from bot.core.effects import RecordConsent
from bot.core.messages import Address, Choice, Form, Reply, Sign, SignKind
from bot.core.pools import Pool
from bot.core.reach import LadderState
from bot.store import consents, standing
from bot.store.balancing import note_troubles
from bot.store.engine import Store
from bot.store.ladder import read_ladder
from bot.store.outbox import Draft, enqueue
from bot.store.pooling import route
from bot.store.tables import conversations, outbox
from gateway.errors import MisconfiguredError, OutcomeUnknownError, RefusedError, SendError, UnreachableError
from gateway.sender import Sender
from tests.conftest import NOW
from tests.support.crowd import ACCOUNT, CHANNEL, message
from tests.support.desk import Desk, Provider
from tests.support.rows import receive, rows

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
HERE, THERE, BRAND = (CHANNEL, ACCOUNT), (CHANNEL, "second"), (CHANNEL, "brand")
POOL = Pool(name="sms", weights={HERE: 51, THERE: 49})
THREE = Pool(name="sms", weights={HERE: 50, BRAND: 30, THERE: 20}, one_way=frozenset({BRAND}))
AN = Address(channel=CHANNEL, account=ACCOUNT, user="an")
AN_THERE = dataclasses.replace(AN, account="second")


async def routed(store: Store, *, draw: float, lane=Lane.REMINDER, form=False, pool=POOL, address=AN) -> str:
    await receive(store, message("an", 0, "xin chào", NOW))
    chosen = await store.write(
        lambda connection: route(connection, store.vault, [pool], address, lane=lane, form=form, draw=draw)
    )
    return chosen.account


@pytest.mark.parametrize(("draw", "account"), [(0.0, ACCOUNT), (0.5, ACCOUNT), (0.52, "second"), (0.99, "second")])
async def test_what_nobody_asked_for_goes_by_weight(store: Store, draw, account):
    assert await routed(store, draw=draw) == account


async def test_an_answer_goes_back_by_the_account_that_was_asked(store: Store):
    assert await routed(store, draw=0.99, lane=Lane.ANSWER) == ACCOUNT


async def test_an_address_in_no_pool_stays_as_it_is(store: Store):
    alone = dataclasses.replace(AN, account="alone")
    assert await routed(store, draw=0.99, address=alone) == "alone"


async def test_a_one_way_account_takes_forms_only(store: Store):
    assert await routed(store, draw=0.6, pool=THREE) == ACCOUNT
    assert await routed(store, draw=0.6, pool=THREE, form=True) == "brand"


async def test_nobody_is_written_to_from_an_account_on_which_they_refuse_us(store: Store):
    await standing.note(store, [Sign(address=AN_THERE, kind=SignKind.LEFT, at=NOW)])
    assert await routed(store, draw=0.99) == ACCOUNT


async def test_who_said_stop_on_the_other_account_gets_no_notices_from_there(store: Store):
    stop = RecordConsent(topic=None, given=False, evidence="STOP")
    person = store.vault.person(AN_THERE)
    await store.write(lambda connection: consents.record(connection, person, stop, now=NOW))
    assert await routed(store, draw=0.99) == ACCOUNT


async def test_language_and_diacritics_go_along(store: Store):
    await receive(store, message("an", 0, "xin chào", NOW))
    wish = conversations.update().values(language="en", accents=1)
    await store.write(lambda connection: connection.execute(wish))
    await routed(store, draw=0.99)
    assert await rows(store, conversations, "language", "accents") == [("en", 1)] * 2


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


def senders(desk: Desk, pool: Pool = POOL) -> list[Sender]:
    return [desk.sender(account=account, pools=[pool]) for _, account in pool.weights]


async def fail(desk: Desk, error: SendError, times: int, pool: Pool = POOL) -> None:
    """The account that was asked fails so many times, ten seconds apart."""
    first, *_ = senders(desk, pool)
    for _ in range(times):
        desk.provider.answers = [error]
        await desk.work(first)
        desk.now += 10 * SECOND


@pytest.mark.parametrize("error", [UnreachableError("away"), MisconfiguredError("password")])
async def test_what_its_account_cannot_send_goes_by_another_after_three_tries(desk: Desk, error):
    await desk.queue("trả lời")
    await fail(desk, error, 2)
    assert await desk.states() == ["queued"]
    await fail(desk, error, 1)
    assert await rows(desk.store, outbox, "state", "account") == [("elsewhere", ACCOUNT), ("queued", "second")]
    for sender in senders(desk):
        await desk.work(sender)
    assert desk.provider.arrived == [("an", "trả lời")]


@pytest.mark.parametrize("error", [OutcomeUnknownError("no answer"), RefusedError("never")])
async def test_what_may_have_left_or_will_never_be_taken_does_not_move(desk: Desk, error):
    await desk.queue("trả lời")
    await fail(desk, error, 4)
    assert {account for (account,) in await rows(desk.store, outbox, "account")} == {ACCOUNT}


async def test_what_was_unknown_once_does_not_move_afterwards(desk: Desk):
    await desk.queue("trả lời")
    await fail(desk, OutcomeUnknownError("no answer"), 1)
    await fail(desk, UnreachableError("away"), 5)
    assert await desk.states() == ["queued"]


async def test_what_has_left_in_part_stays(desk: Desk):
    await desk.queue("một " * 40)
    first = desk.sender(limit=60, pages=5, pools=[POOL])
    desk.provider.answers = [None, *[UnreachableError("away")] * 9]
    for _ in range(5):
        await desk.work(first)
        desk.now += 10 * SECOND
    assert await desk.states() == ["queued"]


async def test_it_moves_to_no_account_that_is_in_trouble_itself(desk: Desk):
    await desk.queue("trả lời")
    await fail(desk, UnreachableError("away"), 2)
    await note_troubles(desk.store, {THERE: 3}, now=desk.now)
    await fail(desk, UnreachableError("away"), 1)
    assert await desk.states() == ["queued"]
    desk.now += 60 * SECOND
    await fail(desk, UnreachableError("away"), 1)
    assert await desk.states() == ["elsewhere", "queued"]


async def test_where_all_are_away_it_moves_once_and_waits_there(desk: Desk):
    await desk.queue("trả lời", lane=Lane.REMINDER)
    for _ in range(30):
        for sender in senders(desk):
            desk.provider.answers = [UnreachableError("away")]
            await desk.work(sender)
        desk.now += HOUR
    desk.provider.answers = []
    assert await desk.states() == ["elsewhere", "queued"]
    for sender in senders(desk):
        await desk.work(sender)
    assert desk.provider.arrived == [("an", "trả lời")]


@pytest.mark.parametrize(("form", "account"), [(None, "second"), (Form(name="deadline"), "brand")])
async def test_a_one_way_account_takes_over_forms_only(desk: Desk, form, account):
    await desk.queue(Reply(text="nhắc", form=form), lane=Lane.REMINDER)
    await fail(desk, UnreachableError("away"), 3, THREE)
    assert (await rows(desk.store, outbox, "account"))[-1] == (account,)


async def test_an_answer_takes_the_talk_along_so_that_a_number_is_understood_there(desk: Desk):
    await desk.queue("1. Dân số")
    talk = conversations.update().values(
        state="lookup.list", choices=[{"label": "Dân số", "value": "lookup:1"}], updated_at=desk.now
    )
    await desk.store.write(lambda connection: connection.execute(talk))
    await fail(desk, UnreachableError("away"), 3)
    columns = ("account", "state", "choices")
    here, there = sorted(await rows(desk.store, conversations, *columns))
    assert (here[0], there[0]) == (ACCOUNT, "second")
    assert here[1:] == there[1:]


async def test_a_newer_talk_on_the_other_account_is_left_alone(desk: Desk):
    await desk.queue(Reply(text="1. Dân số", choices=(Choice(label="Dân số", value="lookup:1"),)))
    newer = dataclasses.replace(message("an", 1, "khác", NOW), address=AN_THERE)
    await receive(desk.store, newer)
    older = conversations.update().where(conversations.c.account == ACCOUNT)
    newest = conversations.update().where(conversations.c.account == "second")
    await desk.store.write(lambda connection: connection.execute(older.values(state="old", updated_at=NOW)))
    later = newest.values(state="new", updated_at=NOW + SECOND)
    await desk.store.write(lambda connection: connection.execute(later))
    await fail(desk, UnreachableError("away"), 3)
    assert sorted(await rows(desk.store, conversations, "account", "state")) == [(ACCOUNT, "old"), ("second", "new")]


async def test_a_message_that_must_reach_somebody_keeps_its_ladder_when_it_moves(desk: Desk):
    await receive(desk.store, message("an", 0, "xin chào", NOW))
    draft = Draft(
        person=desk.store.vault.person(AN),
        channel=CHANNEL,
        account=ACCOUNT,
        lane=Lane.REMINDER,
        reply=Reply(text="nhắc"),
        language="vi",
        origin="test",
        dedupe_key="k",
        confirm_within=HOUR,
    )
    await desk.store.write(lambda connection: enqueue(connection, draft, now=NOW))
    await fail(desk, UnreachableError("away"), 3)
    ladder = await read_ladder(desk.store, "k")
    assert ladder.state is LadderState.OPEN
    assert [(step.account, step.state) for step in ladder.steps] == [
        (ACCOUNT, OutboxState.ELSEWHERE),
        ("second", OutboxState.QUEUED),
    ]
