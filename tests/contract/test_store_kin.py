"""A person is known by more than one address: what they said counts, and is forgotten, under all of them."""

import dataclasses

import aiohttp
import pytest

from bot.core.delivery import Lane, OutboxState
from bot.core.effects import RecordConsent
from bot.core.messages import Address
from bot.store import consents
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.tables import consents as consents_table
from bot.store.tables import conversations, ladders, outbox, rungs
from tests.support.climb import must_reach
from tests.support.crowd import ACCOUNT, CHANNEL, message
from tests.support.desk import Desk, Provider
from tests.support.rows import receive, rows

AN = Address(channel=CHANNEL, account=ACCOUNT, user="an")
THERE = dataclasses.replace(AN, account="second")
BINH = dataclasses.replace(AN, user="binh")


def _kin(address: Address) -> tuple[Address, ...]:
    """Whoever has one name has it on both accounts."""
    both = (dataclasses.replace(address, account=account) for account in (ACCOUNT, "second"))
    return tuple(dict.fromkeys((address, *both)))


@pytest.fixture
async def desk(store: Store):
    store.vault.kin = _kin
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


async def says(desk: Desk, address: Address, *, topic: str | None, given: bool) -> None:
    said = RecordConsent(topic=topic, given=given, evidence="…")
    person = desk.store.vault.person(address)
    await desk.store.write(lambda connection: consents.record(connection, person, said, now=desk.now))


async def reminded(desk: Desk, *, lane: Lane = Lane.REMINDER) -> tuple[list[str], list[str]]:
    """Who has got the reminder that was queued for AN, and where it stands."""
    await must_reach(desk, lane=lane)
    await desk.work(desk.sender())
    return [user for user, _ in desk.provider.arrived], [state for (state,) in await rows(desk.store, outbox, "state")]


@pytest.mark.parametrize("place", [AN, THERE], ids=["here", "on another account"])
async def test_who_has_said_stop_gets_nothing_unasked(desk: Desk, place: Address):
    await says(desk, place, topic=None, given=False)
    assert await reminded(desk) == ([], [OutboxState.EXPIRED])


async def test_a_stop_counts_for_what_is_queued_already(desk: Desk):
    await must_reach(desk)
    await says(desk, THERE, topic=None, given=False)
    await desk.work(desk.sender())
    assert desk.provider.arrived == []


async def test_what_somebody_waits_for_still_comes(desk: Desk):
    await says(desk, THERE, topic=None, given=False)
    assert await reminded(desk, lane=Lane.ANSWER) == (["an"], [OutboxState.SENT])


async def test_somebody_elses_stop_is_not_theirs(desk: Desk):
    await says(desk, BINH, topic=None, given=False)
    assert (await reminded(desk))[0] == ["an"]


async def test_a_wish_after_a_stop_counts_wherever_it_was_said(desk: Desk):
    await says(desk, AN, topic=None, given=False)
    await says(desk, THERE, topic="giá cả", given=True)
    assert (await reminded(desk))[0] == ["an"]


async def test_to_withdraw_one_topic_after_all_of_them_brings_nothing_back(desk: Desk):
    await says(desk, AN, topic=None, given=False)
    await says(desk, AN, topic="giá cả", given=False)
    assert (await reminded(desk))[0] == []


async def test_what_is_not_wanted_here_goes_where_it_might_be(desk: Desk):
    await says(desk, AN, topic=None, given=False)
    await must_reach(desk, BINH, confirm_within=None)
    for _ in range(2):
        await desk.work(desk.sender(accounts={(CHANNEL, ACCOUNT)}))
    assert [user for user, _ in desk.provider.arrived] == ["binh"]


async def test_a_notice_that_was_wanted_on_one_account_is_not_after_a_stop_on_the_other(desk: Desk):
    people = desk.store.vault.people(AN)
    await says(desk, AN, topic="bảo trì", given=True)
    assert await consents.agreed(desk.store, people, "bảo trì")
    await says(desk, THERE, topic=None, given=False)
    assert not await consents.agreed(desk.store, people, "bảo trì")


async def test_who_is_forgotten_is_forgotten_on_every_account(desk: Desk):
    await must_reach(desk, THERE)
    await receive(desk.store, dataclasses.replace(message("an", 1, "xin chào", desk.now), address=THERE))
    await says(desk, THERE, topic="giá cả", given=True)
    await receive(desk.store, message("binh", 0, "xin chào", desk.now))
    erased = await erase(desk.store, AN, now=desk.now)
    assert erased["conversations"] == 2
    assert await rows(desk.store, conversations, "person") == [(desk.store.vault.person(BINH),)]
    for table in (ladders, rungs, outbox, consents_table):
        assert await rows(desk.store, table, table.c.keys()[0]) == []
    assert await erase(desk.store, THERE, now=desk.now) == {}
