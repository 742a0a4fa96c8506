"""One process sends for an account at a time, and an account never waits for a process that is gone."""

import asyncio
from datetime import timedelta

import pytest

from bot.store import leases, outbox
from bot.store.leases import LEASE, SKEW
from bot.store.outbox import claim_queues
from tests.support.rows import MINUTE, NOW, message, queue, receive

PLACE = {"channel": "web", "account": "main"}
TICK = timedelta(microseconds=1)


async def hold(store, owner: str, *, now=NOW):
    return await leases.hold(store, **PLACE, owner=owner, now=now)


async def test_the_first_holder_follows_nobody(store):
    lease = await hold(store, "a")
    assert (lease.until, lease.former) == (NOW + LEASE, None)


async def test_while_one_holds_the_account_another_does_not(store, open_another):
    other = await open_another("other")
    assert await hold(store, "a")
    assert await hold(other, "b") is None
    assert await hold(other, "b", now=NOW + LEASE - TICK) is None


async def test_of_many_who_ask_at_once_one_gets_it(store, open_another):
    stores = [store, *[await open_another(f"process {number}") for number in range(5)]]
    found = await asyncio.gather(*(hold(one, f"owner {number}") for number, one in enumerate(stores)))
    assert sum(lease is not None for lease in found) == 1


async def test_of_many_who_find_a_dead_holder_one_gets_it(store, open_another):
    stores = [store, *[await open_another(f"process {number}") for number in range(5)]]
    assert await hold(store, "dead")
    late = NOW + LEASE
    found = await asyncio.gather(*(hold(one, f"owner {number}", now=late) for number, one in enumerate(stores)))
    assert sum(lease is not None for lease in found) == 1


async def test_a_holder_that_renews_keeps_the_account(store):
    assert await hold(store, "a")
    renewed = await hold(store, "a", now=NOW + LEASE / 2)
    assert (renewed.until, renewed.former) == (NOW + LEASE * 1.5, None)
    assert await hold(store, "b", now=NOW + LEASE) is None


async def test_a_dead_holder_is_followed_and_may_have_sent_just_now(store):
    assert await hold(store, "dead")
    lease = await hold(store, "b", now=NOW + LEASE)
    assert (lease.until, lease.former) == (NOW + LEASE * 2, NOW + LEASE)
    assert await hold(store, "dead", now=NOW + LEASE) is None, "who was taken for dead has lost it"


async def test_who_gave_it_up_is_followed_at_once_and_said_when(store):
    assert await hold(store, "a")
    await leases.release(store, **PLACE, owner="a", now=NOW + TICK)
    lease = await hold(store, "b", now=NOW + MINUTE)
    assert lease.former == NOW + TICK + SKEW, "its clock may be behind ours by so much"


async def test_nobody_gives_up_what_another_holds(store):
    assert await hold(store, "a")
    await leases.release(store, **PLACE, owner="b", now=NOW)
    assert await hold(store, "b") is None


@pytest.mark.parametrize("hours", [1, 24 * 365])
async def test_a_clock_set_back_does_not_lock_an_account(store, hours):
    assert await hold(store, "a", now=NOW + MINUTE * 60 * hours)
    lease = await hold(store, "b")
    assert (lease.until, lease.former) == (NOW + LEASE, NOW)


async def test_a_holder_whose_clock_is_set_back_keeps_its_account(store):
    assert await hold(store, "a", now=NOW + MINUTE * 60)
    lease = await hold(store, "a")
    assert (lease.until, lease.former) == (NOW + LEASE, None)


async def test_the_one_process_of_a_file_does_not_wait_for_its_dead_predecessor(store):
    assert await hold(store, "dead")
    await outbox.release_stale(store)
    lease = await hold(store, "b", now=NOW + TICK)
    assert lease.former == NOW + TICK, "it may have sent until it died"


async def test_accounts_are_held_apart(store):
    assert await hold(store, "a")
    assert await leases.hold(store, channel="web", account="second", owner="b", now=NOW)
    assert await leases.hold(store, channel="kannel", account="main", owner="b", now=NOW)


async def test_only_the_holder_claims(store):
    await receive(store, message(1))
    await queue(store, "a")
    assert await hold(store, "holder")

    async def claim(owner: str, now=NOW):
        return await claim_queues(store, **PLACE, now=now, limit=9, messages=8, holder=owner)

    assert await claim("other") == []
    assert await claim("holder", now=NOW + LEASE) == [], "its lease is over"
    (claimed,) = await claim("holder")
    assert [one.reply.text for one in claimed.messages] == ["a"]
