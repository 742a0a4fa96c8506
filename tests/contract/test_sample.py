"""The embedded sample: loaded once, in place of nothing, and attributed."""

import asyncio
import csv
import shutil

import pytest

from bot.store import catalogue
from bot.store.table import load_table
from gateway.sample import FOLDER, ensure_sample
from tests.support.catalogue import codes, crops, publish
from tests.support.rows import NOW

TABLES = sorted((FOLDER / "tables").iterdir())


async def test_the_sample_is_loaded_whole_and_once(store):
    assert await ensure_sample(store, now=NOW)
    stamp, datasets = await catalogue.current(store)
    assert len(datasets) == 554 + len(TABLES)
    hashes = [resource.table for dataset in datasets for resource in dataset.resources]
    assert sum([len((await load_table(store, content)).rows) for content in hashes]) == 3043
    assert not await ensure_sample(store, now=NOW)
    assert await catalogue.stamp(store) == stamp


async def test_the_sample_never_competes_with_another_source(store):
    await publish(store, *crops(1))
    assert not await ensure_sample(store, now=NOW)
    assert await codes(store) == ["c-0"]


async def test_changed_files_are_loaded_again(store, tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "sample")
    await ensure_sample(store, now=NOW, folder=folder)
    (folder / "catalogue.csv").write_text("title\nLúa\n", encoding="utf-8")
    assert await ensure_sample(store, now=NOW, folder=folder)
    assert len(await codes(store)) == 1 + len(TABLES)


async def test_two_processes_that_start_together_load_one_sample(store, open_another):
    other = await open_another("other")
    await asyncio.gather(*(ensure_sample(each, now=NOW) for each in (store, other)))
    assert len(await codes(other)) == 554 + len(TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda file: file.stem)
def test_every_table_is_listed_attributed_and_free(table):
    with (FOLDER / "tables.csv").open(encoding="utf-8") as stream:
        (row,) = (row for row in csv.DictReader(stream) if row["resources"] == f"tables/{table.name}")
    assert row["licence"] in {"MIT", "CC0"}
    repository = row["url"].removeprefix("https://github.com/")
    for file in ("SOURCES.md", "LICENCES.md"):
        text = (FOLDER / file).read_text(encoding="utf-8")
        assert table.name in text
        assert repository in text
