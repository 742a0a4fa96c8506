"""A sync brings the store to what a source publishes, or leaves it as it was."""

import asyncio

import pytest

from bot.core.errors import ConflictError
from bot.store import catalogue
from bot.store.exclusion import exclusive
from bot.store.table import TableGoneError, load_table, make_table
from bot.store.tables import changes, datasets, sources, table_chunks, tables
from gateway.portal import Fetched, Notice, PortalError, Rejected
from gateway.sync import GuardError, SyncReport
from gateway.syncing.trouble import read_troubles
from tests.support.catalogue import DAY, codes, count, crops, publish, sync_file, write_files
from tests.support.rows import NOW

FILES = {
    "catalogue.csv": "province,title,resources\nHuế,Giá vé,tables/ve.csv\nHuế,Lễ hội,tables/le.csv\nHuế,,\nHuế,Bản đồ,\n",
    "tables/ve.csv": "điểm,giá\nĐại Nội,200000\nLăng Gia Long,150000\n",
    "tables/le.csv": "tên;nơi\nLễ Điện Hòn Chén;Hương Thọ\n",
}


def report(**fields) -> SyncReport:
    empty = {"added": 0, "updated": 0, "removed": 0, "unchanged": 0, "rejected": (), "tables": 0, "rows": 0}
    return SyncReport(**{**empty, **fields})


async def test_a_first_sync_adds_everything(store):
    assert await publish(store, *crops(250)) == report(added=250, version=1)
    assert len(await codes(store)) == 250


async def test_a_second_sync_tells_what_is_new(store):
    await publish(store, *crops(100))
    changed = [*crops(90), *crops(9, first=90, theme="mới"), *crops(2, first=100)]
    assert await publish(store, *changed, days=1) == report(added=2, updated=9, removed=1, unchanged=90, version=2)


async def test_a_sync_without_news_writes_no_version(store):
    await publish(store, *crops(3))
    assert await publish(store, *crops(3), days=1) == report(unchanged=3, version=1)
    ages = [entry.synced_at.day async for entry in catalogue.entries(store)]
    assert ages == [17, 17, 17]


async def test_tables_are_loaded_and_counted(store, tmp_path):
    write_files(tmp_path, FILES)
    done = await sync_file(store, tmp_path / "catalogue.csv")
    rejected = (Rejected(line=4, reason="the title is empty"),)
    assert done == report(added=3, rejected=rejected, tables=2, rows=3, version=1)
    hashes = [r.table for d in (await catalogue.current(store))[1] for r in d.resources]
    assert {(await load_table(store, hash_)).columns for hash_ in hashes} == {("điểm", "giá"), ("tên", "nơi")}


async def test_the_same_table_of_two_datasets_is_counted_and_kept_once(store):
    table = make_table(["a"], [["1"], ["2"]])
    done = await publish(store, *(Fetched(dataset=dataset, tables=(table,)) for dataset in crops(2)))
    assert (done.tables, done.rows, await count(store, tables)) == (1, 2, 1)


async def test_a_changed_table_updates_its_dataset_and_the_old_rows_go(store, tmp_path):
    write_files(tmp_path, FILES)
    await sync_file(store, tmp_path / "catalogue.csv")
    old = {r.table for d in (await catalogue.current(store))[1] for r in d.resources}
    write_files(tmp_path, {"tables/ve.csv": "điểm,giá\nĐại Nội,220000\n"})
    done = await sync_file(store, tmp_path / "catalogue.csv", days=3)
    assert (done.added, done.updated, done.unchanged, done.rows) == (0, 1, 2, 2)
    new = {r.table for d in (await catalogue.current(store))[1] for r in d.resources}
    (gone,) = old - new
    with pytest.raises(TableGoneError):
        await load_table(store, gone)
    assert await count(store, tables) == 2


async def test_a_dry_run_reports_and_writes_nothing(store, tmp_path):
    write_files(tmp_path, FILES)
    done = await sync_file(store, tmp_path / "catalogue.csv", dry_run=True)
    assert (done.added, done.tables, done.rows, done.version) == (3, 2, 3, 0)
    assert [await count(store, kept) for kept in (sources, datasets, tables, table_chunks)] == [0, 0, 0, 0]


async def test_a_dry_run_says_what_the_guard_would_say(store):
    await publish(store, *crops(10))
    done = await publish(store, *crops(4), dry_run=True)
    assert (done.removed, done.version) == (6, 1)
    assert done.notices == ("the source has 4 usable datasets, there were 10",)


