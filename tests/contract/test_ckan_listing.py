"""A CKAN portal that changes while it is listed: nothing is lost, nothing comes twice."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gateway.outbound_rules import plan
from gateway.portal import (
    AwayError,
    Client,
    Entry,
    Fetched,
    Increment,
    Mark,
    Notice,
    Progress,
    Rejected,
    Request,
    read_source,
    silent,
)
from gateway.portal_client import open_client
from simulator.portals.ckan.double import CkanDouble, open_ckan
from simulator.portals.ckan.shelf import Written
from tests.contract.portal_case import AGENT, PATIENCE


def packages(number: int, **fields: Any) -> list[dict[str, Any]]:
    return [{"title": f"Tập {at}", **fields} for at in range(number)]


@contextlib.asynccontextmanager
async def opened(*found: dict[str, Any], rows_max: int = 3) -> AsyncIterator[tuple[CkanDouble, Client]]:
    async with (
        open_ckan(Written(found)) as double,
        open_client(plan([], sources=[double.url]), agent=AGENT, sleep=double.sleep, patience=PATIENCE) as client,
    ):
        double.world.rows_max = rows_max
        yield double, client
        assert double.offences == []


async def read(double: CkanDouble, client: Client, progress: Progress = silent, mark: str = "") -> list[Entry]:
    portal, request = read_source(f"ckan:{double.url}")
    asked = Request(kind=request.kind, address=request.address, name=request.name, mark=mark)
    return [entry async for entry in portal.fetch(asked, client, progress)]


def keys(entries: list[Entry]) -> list[str]:
    return [entry.dataset.key for entry in entries if isinstance(entry, Fetched)]


def mark_of(entries: list[Entry]) -> str:
    return next(entry.text for entry in entries if isinstance(entry, Mark))


def once(action: Callable[[], None]) -> Progress:
    """Do ``action`` when the first page has been read."""
    left = [action]

    def progress(_stage: str, _done: int, _total: int | None) -> None:
        if left:
            left.pop()()

    return progress


async def test_what_moves_up_when_another_is_deleted_is_not_lost():
    async with opened(*packages(10)) as (double, client):
        first, *others = double.shelf.ids()
        found = keys(await read(double, client, once(lambda: double.withdraw(first))))
    assert sorted(found) == [first, *others], "even the one that would have slipped over the edge of a page"


async def test_what_is_added_in_the_middle_makes_nothing_come_twice():
    async with opened(*packages(10)) as (double, client):
        found = keys(await read(double, client, once(lambda: double.change("00000000-new", title="Mới"))))
    assert len(found) == len(set(found)) == 11


async def test_what_changes_after_its_page_was_read_comes_the_next_time():
    async with opened(*packages(10)) as (double, client):
        first = double.shelf.ids()[0]
        entries = await read(double, client, once(lambda: double.change(first, title="Đổi tên")))
        assert len(keys(entries)) == 10
        news = await read(double, client, mark=mark_of(entries))
    assert keys(news) == [first]


async def test_a_change_that_the_index_learned_late_is_not_lost():
    async with opened(*packages(10)) as (double, client):
        late, soon = double.shelf.ids()[:2]
        whole = await read(double, client)
        double.world.prompt = False
        double.change(late, title="Muộn")
        view = double.world.database.changed.pop(late)
        double.change(soon, title="Sớm")
        double.world.reindex()
        double.world.database.changed[late] = view
        first = await read(double, client, mark=mark_of(whole))
        assert keys(first) == [soon]
        double.world.reindex()
        assert keys(await read(double, client, mark=mark_of(first))) == [late]


async def test_a_portal_that_cannot_tell_what_changed_is_read_whole():
    async with opened(*packages(4)) as (double, client):
        mark = mark_of(await read(double, client))
        double.world.deaf_to_filters = True
        entries = await read(double, client, mark=mark)
    assert len(keys(entries)) == 4
    assert not [entry for entry in entries if isinstance(entry, Increment)]
    assert any(isinstance(entry, Notice) and "everything is read" in entry.text for entry in entries)


async def test_a_few_that_are_counted_and_never_listed_are_told():
    async with opened(*packages(120), rows_max=50) as (double, client):
        double.world.phantoms = 2
        entries = await read(double, client)
    assert len(keys(entries)) == 120
    assert any(isinstance(entry, Notice) and "counts 122 datasets and lists 120" in entry.text for entry in entries)


async def test_half_a_portal_is_no_portal():
    async with opened(*packages(10)) as (double, client):
        double.world.phantoms = 5
        with pytest.raises(AwayError, match="counts 15 datasets and lists 10"):
            await read(double, client)


async def test_an_empty_portal_is_read_and_left_to_the_guard():
    async with opened() as (double, client):
        assert await read(double, client) == []


async def test_what_is_not_for_everybody_is_left_out_without_a_word():
    found = [
        {"title": "Riêng", "private": True},
        {"title": "Nháp", "state": "draft"},
        {"title": "Thu thập", "type": "harvest"},
    ]
    async with opened(*found, *packages(1)) as (double, client):
        entries = await read(double, client)
    assert len(keys(entries)) == 1
    assert not [entry for entry in entries if isinstance(entry, Rejected)]


async def test_one_wrong_package_leaves_the_others_and_says_which_it_is():
    async with opened(*packages(2), {"title": "Hỏng", "resources": "x"}) as (double, client):
        entries = await read(double, client)
    (rejected,) = [entry for entry in entries if isinstance(entry, Rejected)]
    assert (rejected.line, rejected.reason) == (3, "Hỏng: resources is no list of objects")
    assert len(keys(entries)) == 2


async def test_a_hundred_datasets_are_asked_for_at_a_time():
    async with opened(*packages(250), rows_max=1000) as (double, client):
        assert len(keys(await read(double, client))) == 250
        assert len(double.asked) == 3
