"""What is looked up: index files are made from the store, and made again whatever happens to them."""

import asyncio
import os
from pathlib import Path

import pytest

from bot.indexing.build import build_table
from bot.indexing.child import BuildError, build_aside
from bot.indexing.folder import TABLE, IndexFolder
from bot.store import catalogue
from bot.store.engine import Store
from bot.store.table import TableGoneError
from tests.support.catalogue import crops, publish
from tests.support.library import LONG, first_title, indexes, names, new_library, park, table_of, until


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


async def test_a_catalogue_is_asked_from_the_file_that_another_process_made(store, folder):
    await publish(store, *crops(3, theme="Cây"), park(1))
    await new_library(store, folder).refresh()
    made = {file: file.stat().st_ino for file in folder.path.glob("*.catalogue")}
    library = new_library(store, folder)
    await library.refresh()
    assert len(made) == 1
    assert {file: file.stat().st_ino for file in made} == made
    assert first_title(library, "cây 2") == "Cây 2"
    assert list(library.lookup.datasets) == list((await catalogue.current(store))[1])
    assert library.lookup.dataset("c-1").title == "Cây 1"
    assert library.lookup.dataset("c-9") is None
    assert library.lookup.themes() == (("Cây", 3),)
    assert [dataset.code for dataset in library.lookup.in_theme("Cây")[1:]] == ["c-1", "c-2"]
    assert not len(library.lookup.in_theme("Giá"))


def destroyed(folder: IndexFolder) -> None:
    for file in folder.path.iterdir():
        file.unlink()
    folder.path.rmdir()


def cut(folder: IndexFolder) -> None:
    for file in indexes(folder):
        os.truncate(file, file.stat().st_size // 2)


def emptied(folder: IndexFolder) -> None:
    for file in indexes(folder):
        os.truncate(file, 0)


def altered(folder: IndexFolder) -> None:
    for file in indexes(folder):
        with file.open("r+b") as stream:
            stream.seek(-70, os.SEEK_END)
            byte = stream.read(1)
            stream.seek(-70, os.SEEK_END)
            stream.write(bytes([byte[0] ^ 1]))


@pytest.mark.parametrize("happens", [destroyed, cut, emptied, altered])
async def test_whatever_happens_to_the_folder_costs_a_rebuild_and_nothing_else(store, folder, happens):
    await publish(store, *crops(3), park(1))
    before = new_library(store, folder)
    await before.refresh()
    rows = tuple((await before.table(table_of(park(1)).hash)).rows)
    happens(folder)
    library = new_library(store, folder)
    await library.refresh()
    assert first_title(library, "cây 2") == "Cây 2"
    assert tuple((await library.table(table_of(park(1)).hash)).rows) == rows == table_of(park(1)).rows
    assert len(indexes(folder)) == 2


async def test_who_has_an_index_open_does_not_miss_its_file(store, folder):
    await publish(store, *crops(3), park(1))
    library = new_library(store, folder)
    await library.refresh()
    table = await library.table(table_of(park(1)).hash)
    destroyed(folder)
    assert first_title(library, "cây 2") == "Cây 2"
    assert tuple(table.rows) == table_of(park(1)).rows


@pytest.mark.parametrize("place", ["a file", "nowhere"])
async def test_where_no_file_can_be_kept_answers_are_the_same(store, tmp_path, place):
    (tmp_path / "file").touch()
    folder = IndexFolder(tmp_path / "file") if place == "a file" else None
    await publish(store, *crops(3), park(1), park(2, LONG))
    library = new_library(store, folder, waits=True)
    await library.refresh()
    assert first_title(library, "cây 2") == "Cây 2"
    for published in (park(1), park(2, LONG)):
        assert tuple((await library.table(table_of(published).hash)).rows) == table_of(published).rows


async def test_a_large_table_is_indexed_by_another_process_before_anybody_asks(store, folder):
    await publish(store, park(1), park(2, LONG))
    library = new_library(store, folder)
    await library.refresh()
    assert await library.table(table_of(park(2, LONG)).hash) is None
    await asyncio.wait_for(until(lambda: folder.file(TABLE, table_of(park(2, LONG)).hash).exists()), 60)
    table = await library.table(table_of(park(2, LONG)).hash)
    assert table.rows[LONG - 1] == table_of(park(2, LONG)).rows[-1]


async def test_who_has_only_one_question_waits_for_a_large_table(store, folder):
    await publish(store, park(2, LONG))
    library = new_library(store, folder, waits=True)
    await library.refresh()
    assert len((await library.table(table_of(park(2, LONG)).hash)).rows) == LONG


async def test_a_large_catalogue_is_indexed_by_another_process(store, folder):
    await publish(store, *crops(1100))
    library = new_library(store, folder)
    await library.refresh()
    assert first_title(library, "cây 1099") == "Cây 1099"
    assert len(list(folder.path.glob("*.catalogue"))) == 1


async def test_two_processes_do_not_build_the_same_file_twice(store, folder):
    await publish(store, park(2, LONG))
    content = table_of(park(2, LONG)).hash
    async with folder.building(TABLE, content) as mine:
        assert mine
        waiting = [asyncio.create_task(build_aside(store, folder, tables=[content])) for _ in range(2)]
        folder.path.joinpath("seen").touch()
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
        await _build_as_owner(store, folder, content)
        made = folder.file(TABLE, content).stat().st_ino
    await asyncio.gather(*waiting)
    assert folder.file(TABLE, content).stat().st_ino == made
    assert names(folder) == {folder.file(TABLE, content).name, "seen"}


async def _build_as_owner(store: Store, folder: IndexFolder, content: str) -> None:
    elsewhere = IndexFolder(folder.path / "elsewhere")
    await build_table(store, elsewhere, content)
    elsewhere.file(TABLE, content).rename(folder.file(TABLE, content))
    elsewhere.path.rmdir()


async def test_two_processes_at_once_leave_one_whole_file(store, folder):
    await publish(store, park(2, LONG))
    content = table_of(park(2, LONG)).hash
    await asyncio.gather(*(build_aside(store, folder, tables=[content]) for _ in range(2)))
    assert names(folder) == {folder.file(TABLE, content).name}
    assert tuple((await new_library(store, folder).table(content)).rows) == table_of(park(2, LONG)).rows


async def test_a_process_that_cannot_build_says_why(store, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BuildError, match=r"FileExistsError|NotADirectoryError"):
        await build_aside(store, IndexFolder(tmp_path / "file"), catalogue=True)


async def test_a_table_that_nobody_keeps_is_gone(store, folder):
    library = new_library(store, folder)
    with pytest.raises(TableGoneError):
        await library.table("0" * 64)
    assert await build_aside(store, folder, tables=["0" * 64]) == ""
