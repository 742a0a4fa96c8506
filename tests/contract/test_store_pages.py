"""The catalogue, its changes and its tables page by page, the same on both engines."""

from datetime import timedelta

import pytest

from bot.core.catalogue import Dataset
from bot.store import takedown
from bot.store.catalogue_page import find_published, list_published
from bot.store.changes import last_publication, position_at, read_changes, read_latest_changes
from bot.store.table import TableGoneError, TableHead, make_table, read_head, save_table
from bot.store.table_page import read_page
from tests.support.api import changed, publish_changes
from tests.support.catalogue import crops, publish
from tests.support.rows import NOW


async def all_pages(store, limit: int) -> list[str]:
    found: list[str] = []
    while page := await list_published(store, after=found[-1] if found else "", limit=limit):
        found += [dataset.code for dataset in page]
    return found


async def test_pages_hold_every_dataset_once_in_the_order_of_the_codes(store):
    mixed = [Dataset(code=code, title=code) for code in ("Z", "a", "b_2", "b-1", "đ", "É", "ab", "B", "10", "9")]
    await publish(store, *mixed, name="one")
    await publish(store, *crops(7), name="two")
    expected = sorted([dataset.code for dataset in mixed] + [f"c-{n}" for n in range(7)])
    for limit in (1, 3, 100):
        assert await all_pages(store, limit) == expected


async def test_what_is_taken_down_is_on_no_page_at_once(store):
    await publish(store, *crops(3))
    await takedown.hide(store, "c-1", now=NOW)
    assert await all_pages(store, 2) == ["c-0", "c-2"]
    assert await find_published(store, "c-1") is None
    await takedown.unhide(store, "c-1", now=NOW)
    assert (await find_published(store, "c-1")).title == "Cây 1"
    assert await find_published(store, "c-9") is None


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_any_rows_of_a_long_table_are_read_from_their_chunks(store):
    rows = [(str(n), f"Hàng {n}", "x" * (n % 7)) for n in range(2345)]
    table = make_table(("số", "tên", "ghi chú"), rows)
    await save_table(store, table, now=NOW)
    head = await read_head(store, table.hash)
    for offset, limit in [(0, 1), (0, 1000), (499, 2), (500, 500), (999, 1001), (2344, 10), (2345, 10), (99999, 1)]:
        page = await read_page(store, head, offset=offset, limit=limit, letters=10**9)
        assert [tuple(row) for row in page] == rows[offset : offset + limit]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_page_ends_before_it_is_too_long_but_has_a_row(store):
    table = make_table(("a",), [("x" * 100,)] * 50)
    await save_table(store, table, now=NOW)
    head = await read_head(store, table.hash)
    assert len(await read_page(store, head, offset=0, limit=50, letters=1000)) == 10
    assert len(await read_page(store, head, offset=7, limit=50, letters=1)) == 1


async def test_a_table_that_is_gone_says_so(store):
    with pytest.raises(TableGoneError):
        await read_page(store, TableHead(hash="0" * 64, columns=("a",), row_count=5), offset=0, limit=1, letters=9)


async def test_changes_are_read_from_both_ends_and_from_a_day(store):
    await publish(store, *crops(3))
    before = await last_publication(store)
    await publish_changes(store, changed("c-0"), changed("c-1"))
    await publish_changes(store, changed("c-2"), changed("c-0"), at=NOW + timedelta(days=2))
    oldest = [change.position for change in await read_changes(store, after=(before, "~"), limit=9)]
    assert [code for _, code in oldest] == ["c-0", "c-1", "c-0", "c-2"]
    newest = await read_latest_changes(store, limit=4)
    assert [change.position for change in newest] == oldest[::-1]
    assert [one.position for one in await read_latest_changes(store, before=oldest[2], limit=1)] == [oldest[1]]
    assert [one.code for one in await read_latest_changes(store, limit=9, codes=["c-2"])][:1] == ["c-2"]
    since = await position_at(store, NOW + timedelta(days=1))
    assert [change.position for change in await read_changes(store, after=since, limit=9)] == oldest[2:]
    nothing = await position_at(store, NOW + timedelta(days=3))
    assert await read_changes(store, after=nothing, limit=9) == ()
    await publish_changes(store, changed("c-1"), at=NOW + timedelta(days=4))
    assert [change.code for change in await read_changes(store, after=nothing, limit=9)] == ["c-1"]
