"""A portal on the network is synced: what changed, what it hides, what it loses, and what goes wrong on the way."""

import asyncio
import sys

import pytest

from bot.store import catalogue
from bot.store.changes import read_changes
from bot.store.table import load_table
from gateway.portal import PortalError
from gateway.sync import GuardError
from gateway.syncing.child import AsideError, sync_aside
from gateway.syncing.trouble import read_troubles
from tests.support.catalogue import codes
from tests.support.engines import SQLITE_ONLY
from tests.support.portal import key, order, running_portal, sync_portal


async def cells(store) -> set[str]:
    found = (await catalogue.current(store))[1]
    tables = [resource.table for dataset in found for resource in dataset.resources if resource.table]
    return {row[1] for each in tables for row in (await load_table(store, each)).rows}


async def test_the_tables_of_a_portal_are_loaded_and_only_what_changed_is_read_again(store):
    async with running_portal(6, tables=4) as portal:
        first = await sync_portal(store, portal)
        before = len(portal.asked)
        portal.change(key(2), title="Cây số hai")
        again = await sync_portal(store, portal, days=0.1)
        assert (first.added, first.tables, first.rows, first.whole) == (6, 4, 8, True)
        assert (again.updated, again.unchanged, again.whole) == (1, 5, False)
        assert len([path for path in portal.asked[before:] if "download" in path]) == 1
        assert portal.offences == []
    assert [change.code for change in await read_changes(store, limit=99)][6:] == [again.changes[0].code]


@SQLITE_ONLY
async def test_a_file_that_could_not_be_read_at_first_is_no_change_of_content_once_it_can(store):
    async with running_portal(1, tables=1) as portal:
        portal.fault("page", after=1)
        failed = await sync_portal(store, portal)
        read = await sync_portal(store, portal, days=2)
    (dataset,) = (await catalogue.current(store))[1]
    assert (failed.tables, read.updated, read.tables) == (0, 1, 1)
    assert [change.kind.value for change in await read_changes(store, limit=9)] == ["added"]
    assert dataset.content_at == dataset.changed_at


@SQLITE_ONLY
async def test_a_new_upload_that_cannot_be_loaded_yet_leaves_the_rows_of_the_old_one(store):
    async with running_portal(1, tables=1) as portal:
        await sync_portal(store, portal)
        resources = portal.shelf.package(key(1))["resources"]
        moved = {**resources[0], "url": resources[0]["url"].replace("/download/", "/download/moi-")}
        portal.change(key(1), resources=[moved])
        portal.fault("page", after=1)
        failed = await sync_portal(store, portal, days=0.1)
        kept = await cells(store)
        read = await sync_portal(store, portal, days=2)
    assert (failed.rows, kept) == (2, {"0", "7"})
    assert (read.rows, any("could" in sentence for sentence in read.notices)) == (2, False)
    assert [change.kind.value for change in await read_changes(store, limit=9)][1:] == ["metadata"]


async def test_rows_that_changed_behind_their_address_are_found_by_the_whole_reading(store):
    async with running_portal(3, tables=3) as portal:
        await sync_portal(store, portal)
        sheet = portal.shelf.package(key(1))["resources"][0]["id"]
        portal.shelf.rewrite(sheet, [["Tịnh Khê", "99"], ["Tịnh Kỳ", "7"]])
        await sync_portal(store, portal, days=0.5)
        blind = "99" in await cells(store)
        whole = await sync_portal(store, portal, days=8)
        assert (blind, "99" in await cells(store), whole.updated) == (False, True, 1)
    (dataset,) = [d for d in (await catalogue.current(store))[1] if d.title == "Cây số 0"]
    assert dataset.content_at.isoformat() == "2026-11-24"


LOSSES = {
    "t5: 3 % are taken with a warning": (3, "", "warn"),
    "t5: 30 % need a yes": (30, "yes", "ask"),
    "t5: all of them halt": (100, "yes_halt", "halt"),
}


