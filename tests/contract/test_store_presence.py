"""Whoever changes the shape of a database is alone with it; whoever finds it changed does not go on."""

import asyncio

import pytest
from sqlalchemy import insert

from bot.core.errors import StoreError
from bot.store.migrate import migrate, pending, upgrade
from bot.store.presence import alone, others, present
from bot.store.tables import migrations
from tests.conftest import open_store
from tests.support.engines import POSTGRES_ONLY
from tests.support.rows import NOW


def at_work(store):
    return present(store, understood=lambda: pending(store))


async def test_many_work_on_one_database(store, open_another):
    async with at_work(store), at_work(await open_another("two")), alone(await open_another("three")) as granted:
        assert not granted


async def test_alone_is_who_comes_when_all_have_gone(store, open_another):
    async with at_work(store):
        pass
    async with alone(await open_another("two")) as granted:
        assert granted
        async with alone(await open_another("three")) as again:
            assert not again


async def test_who_comes_while_somebody_is_alone_waits(store, open_another):
    other = await open_another("two")

    async def come() -> None:
        async with at_work(other):
            pass

    async with alone(store):
        coming = asyncio.create_task(come())
        await asyncio.wait([coming], timeout=0.1)
        assert not coming.done()
    await asyncio.wait_for(coming, 30)


async def test_a_process_that_does_not_understand_the_database_does_not_begin(store):
    future = insert(migrations).values(name="9999_future", applied_at=NOW)
    await store.write(lambda connection: connection.execute(future))
    with pytest.raises(StoreError, match="newer than this program"):
        async with at_work(store):
            pass


async def test_nothing_missing_means_no_waiting(store, open_another):
    async with at_work(await open_another("service")):
        assert await upgrade(store, now=NOW, seconds=0) == ()


async def test_an_upgrade_waits_until_the_others_have_gone(blank_url):
    async with open_store(blank_url, owner="old") as old, open_store(blank_url, owner="new") as new:
        async with present(old, understood=lambda: asyncio.sleep(0)):
            upgrading = asyncio.create_task(upgrade(new, now=NOW, seconds=60))
            await asyncio.wait([upgrading], timeout=0.5)
            assert not upgrading.done()
        assert await asyncio.wait_for(upgrading, 30)


async def test_an_upgrade_refuses_while_others_stay(blank_url):
    async with open_store(blank_url, owner="old") as old, open_store(blank_url, owner="new") as new:
        async with present(old, understood=lambda: asyncio.sleep(0)):
            with pytest.raises(StoreError, match="still uses this database: stop it first"):
                await upgrade(new, now=NOW, seconds=0)
        assert await pending(new)


async def test_several_new_processes_at_once_upgrade_once(blank_url):
    async with open_store(blank_url, owner="one") as one, open_store(blank_url, owner="two") as two:

        async def start(store):
            applied = await upgrade(store, now=NOW, seconds=60)
            async with at_work(store):
                await asyncio.sleep(0.5)
            return applied

        first, second = await asyncio.gather(start(one), start(two))
        assert () in (first, second)
        assert first or second


@POSTGRES_ONLY
async def test_the_others_are_named_with_their_machines(store, open_another):
    async with at_work(await open_another("host-b:12:cafe")), at_work(await open_another("host-a:7:beef")):
        assert await others(store) == ("process host-a:7", "process host-b:12")


@POSTGRES_ONLY
async def test_another_database_of_the_server_does_not_count(store, cluster):
    name = await cluster.create()
    async with open_store(cluster.url(name), owner="elsewhere") as elsewhere:
        await migrate(elsewhere, now=NOW)
        async with at_work(elsewhere):
            assert await others(store) == ()
            async with alone(store) as granted:
                assert granted
    await cluster.drop(name)


@POSTGRES_ONLY
async def test_a_broken_connection_comes_back_and_looks_again(store, open_another):
    service = await open_another("service")
    async with at_work(service):
        future = insert(migrations).values(name="9999_future", applied_at=NOW)
        await store.write(lambda connection: connection.execute(future))
        assert not service.left_behind.is_set()
        await _cut(store, "tracuu service")
        await asyncio.wait_for(service.left_behind.wait(), 30)


@POSTGRES_ONLY
async def test_a_broken_connection_comes_back_and_goes_on(store, open_another):
    service = await open_another("service")
    async with at_work(service):
        await _cut(store, "tracuu service")
        async with asyncio.timeout(30):
            while await others(store) != ("process service",):
                await asyncio.sleep(0.05)
        assert not service.left_behind.is_set()


async def _cut(store, name: str) -> None:
    statement = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'"
    await store.write(lambda connection: connection.exec_driver_sql(statement))
