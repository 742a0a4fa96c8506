"""A new version of the catalogue takes over without a pause, and what it no longer needs is removed."""

import asyncio
import os
from pathlib import Path

import pytest

from bot.indexing.folder import TABLE, IndexFolder
from bot.reads import Reads
from bot.store import takedown
from bot.store.table import prune_tables
from tests.support.catalogue import DAY, crops, publish
from tests.support.library import LONG, indexes, names, new_library, park, table_of, until
from tests.support.rows import NOW

AN_HOUR_AND_MORE = 4000


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


async def test_questions_during_a_change_are_answered_from_one_version_or_the_other(store, folder):
    await publish(store, *crops(1500, theme="cũ"))
    library = new_library(store, folder)
    await library.refresh()
    await publish(store, *crops(1500, theme="mới"), days=1)
    changing = asyncio.create_task(library.refresh())
    seen = set()
    while not changing.done():
        lookup = library.lookup
        seen.add((lookup.themes()[0][0], len(lookup.datasets), lookup.titles("cây 7").hits[0].dataset.theme))
        await asyncio.sleep(0.001)
    assert ("cũ", 1500, "cũ") in seen
    assert seen <= {("cũ", 1500, "cũ"), ("mới", 1500, "mới")}
    assert library.lookup.titles("cây 7").hits[0].dataset.theme == "mới"


async def test_a_new_version_counts_once_its_large_tables_are_indexed(store, folder):
    await publish(store, park(1))
    library = new_library(store, folder)
    await library.refresh()
    await publish(store, park(1, LONG), days=1)
    await library.refresh()
    assert (await library.table(table_of(park(1, LONG)).hash)).rows[0] == table_of(park(1, LONG)).rows[0]


@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_a_dataset_that_is_taken_down_does_not_wait_for_a_table(store, folder, when):
    await publish(store, *crops(1), park(1))
    library = new_library(store, folder)
    await library.refresh()
    await publish(store, *crops(1), park(1, LONG), days=1)
    async with folder.building(TABLE, table_of(park(1, LONG)).hash):  # as if that took long
        if when == "before":
            await takedown.hide(store, "c-0", now=NOW)
        changing = asyncio.create_task(library.refresh())
        await asyncio.wait_for(until(lambda: len([*folder.path.glob("*.catalogue")]) > 1), 30)
        if when == "meanwhile":
            await takedown.hide(store, "c-0", now=NOW)
            await asyncio.wait_for(changing, 60)
        assert library.lookup.dataset("c-0") is None
    await asyncio.wait_for(changing, 60)
    assert library.lookup.dataset("c-0") is None


async def test_a_question_about_a_table_that_was_replaced_is_asked_again(store):
    await publish(store, park(1))
    library = new_library(store, None)
    await library.refresh()
    await publish(store, park(1, 4), days=1)
    await prune_tables(store, used={table_of(park(1, 4)).hash}, before=NOW + DAY)
    found = await Reads(store, library, provinces=()).find_in("v-1", "")
    assert found.figures.total == 4


async def test_files_that_nobody_needs_any_more_are_removed_after_a_while(store, folder):
    await publish(store, park(1), park(2))
    library = new_library(store, folder)
    await library.refresh()
    for published in (park(1), park(2)):
        await library.table(table_of(published).hash)
    (folder.path / "broken.table.1.2.new").touch()
    for file in folder.path.iterdir():
        os.utime(file, (file.stat().st_mtime - AN_HOUR_AND_MORE,) * 2)
    young = folder.path / "young.table"
    young.touch()
    await publish(store, park(1), days=1, yes=True)
    await library.refresh()
    kept = {file.name for file in indexes(folder)}
    assert kept == {
        *(f.name for f in folder.path.glob("*.catalogue")),
        folder.file(TABLE, table_of(park(1)).hash).name,
        young.name,
    }
    assert len(list(folder.path.glob("*.catalogue"))) == 1
    assert not list(folder.path.glob("*.new"))


async def test_what_did_not_change_is_not_exchanged(store, folder):
    await publish(store, *crops(2))
    library = new_library(store, folder)
    assert await library.refresh()
    assert not await library.refresh()
    assert library.ready.is_set()


async def test_taking_down_and_back_finds_the_file_of_before(store, folder):
    await publish(store, *crops(2))
    library = new_library(store, folder)
    await library.refresh()
    before = names(folder)
    await takedown.hide(store, "c-0", now=NOW)
    await library.refresh()
    assert len(library.lookup.datasets) == 1
    assert len(names(folder)) == 2
    await takedown.unhide(store, "c-0", now=NOW)
    await library.refresh()
    assert len(library.lookup.datasets) == 2
    assert before < names(folder)
