"""What is in force: every source's current version, less the sample and what was taken down."""

import asyncio

import pytest
from sqlalchemy import insert

from bot.core.errors import ConflictError
from bot.store import catalogue, source, takedown
from bot.store.tables import datasets
from tests.support.catalogue import codes, count, crops, publish
from tests.support.rows import NOW


async def test_an_empty_database_publishes_nothing(store):
    assert await catalogue.current(store) == (0, ())


async def test_datasets_come_back_as_they_were_published(store):
    published = crops(3, theme="Nông nghiệp")
    await publish(store, *published)
    assert list((await catalogue.current(store))[1]) == published


async def test_a_second_source_adds(store):
    await publish(store, *crops(2), name="a")
    await publish(store, *crops(2, first=2), name="b")
    assert await codes(store) == ["c-0", "c-1", "c-2", "c-3"]


async def test_two_sources_may_use_one_code_and_both_are_found(store):
    await publish(store, *crops(1), name="a")
    await publish(store, *crops(1), name="b")
    first, second = await codes(store)
    assert (first, second.startswith("c-0-")) == ("c-0", True)
    await publish(store, *crops(1), name="b", days=1)
    assert await codes(store) == [first, second]


async def test_the_sample_is_silent_once_anything_else_was_synced(store):
    await publish(store, *crops(2), name="sample", sample=True)
    assert await codes(store) == ["c-0", "c-1"]
    await publish(store, *crops(1, first=9), name="a")
    assert await codes(store) == ["c-9"]


async def test_the_sample_takes_no_code_from_anybody(store):
    await publish(store, *crops(1), name="sample", sample=True)
    await publish(store, *crops(1), name="a")
    assert await codes(store) == ["c-0"]


async def test_a_version_that_was_never_published_does_not_count(store):
    await publish(store, *crops(1))
    (known,) = await source.list_sources(store)
    await source.write_datasets(store, known, await source.open_version(store), crops(2, first=5))
    assert await codes(store) == ["c-0"]


async def test_a_takedown_works_at_once_and_can_be_undone(store):
    await publish(store, *crops(2))
    assert await takedown.hide(store, "c-0", now=NOW, reason="dữ liệu cá nhân")
    assert await codes(store) == ["c-1"]
    assert await takedown.unhide(store, "c-0", now=NOW)
    assert await codes(store) == ["c-0", "c-1"]


async def test_a_takedown_outlives_the_next_sync(store):
    await publish(store, *crops(2))
    await takedown.hide(store, "c-0", now=NOW)
    await publish(store, *crops(2, theme="mới"), days=1)
    assert await codes(store) == ["c-1"]


async def test_what_is_taken_down_is_still_listed(store):
    await publish(store, *crops(2))
    await takedown.hide(store, "c-0", now=NOW)
    listed = [(e.dataset.code, e.source, e.sample, e.hidden) async for e in catalogue.entries(store)]
    assert listed == [("c-0", "a", False, True), ("c-1", "a", False, False)]
    assert [e.synced_at async for e in catalogue.entries(store, code="c-1")] == [NOW]


async def stamp_after(store, change) -> tuple[int, int]:
    before = await catalogue.stamp(store)
    await change()
    return before, await catalogue.stamp(store)


async def test_the_stamp_changes_with_whatever_is_in_force_and_only_then(store):
    changes = [
        (lambda: publish(store, *crops(2)), True),
        (lambda: publish(store, *crops(2), days=1), False),
        (lambda: publish(store, *crops(2, theme="mới"), dry_run=True), False),
        (lambda: publish(store, *crops(2, theme="mới"), days=2), True),
        (lambda: takedown.hide(store, "c-1", now=NOW), True),
        (lambda: takedown.hide(store, "c-1", now=NOW), False),
        (lambda: takedown.unhide(store, "c-1", now=NOW), True),
        (lambda: takedown.unhide(store, "c-1", now=NOW), False),
    ]
    for change, changes_it in changes:
        before, after = await stamp_after(store, change)
        assert (before != after) is changes_it


async def test_whoever_waits_for_the_catalogue_is_woken(store):
    with store.wakeup.subscribe(catalogue.TOPIC) as woken:
        await publish(store, *crops(1))
        await asyncio.wait_for(woken.wait(60), 5)


async def test_the_slower_of_two_syncs_of_one_source_changes_nothing(store):
    identity = {"kind": "memory", "name": "a", "province": ""}
    slow = await source.register_source(store, **identity, address="a")
    version = await source.open_version(store)
    await source.write_datasets(store, slow, version, crops(1, first=7))
    await publish(store, *crops(1))
    with pytest.raises(ConflictError, match="another sync of a was faster"):
        await source.publish_version(store, slow, version, now=NOW)
    assert await codes(store) == ["c-0"]


async def test_versions_have_numbers_of_their_own_whoever_asks(store, open_another):
    other = await open_another("other")
    numbers = await asyncio.gather(*(source.open_version(s) for s in [store, other] * 5))
    assert len(set(numbers)) == 10


async def test_what_a_broken_sync_left_behind_goes_with_the_next(store):
    await publish(store, *crops(3))
    (known,) = await source.list_sources(store)
    await source.write_datasets(store, known, await source.open_version(store), crops(3, theme="nửa chừng"))
    await publish(store, *crops(3, theme="mới"), days=1)
    assert await count(store, datasets) == 3


async def test_old_versions_are_removed_whatever_their_size(store):
    await publish(store, *crops(1))
    (known,) = await source.list_sources(store)
    rows = [
        {"source_id": known.id, "version": 0, "code": f"x-{n}", "digest": "", "document": {"code": "x", "title": "y"}}
        for n in range(450)
    ]
    await store.write(lambda connection: connection.execute(insert(datasets), rows))
    await source.purge_versions(store, known, before=known.version)
    assert await count(store, datasets) == 1
