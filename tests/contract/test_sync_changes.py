"""What a sync tells of changes: which dataset, how, and since when its rows are as they are."""

from dataclasses import replace
from datetime import date

import pytest

from bot.core.catalogue import Dataset, Resource
from bot.core.changes import ChangeKind
from bot.store import catalogue
from bot.store.changes import forget, last_publication, read_changes, stage_changes
from bot.store.source import list_sources, open_version
from bot.store.table import make_table
from bot.store.tables import changes, publications
from gateway.portal import Fetched, Increment, Mark, PortalError
from gateway.sync import GuardError
from tests.support.catalogue import DAY, codes, count, crops, publish
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW


def prices(*rows: str, changed: date | None = None, **about: str) -> Fetched:
    """A dataset with a table of ``rows``."""
    table = make_table(["giá"], [[row] for row in rows])
    held = Resource(position=0, fields=table.columns, row_count=len(rows), table=table.hash)
    about = {"code": "gia", "title": "Giá vé", **about}
    return Fetched(dataset=Dataset(**about, changed_at=changed, resources=(held,)), tables=(table,))


async def since(store) -> date | None:
    (dataset,) = (await catalogue.current(store))[1]
    return dataset.content_at


async def told(store, *, after: int = 0):
    return [(c.code, c.kind.value, dict(c.detail)) for c in await read_changes(store, after=(after + 1, ""), limit=100)]


async def test_each_dataset_that_a_publication_changes_is_told_once_with_how(store):
    await publish(store, *crops(3))
    first = await last_publication(store)
    kinds = [kind for _, kind, _ in await told(store)]
    await publish(store, *crops(1), *crops(1, first=1, theme="mới"), *crops(1, first=9), days=1, yes=True)
    assert kinds == ["added"] * 3
    assert await told(store, after=first) == [
        ("c-1", "metadata", {"fields": ["theme"]}),
        ("c-2", "withdrawn", {}),
        ("c-9", "added", {}),
    ]


async def test_other_rows_are_a_change_of_content_and_date_it(store):
    await publish(store, prices("1", changed=date(2026, 1, 2)))
    said = await since(store)
    await publish(store, prices("2", changed=date(2026, 1, 2)), days=3)
    assert (said, await since(store)) == (date(2026, 1, 2), date(2026, 11, 19))
    assert await told(store, after=1) == [("gia", "content", {})]


@SQLITE_ONLY
async def test_a_date_that_moves_without_anything_else_is_no_news_and_dates_nothing(store):
    await publish(store, prices("1", changed=date(2026, 1, 2)))
    done = await publish(store, prices("1", changed=date(2026, 11, 1)), days=1)
    assert (done.updated, await since(store)) == (1, date(2026, 1, 2))
    assert await told(store, after=1) == []


@SQLITE_ONLY
async def test_rows_of_which_nothing_is_said_have_no_day_until_they_change(store):
    await publish(store, prices("1"))
    unknown = await since(store)
    await publish(store, prices("1", "2"), days=1)
    assert (unknown, await since(store)) == (None, date(2026, 11, 17))


async def test_an_increment_changes_what_it_names_and_leaves_the_rest(store):
    await publish(store, *crops(5), Mark(text="m1"))
    done = await publish(store, Increment(), *crops(1, theme="mới"), *crops(1, first=7), Mark(text="m2"), days=0)
    (source,) = await list_sources(store)
    assert (done.added, done.updated, done.removed, done.unchanged, done.whole) == (1, 1, 0, 4, False)
    assert (source.mark, source.whole_at) == ("m2", NOW)
    assert await codes(store) == ["c-0", "c-1", "c-2", "c-3", "c-4", "c-7"]


@SQLITE_ONLY
async def test_a_source_is_asked_for_what_changed_and_once_a_day_for_the_whole(store):
    asked: list[str] = []
    await publish(store, *crops(1), Mark(text="m1"), asked=asked)
    await publish(store, Increment(), Mark(text="m2"), asked=asked)
    await publish(store, *crops(1), Mark(text="m3"), asked=asked, whole=True)
    await publish(store, *crops(1), Mark(text="m4"), asked=asked, days=1)
    assert asked == ["", "m1", "", ""]


@SQLITE_ONLY
async def test_an_empty_increment_takes_nothing_away_and_only_moves_the_mark(store):
    await publish(store, *crops(3), Mark(text="m1"))
    done = await publish(store, Increment(), Mark(text="m2"))
    assert (done.unchanged, done.version, (await list_sources(store))[0].mark) == (3, 1, "m2")


async def test_what_a_listing_lacks_goes_only_when_the_portal_confirms_it(store):
    known = [replace(dataset, key=dataset.code) for dataset in crops(50)]

    async def is_gone(_request, key, _client):
        if key == "c-47":
            raise PortalError("nobody answers")
        return key == "c-48"

    await publish(store, *known)
    done = await publish(store, *known[:47], days=1, is_gone=is_gone)
    assert (done.removed, done.unchanged) == (1, 49)
    assert "not confirmed as withdrawn and so kept: 2 (Cây 47; Cây 49)" in done.notices[-1]
    assert set(await codes(store)) == {dataset.code for dataset in known} - {"c-48"}


@SQLITE_ONLY
@pytest.mark.parametrize("dry_run", [True, False])
async def test_the_portal_is_not_asked_for_each_while_the_guard_has_not_let_pass(store, dry_run):
    known = [replace(dataset, key=dataset.code) for dataset in crops(20)]

    async def is_gone(*_):
        raise AssertionError("asked")

    await publish(store, *known)
    choices = {"days": 1, "is_gone": is_gone, "dry_run": dry_run}
    if dry_run:
        done = await publish(store, *known[:15], **choices)
        assert (done.removed, done.guard) == (5, "ask")
    else:
        with pytest.raises(GuardError, match="--yes takes it"):
            await publish(store, *known[:15], **choices)
    assert len(await codes(store)) == 20


async def test_changes_of_a_sync_that_broke_are_never_told_and_go_with_the_next(store):
    await publish(store, *crops(1))
    (source,) = await list_sources(store)
    broken = await open_version(store)
    (whole,) = await read_changes(store, limit=9)
    await stage_changes(store, source, broken, [replace(whole, kind=ChangeKind.WITHDRAWN)])
    before = await told(store)
    await publish(store, *crops(2), days=1)
    assert before == [("c-0", "added", {})]
    assert await told(store, after=1) == [("c-1", "added", {})]
    assert await count(store, changes) == 2


async def test_changes_are_forgotten_after_their_time(store):
    await publish(store, *crops(2))
    await publish(store, *crops(3), days=3)
    assert await forget(store, before=NOW + 2 * DAY) == 3
    assert await told(store) == [("c-2", "added", {})]
    assert await count(store, publications) == 1
