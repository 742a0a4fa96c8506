"""The record in the store: numbered without gaps by several writers, verified, read and dropped by age."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from bot.core.errors import StoreError
from bot.core.record import START, Entry, EntryKind
from bot.store.record import append, append_all, compare, forget, head, read_record, verify
from bot.store.tables import facts, record
from tests.support.rows import NOW


def entry(number=0, **more):
    named = {"kind": EntryKind.REMINDED, "at": NOW, "province": "quangngai", "document": {"text": f"Kính gửi {number}"}}
    return Entry(**named | more)


async def put(store, *entries):
    return await store.write(lambda connection: append_all(connection, entries))


async def read(store, **wanted):
    return [recorded.seq async for recorded in read_record(store, **wanted)]


async def test_writers_that_come_at_once_number_without_gaps_and_a_roll_back_leaves_none(store, open_another):
    stores = [store, await open_another("b"), await open_another("c")]

    async def fail(connection):
        await append(connection, entry())
        raise StoreError("the message could not be queued")

    async def one(number):
        chosen = stores[number % 3]
        if number % 4 == 3:
            with pytest.raises(StoreError):
                await chosen.write(fail)
            return []
        return await put(chosen, entry(number), entry(number, kind=EntryKind.RECEIPT))

    numbers = [number for pair in await asyncio.gather(*map(one, range(24))) for number in pair]
    assert sorted(numbers) == await read(store) == list(range(1, 37))
    assert await verify(store) is None
    assert (await head(store))[0] == 36


async def test_an_entry_that_may_stand_there_once_stands_there_once(store, open_another):
    other = await open_another("b")
    twice = [put(each, entry(once="reminded/x"), entry(once="reminded/y")) for each in (store, other)]
    first, second = await asyncio.gather(*twice)
    assert first == second == [1, 2]
    assert await put(store, entry(once="reminded/z"), entry(once="reminded/z"), entry()) == [3, 3, 4]


async def test_reading_is_by_profile_agency_and_day_in_viet_nam(store):
    late = NOW.replace(hour=16, minute=59)  # 23:59 there
    await put(
        store,
        entry(agency=1),
        entry(agency=2, at=late),
        entry(agency=1, at=late + timedelta(minutes=1)),
        entry(agency=1, province="angiang"),
    )
    assert await read(store, province="quangngai", agency=1) == [1, 3]
    assert await read(store, first=date(2026, 11, 17)) == [3]
    assert await read(store, last=date(2026, 11, 16), province="quangngai") == [1, 2]


async def test_whatever_a_hand_changed_is_found_by_its_number(store):
    await put(store, *map(entry, range(5)))
    kept = {"document": {"text": "Kính gửi 2"}, "officer_id": None, "at": NOW, "hash": (await entry_at(store, 3)).hash}
    for name, value in (
        ("document", {"text": ""}),
        ("document", float("nan")),
        ("officer_id", 4),
        ("at", NOW + timedelta(1)),
        ("hash", START),
    ):
        await change(store, **{name: value})
        assert (await verify(store)).seq == 3, name
        await change(store, **{name: kept[name]})
    assert await verify(store) is None
    await store.write(lambda connection: connection.execute(record.delete().where(record.c.seq == 5)))
    assert (await verify(store)).seq == 5


async def test_an_entry_that_a_hand_put_there_is_found_behind_the_last_one_and_before_the_first_one(store):
    await put(store, entry())
    row = {
        "at": NOW,
        "kind": "reminded",
        "province": "",
        "document": {},
        "previous": (await head(store))[1],
        "hash": "x",
    }
    for seq, found in ((2, 2), (-7, 1)):
        await store.write(lambda connection, seq=seq: connection.execute(insert(record).values(**row, seq=seq)))
        assert (await verify(store)).seq == found
        await store.write(lambda connection, seq=seq: connection.execute(record.delete().where(record.c.seq == seq)))
    await store.write(lambda connection: connection.execute(update(facts).values(value="?")))
    with pytest.raises(StoreError, match="the record is not whole"):
        await verify(store)


async def test_an_entry_of_an_earlier_export_is_compared_as_long_as_it_is_kept(store):
    await put(store, *(entry(days, at=NOW - timedelta(days=days)) for days in (900, 800, 1)))
    hashes = [recorded.hash async for recorded in read_record(store)]
    await forget(store, before=NOW - timedelta(days=500))
    assert [await compare(store, seq, hashes[seq - 1]) for seq in (2, 3)] == [None, None]
    for seq, digest in ((2, hashes[0]), (3, hashes[0]), (4, hashes[2])):
        assert (await compare(store, seq, digest)).seq == seq
    with pytest.raises(StoreError, match="entry 1 was dropped for its age"):
        await compare(store, 1, hashes[0])


async def entry_at(store, seq):
    return [recorded async for recorded in read_record(store)][seq - 1]


async def change(store, **values):
    await store.write(lambda connection: connection.execute(update(record).where(record.c.seq == 3).values(values)))


async def test_what_is_old_is_dropped_from_the_beginning_and_the_rest_stays_verifiable(store):
    assert await verify(store) is None
    assert await head(store) == (0, START)
    ages = (900, 800, 100, 850, 1)
    await put(store, *(entry(days, at=NOW - timedelta(days=days)) for days in ages))
    assert await forget(store, before=NOW - timedelta(days=500)) == 2
    assert await forget(store, before=NOW - timedelta(days=500)) == 0
    assert await read(store) == [3, 4, 5]
    assert await verify(store) is None
    assert await forget(store, before=NOW) == 3
    assert await verify(store) is None
    assert await put(store, entry()) == [6]
    assert await verify(store) is None
