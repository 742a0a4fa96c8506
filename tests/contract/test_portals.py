"""What every catalogue source must keep, tried on each one found with its table of cases.

``portal_cases/<module>.toml``:

* ``kind`` and ``address`` of a source; ``files`` to lay beside it, or the ``double`` of a portal and what fills it
  (``portal_case.py`` says how one is plugged in);
* the titles ``fetched`` and the lines ``rejected``, in the order of the source;
* ``[[unreadable]]`` – sources that are refused whole: another ``address``, other ``files``, or a ``fault`` of the double
  (with ``times`` and ``after``); ``says`` is a part of the sentence, ``retry`` whether trying again may help;
* ``[[overcome]]`` – a ``fault`` of the double in spite of which everything arrives;
* ``[change]`` – ``key`` of a dataset and ``fields`` to change in it, where the portal has marks; ``[withdrawn]`` – ``key``
  of one to take away, where the portal can say that it did.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.plugins import find_plugins
from bot.store.table import make_table
from gateway import portals
from gateway.portal import (
    BadSourceError,
    Entry,
    Fetched,
    Increment,
    Mark,
    Offline,
    Portal,
    PortalError,
    Rejected,
    find_portals,
    read_source,
)
from tests.contract.portal_case import Source, load_case, open_source

MODULES = sorted(file.stem for file in Path(portals.__path__[0]).glob("[!_]*.py"))


def rows_of(key: str) -> list[Any]:
    """Every row of the list ``key`` with its module, for parametrising."""
    return [
        pytest.param(module, row, id=f"{module}-{row['id']}")
        for module in MODULES
        for row in load_case(module).get(key, [])
    ]


def modules_with(key: str) -> list[str]:
    return [module for module in MODULES if key in load_case(module)]


@pytest_asyncio.fixture(params=MODULES)
async def source(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Source]:
    async with open_source(load_case(request.param), tmp_path) as opened:
        yield opened


def datasets_of(entries: list[Entry]) -> list[Any]:
    return [entry.dataset for entry in entries if isinstance(entry, Fetched)]


def mark_of(entries: list[Entry]) -> str:
    assert isinstance(entries[-1], Mark), "a portal with marks ends with one"
    return entries[-1].text


def test_every_portal_is_found_by_each_of_its_kinds():
    plugins = find_plugins(portals, "PORTAL", Portal)
    assert len(plugins) == len(MODULES)
    assert find_portals() == {kind: portal for portal in plugins for kind in portal.kinds}


@pytest.mark.parametrize(
    "text", ["catalogue.csv", "csv:", ":x.csv", "", "docx:danh-muc.docx", "https://data.hue.gov.vn"]
)
def test_an_address_that_nobody_serves_is_refused_with_what_is_served(text):
    with pytest.raises(BadSourceError, match="csv"):
        read_source(text)


async def test_everything_published_arrives_in_order_and_the_rest_is_rejected(source):
    entries = await source.read()
    assert [dataset.title for dataset in datasets_of(entries)] == source.case["fetched"]
    assert [e.line for e in entries if isinstance(e, Rejected)] == source.case["rejected"]


async def test_codes_are_unique_and_the_same_at_every_reading(source):
    readings = [[dataset.code for dataset in datasets_of(await source.read())] for _ in range(2)]
    assert readings[0] == readings[1]
    assert len(set(readings[0])) == len(source.case["fetched"])


async def test_every_resource_with_a_table_brings_its_content(source):
    for entry in await source.read():
        if isinstance(entry, Fetched):
            contents = {table.hash: table for table in entry.tables}
            assert all(make_table(table.columns, table.rows) == table for table in entry.tables)
            named = [resource for resource in entry.dataset.resources if resource.table is not None]
            assert [(r.fields, r.row_count) for r in named] == [
                (contents[r.table].columns, len(contents[r.table].rows)) for r in named
            ]


async def test_every_file_to_load_belongs_to_a_resource(source):
    for entry in await source.read():
        if isinstance(entry, Fetched):
            addresses = {resource.position: resource.url for resource in entry.dataset.resources}
            assert all(addresses[file.position] == file.url for file in entry.files)


async def test_a_reason_is_one_sentence_that_names_no_path_of_this_machine(source):
    for entry in await source.read():
        if isinstance(entry, Rejected):
            assert entry.reason
            assert "\n" not in entry.reason
            assert str(source.folder) not in entry.reason


async def test_progress_never_goes_back_and_ends_at_the_end(source):
    steps: list[tuple[str, int, int | None]] = []
    await source.read(lambda *step: steps.append(step))
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    stage, done, total = steps[-1]
    assert (stage, done) == ("read", total)


async def test_the_province_of_the_source_stands_in_for_a_missing_one(source):
    assert "" not in {dataset.province for dataset in datasets_of(await source.read(province="angiang"))}


async def test_a_source_is_named_after_its_address_unless_it_has_a_name(source):
    _, request = source.request()
    _, named = source.request(name="Cổng")
    assert (request.name, named.name, named.address) == (request.address, "Cổng", request.address)


@pytest.mark.parametrize(("module", "row"), rows_of("unreadable"))
async def test_an_unreadable_source_is_refused_whole_in_one_sentence(tmp_path, module, row):
    case = load_case(module)
    changed = {**case, **row, "files": {**case.get("files", {}), **row.get("files", {})}}
    async with open_source(changed, tmp_path) as source:
        if "fault" in row:
            source.double.fault(row["fault"], times=row.get("times", 1), after=row.get("after", 0))
        taken: list[Entry] = []
        portal, request = source.request()
        with pytest.raises(PortalError) as refused:
            taken += [entry async for entry in portal.fetch(request, source.client, lambda *_: None)]
        assert "\n" not in str(refused.value)
        assert row.get("says", "") in str(refused.value)
        assert refused.value.retry is row.get("retry", False)
        assert not [entry for entry in taken if isinstance(entry, Mark)], "half a source leaves no mark"
        if "fault" in row:
            source.double.recover()
            await source.double.sleep(3600)
            assert [dataset.title for dataset in datasets_of(await source.read())] == case["fetched"]


@pytest.mark.parametrize(("module", "row"), rows_of("overcome"))
async def test_what_passes_by_itself_is_waited_for(tmp_path, module, row):
    async with open_source(load_case(module), tmp_path) as source:
        source.double.fault(row["fault"], times=row.get("times", 1), after=row.get("after", 0), **row.get("more", {}))
        assert [dataset.title for dataset in datasets_of(await source.read())] == source.case["fetched"]


@pytest.mark.parametrize("module", modules_with("change"))
async def test_a_reading_by_mark_brings_only_what_changed(tmp_path, module):
    async with open_source(load_case(module), tmp_path) as source:
        change = source.case["change"]
        first = await source.read()
        again = await source.read(mark=mark_of(first))
        assert isinstance(again[0], Increment)
        assert datasets_of(again) == []
        source.double.change(change["key"], **change["fields"])
        news = await source.read(mark=mark_of(again))
        before = {dataset.key: dataset for dataset in datasets_of(first)}
        (changed,) = datasets_of(news)
        assert changed.key == change["key"]
        assert changed.code == before[changed.key].code
        assert changed != before[changed.key]
        assert datasets_of(await source.read(mark=mark_of(news))) == []


@pytest.mark.parametrize("module", modules_with("change"))
async def test_an_odd_mark_is_no_mark(tmp_path, module):
    async with open_source(load_case(module), tmp_path) as source:
        whole = datasets_of(await source.read())
        for mark in ("", "x", "{}", "[]", '{"ckan": 1}', "null"):
            entries = await source.read(mark=mark)
            assert datasets_of(entries) == whole
            assert not [entry for entry in entries if isinstance(entry, Increment)]


@pytest.mark.parametrize("module", modules_with("withdrawn"))
async def test_what_was_withdrawn_is_confirmed_and_nothing_else(tmp_path, module):
    async with open_source(load_case(module), tmp_path) as source:
        key = source.case["withdrawn"]["key"]
        others = [dataset.key for dataset in datasets_of(await source.read()) if dataset.key != key]
        portal, request = source.request()
        assert portal.is_gone is not None
        assert not await portal.is_gone(request, key, source.client)
        source.double.withdraw(key)
        assert await portal.is_gone(request, key, source.client)
        assert not await portal.is_gone(request, others[0], source.client)
        assert key not in {dataset.key for dataset in datasets_of(await source.read())}
        for name in source.case["withdrawn"].get("doubtful", []):
            source.double.fault(name, times=9)
            with pytest.raises(PortalError):
                await portal.is_gone(request, others[0], source.client)
            source.double.recover()
            await source.double.sleep(3600)


async def test_a_portal_on_the_network_calls_nobody_by_itself(source):
    portal, request = source.request()
    if not portal.local:
        with pytest.raises(PortalError):
            [entry async for entry in portal.fetch(request, Offline(), lambda *_: None)]