GUARD = {
    "3 % need nothing": (97, {}, True),
    "30 % need a yes": (70, {}, False),
    "30 % with a yes": (70, {"yes": True}, True),
    "30 % with the greater yes": (70, {"yes_halt": True}, True),
    "60 % need more than a yes": (40, {"yes": True}, False),
    "60 % with the greater yes": (40, {"yes_halt": True}, True),
    "nothing left needs more than a yes": (0, {"yes": True}, False),
    "nothing left with the greater yes": (0, {"yes_halt": True}, True),
}


@pytest.mark.parametrize(("left", "choices", "taken"), GUARD.values(), ids=GUARD)
async def test_the_guard_keeps_the_old_copy_until_somebody_says_otherwise(store, left, choices, taken):
    await publish(store, *crops(100))
    if taken:
        done = await publish(store, *crops(left), days=1, **choices)
        assert (done.removed, len(done.notices)) == (100 - left, 1)
    else:
        with pytest.raises(GuardError, match=f"the source has {left} usable datasets, there were 100"):
            await publish(store, *crops(left), days=1, **choices)
    assert len(await codes(store)) == (left if taken else 100)


async def test_one_source_is_never_synced_twice_at_once_and_others_go_on(store, open_another):
    other = await open_another("other")
    async with exclusive(other, "sync\nmemory\na\n") as mine, exclusive(store, "sync\nmemory\na\n") as again:
        with pytest.raises(ConflictError, match="another sync of a is running"):
            await publish(store, *crops(1))
        await publish(store, *crops(1, first=5), name="b")
    await publish(store, *crops(1))
    assert (mine, again, await codes(store)) == (True, False, ["c-5", "c-0"])


async def test_a_source_that_waits_for_a_yes_says_so_until_somebody_answers(store):
    await publish(store, *crops(100))
    for days in (1, 2):
        with pytest.raises(GuardError):
            await publish(store, *crops(70), days=days)
    (trouble,) = await read_troubles(store)
    assert (trouble.since, trouble.consent) == (NOW + DAY, "--yes")
    assert trouble.advice == "if that is right: tracuu sync --source memory:a --yes"
    await publish(store, *crops(70), days=3, yes=True)
    assert await read_troubles(store) == ()


async def test_the_guard_looks_at_one_source_only(store):
    await publish(store, *crops(100), name="a")
    await publish(store, *crops(3, first=100), name="b")
    assert len(await codes(store)) == 103


async def test_a_first_sync_with_nothing_usable_says_why(store):
    with pytest.raises(GuardError, match="1 rejected, first line 2: the title is empty"):
        await publish(store, Rejected(line=2, reason="the title is empty"))
    assert await count(store, sources) == 0


async def test_notices_of_the_source_reach_the_operator(store):
    done = await publish(store, *crops(1), Notice(text="columns that are not used: màu"))
    assert done.notices == ("columns that are not used: màu",)


BROKEN = {
    "empty": b"",
    "NUL": b"title\nL\x00a\n",
    "old encoding": b"title\nL\xfaa\n",
    "no header": "Lúa,Hằng năm\nNgô,Hằng quý\n".encode(),
    "quotation mark never closed": 'title\n"Lúa\nNgô\n'.encode(),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
async def test_a_broken_file_changes_nothing(store, tmp_path, content):
    file = tmp_path / "catalogue.csv"
    file.write_text("title\nLúa\n", encoding="utf-8")
    await sync_file(store, file)
    before = [await count(store, kept) for kept in (sources, datasets, tables, changes)]
    stamp = await catalogue.stamp(store)
    file.write_bytes(content)
    with pytest.raises(PortalError, match=r"^catalogue\.csv: "):
        await sync_file(store, file, days=1, yes_halt=True)
    assert [await count(store, kept) for kept in (sources, datasets, tables, changes)] == before
    assert await catalogue.stamp(store) == stamp
    (trouble,) = await read_troubles(store)
    assert (trouble.reason.startswith("catalogue.csv: "), trouble.advice) == (True, "")


async def test_an_answering_process_sees_the_old_version_or_the_new_one_whole(store, open_another):
    reader = await open_another("reader")
    await publish(store, *crops(300, theme="cũ"))
    syncing = asyncio.create_task(publish(store, *crops(301, theme="mới"), days=1))
    seen = set()
    while not syncing.done():
        found = (await catalogue.current(reader))[1]
        seen.add((len(found), *{dataset.theme for dataset in found}))
    await syncing
    assert (300, "cũ") in seen
    assert seen <= {(300, "cũ"), (301, "mới")}
    assert len(await codes(reader)) == 301
