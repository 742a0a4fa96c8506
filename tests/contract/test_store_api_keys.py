"""Keys of the API: found by what opens, gone when they are revoked, and nothing of them in the database."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.store.api_keys import SECRET_BYTES, add_key, find_key, forget, list_keys, make_key, revoke_key
from bot.store.tables import api_keys
from bot.store.vault import Vault
from tests.support.api import give_key
from tests.support.rows import NOW

DAY = timedelta(days=1)


async def test_a_key_is_found_until_it_is_revoked(store):
    key = await give_key(store, units=77)
    found = await find_key(store, key, now=NOW)
    assert (found.name, found.rate) == ("Sở mẫu", 77)
    assert (await revoke_key(store, found.number, now=NOW)).revoked_at == NOW
    assert await find_key(store, key, now=NOW) is None
    assert (await revoke_key(store, found.number, now=NOW + DAY)).revoked_at == NOW
    assert await revoke_key(store, found.number + 1, now=NOW) is None


async def test_a_key_ends_with_its_time(store):
    key = await give_key(store, until=NOW + DAY)
    assert await find_key(store, key, now=NOW + DAY - timedelta(seconds=1))
    assert await find_key(store, key, now=NOW + DAY) is None


async def test_the_day_of_its_last_use_is_kept(store):
    key = await give_key(store)
    for days in (0, 0, 3):
        await find_key(store, key, now=NOW + days * DAY)
    assert [one.used_on for one in await list_keys(store)] == ["2026-11-19"]


async def test_nothing_in_the_database_opens(store):
    key = await give_key(store)
    async with store.read() as connection:
        (row,) = (await connection.execute(select(api_keys))).all()
    assert key not in repr(row)
    assert key.removeprefix("tracuu_")[:12] not in repr(row)
    assert await find_key(store, row.hash, now=NOW) is None


async def test_what_was_never_a_key_opens_nothing(store):
    key = await give_key(store)
    stranger = make_key(Vault(b"s" * 32), b"a" * SECRET_BYTES)
    wrong = [
        "", "tracuu_", "x", key[:-1], key + "a", key.upper(), key.removeprefix("tracuu_"), f"{key}\0", "tracuu_" + "đ" * 48,
        "tracuu_" + "1" * 48, stranger, key[:-1] + ("a" if key[-1] != "a" else "b"), make_key(store.vault, b"b" * SECRET_BYTES),
    ]  # fmt: skip
    assert [one for one in wrong if await find_key(store, one, now=NOW)] == []


def test_a_key_needs_all_its_entropy():
    with pytest.raises(ValueError, match="20 bytes"):
        make_key(Vault(b"s" * 32), b"short")


async def test_keys_that_ended_long_ago_are_forgotten(store):
    for number, until in enumerate((None, NOW, NOW + 9 * DAY)):
        await give_key(store, entropy=bytes([number]), until=until)
    revoked = make_key(store.vault, b"r" * SECRET_BYTES)
    await revoke_key(store, (await add_key(store, revoked, name="x", rate=1, now=NOW, expires_at=None)).number, now=NOW)
    assert await forget(store, before=NOW + DAY) == 2
    assert [key.expires_at for key in await list_keys(store)] == [NOW + 9 * DAY, None]
