"""Pairs of tokens: one refresher at a time, and what a dead one leaves behind is never taken for good."""

import asyncio
from datetime import timedelta

import pytest

from bot.core.errors import StoreError
from bot.store import tokens
from bot.store.backup import back_up
from bot.store.restore import restore
from bot.store.tables import tokens as table
from bot.store.tokens import CRASHED, LEASE, LONGEST, RESTORED, Pair, Place, TokenState
from gateway.zalo.oauth import SECONDS
from tests.conftest import open_store
from tests.support.rows import NOW, rows

PLACE = Place(channel="zalo", account="4318")
FIRST, SECOND = Pair(access="a-1", refresh="r-1"), Pair(access="a-2", refresh="r-2")
LATER = NOW + timedelta(hours=25)
TICK = timedelta(microseconds=1)


async def put(store, pair=FIRST, *, place=PLACE):
    return await tokens.put(store, place, pair, now=NOW, expires_at=LATER)


async def claim(store, refresher="a", *, version=1, now=NOW):
    return await tokens.claim(store, PLACE, version=version, refresher=refresher, now=now)


async def replace(store, *, version=1):
    return await tokens.replace(store, PLACE, SECOND, version=version, now=NOW, expires_at=LATER)


async def test_nobody_has_a_pair_before_the_first_log_in(store):
    assert await tokens.find(store, PLACE) is None
    assert await claim(store) is None
    assert await tokens.list_states(store) == {}


async def test_a_pair_is_found_as_it_was_put(store):
    assert await put(store) == 1
    found = await tokens.find(store, PLACE)
    assert (found.pair, found.version, found.state) == (FIRST, 1, TokenState.GOOD)
    assert (found.obtained_at, found.expires_at, found.refresher) == (NOW, LATER, None)


async def test_neither_the_table_nor_a_trace_shows_a_token(store):
    await put(store)
    ((sealed,),) = await rows(store, table, "sealed")
    assert b"a-1" not in sealed
    assert b"r-1" not in sealed
    assert "a-1" not in repr(await tokens.find(store, PLACE))


async def test_every_log_in_has_a_version_of_its_own(store):
    assert [await put(store), await put(store, SECOND)] == [1, 2]
    assert (await tokens.find(store, PLACE)).pair == SECOND


async def test_the_pair_of_one_account_opens_for_no_other(store):
    other = Place(channel="zalo", account="5555")
    await put(store)
    await put(store, SECOND, place=other)
    ((sealed,), _) = await rows(store, table, "sealed")
    await store.write(lambda connection: connection.execute(table.update().values(sealed=sealed)))
    assert (await tokens.find(store, PLACE)).pair == FIRST
    with pytest.raises(StoreError, match="does not fit the key"):
        await tokens.find(store, other)


async def test_of_many_who_want_to_refresh_one_may(store, open_another):
    await put(store)
    stores = [store, *[await open_another(f"process {number}") for number in range(4)]]
    names = [f"refresher {number}" for number in range(20)]
    found = await asyncio.gather(*(claim(stores[number % 5], name) for number, name in enumerate(names)))
    assert sum(kept.refresher == name for kept, name in zip(found, names, strict=True)) == 1


async def test_a_lease_lasts_longer_than_a_request(store):
    assert timedelta(seconds=SECONDS * 2) < LEASE


async def test_whoever_comes_after_a_refresh_sees_the_newer_pair(store):
    await put(store)
    await claim(store)
    assert await replace(store)
    found = await claim(store, "b")
    assert (found.pair, found.version, found.refresher) == (SECOND, 2, None)


@pytest.mark.parametrize("moment", [NOW + LEASE, NOW - LONGEST], ids=["later", "the clock was set back"])
async def test_a_refresh_that_nobody_saw_end_leaves_an_unknown_state(store, moment):
    await put(store)
    await claim(store, "dead")
    found = await claim(store, "b", now=moment)
    assert (found.state, found.reason, found.refresher) == (TokenState.UNKNOWN, CRASHED, None)
    again = await claim(store, "c", now=moment)
    assert (again.state, again.refresher) == (TokenState.UNKNOWN, None), "it is never refreshed again"


async def test_until_its_lease_ends_a_refresher_is_alive(store):
    await put(store)
    claimed = await claim(store, "slow")
    assert not claimed.is_abandoned(NOW + LEASE - TICK)
    assert claimed.is_abandoned(NOW + LEASE)
    found = await claim(store, "b", now=NOW + LEASE - TICK)
    assert (found.state, found.refresher) == (TokenState.GOOD, "slow")


async def test_a_pair_that_comes_late_is_good_all_the_same(store):
    await put(store)
    await claim(store, "slow")
    await claim(store, "b", now=NOW + LEASE)
    assert await replace(store)
    found = await tokens.find(store, PLACE)
    assert (found.pair, found.state, found.reason) == (SECOND, TokenState.GOOD, "")


async def test_a_log_in_between_has_the_better_pair(store):
    await put(store)
    await claim(store, "slow")
    await put(store, Pair(access="new", refresh="new"))
    assert not await replace(store)
    assert not await tokens.condemn(store, PLACE, version=1, state=TokenState.UNKNOWN, reason="")
    assert (await tokens.find(store, PLACE)).pair.access == "new"


async def test_a_log_in_mends_whatever_was_wrong(store):
    await put(store)
    assert await tokens.condemn(store, PLACE, version=1, state=TokenState.REFUSED, reason="because")
    assert await tokens.list_states(store) == {PLACE: TokenState.REFUSED}
    await put(store, SECOND)
    found = await tokens.find(store, PLACE)
    assert (found.state, found.reason, found.version) == (TokenState.GOOD, "", 2)


async def test_a_lease_that_is_given_up_is_free_at_once(store):
    await put(store)
    await claim(store, "a")
    await tokens.release(store, PLACE, version=1, refresher="another")
    assert (await claim(store, "b")).refresher == "a"
    await tokens.release(store, PLACE, version=1, refresher="a")
    assert (await claim(store, "b")).refresher == "b"


async def test_a_pair_from_a_backup_is_not_trusted(store, blank_url, tmp_path):
    await put(store)
    await claim(store)
    await back_up(store, tmp_path / "backup.db", now=NOW)
    async with open_store(blank_url, owner="restored") as target:
        await restore(target, tmp_path / "backup.db", now=NOW)
        found = await tokens.find(target, PLACE)
    assert (found.state, found.reason, found.refresher) == (TokenState.UNKNOWN, RESTORED, None)