@pytest.mark.parametrize(("lost", "consent", "verdict"), LOSSES.values(), ids=LOSSES)
async def test_t5_a_portal_that_shrinks_is_taken_only_as_far_as_somebody_says(store, lost, consent, verdict):
    async with running_portal(100) as portal:
        await sync_portal(store, portal)
        for number in range(1, lost + 1):
            portal.withdraw(key(number))
        foreseen = await sync_portal(store, portal, days=1, dry_run=True)
        assert (foreseen.removed, foreseen.guard) == (lost, verdict)
        if consent:
            with pytest.raises(GuardError, match=f"--{consent.replace('_', '-')} takes it"):
                await sync_portal(store, portal, days=1)
            assert [each.consent for each in await read_troubles(store)] == [f"--{consent.replace('_', '-')}"]
            assert len(await codes(store)) == 100
        done = await sync_portal(store, portal, days=1, **({consent: True} if consent else {}))
        assert (done.removed, len(await codes(store))) == (lost, 100 - lost)
        assert await read_troubles(store) == ()


@SQLITE_ONLY
async def test_a_yes_and_a_dry_run_are_about_the_whole_and_an_increment_ends_no_waiting(store):
    async with running_portal(20) as portal:
        await sync_portal(store, portal)
        for number in range(1, 6):
            portal.withdraw(key(number))
        with pytest.raises(GuardError):
            await sync_portal(store, portal, days=0.1, whole=True)
        portal.change(key(9), title="Cây số chín")
        increment = await sync_portal(store, portal, days=0.2)
        waiting = await read_troubles(store)
        foreseen = await sync_portal(store, portal, days=0.3, dry_run=True)
        taken = await sync_portal(store, portal, days=0.3, yes=True)
        assert (increment.whole, len(waiting), foreseen.removed, taken.removed) == (False, 1, 5, 5)
        assert await read_troubles(store) == ()


async def test_an_empty_listing_withdraws_nothing_even_if_it_is_taken(store):
    async with running_portal(10) as portal:
        await sync_portal(store, portal)
        for number in range(1, 11):
            portal.world.index.hidden.add(key(number))
        done = await sync_portal(store, portal, days=1, yes_halt=True)
        assert (done.removed, done.unchanged, len(await codes(store))) == (0, 10, 10)


async def test_half_a_listing_changes_nothing(store):
    async with running_portal(250) as portal:
        await sync_portal(store, portal)
        portal.fault("page", after=1, times=99)
        with pytest.raises(PortalError):
            await sync_portal(store, portal, days=1)
        assert len(await codes(store)) == 250
        (trouble,) = await read_troubles(store)
        assert (trouble.name, trouble.consent) == ("portal", "")


async def test_a_sync_that_is_killed_leaves_the_old_version_and_the_next_goes_on_where_it_was(
    store, engine_url, open_another
):
    async with running_portal(6, tables=6) as portal:
        await sync_portal(store, portal, days=-1)
        for number in range(1, 7):
            portal.shelf.rewrite(portal.shelf.package(key(number))["resources"][0]["id"], [["Tịnh Khê", f"9{number}"]])
        before, stamp = len(portal.asked), await catalogue.stamp(store)
        portal.fault("stall", after=4)
        killed = asyncio.create_task(sync_aside(order(portal, engine_url)))
        while len(portal.asked) < before + 5:
            assert not killed.done(), killed.result()
            await asyncio.sleep(0.02)
        killed.cancel()
        await asyncio.wait([killed])
        assert await catalogue.stamp(store) == stamp
        assert not await cells(store) & {f"9{number}" for number in range(1, 7)}
        portal.recover()
        seen = len(portal.asked)
        told = await sync_aside(order(portal, engine_url))
        assert told["report"]["updated"] == 6
        loaded = [path for path in portal.asked[seen:] if "download" in path]
        assert len(loaded) == 3
    assert await cells(store) == {f"9{number}" for number in range(1, 7)}


@SQLITE_ONLY
async def test_a_sync_ends_with_whoever_ordered_it(store, engine_url):
    async with running_portal(3) as portal:
        portal.fault("stall")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway.syncing", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
        )
        child.stdin.write(f"{order(portal, engine_url).text()}\n".encode())
        while not portal.asked:
            await asyncio.sleep(0.02)
        child.stdin.close()
        assert await asyncio.wait_for(child.wait(), 10) == 1


@SQLITE_ONLY
async def test_a_sync_that_comes_no_further_is_ended(store, engine_url):
    async with running_portal(3) as portal:
        with pytest.raises(AsideError, match=r"it came no further than its beginning for 0 s and was ended"):
            await sync_aside(order(portal, engine_url), patience=0.01)
