"""What every catalogue source must keep, tried on each one found with its table of cases.

``portal_cases/<module>.toml``: ``kind`` and ``address`` of a source, ``files`` to lay beside it, the titles ``fetched`` and
the lines ``rejected`` in its order, and ``[[unreadable]]`` sources (another ``address`` or other ``files``).
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.plugins import find_plugins
from bot.store.table import make_table
from gateway import portals
from gateway.portal import (
    BadSourceError,
    Entry,
    Fetched,
    Offline,
    Portal,
    PortalError,
    Rejected,
    find_portals,
    read_source,
    silent,
)
from tests.support.catalogue import write_files

CASES = Path(__file__).parent / "portal_cases"
MODULES = sorted(file.stem for file in Path(portals.__path__[0]).glob("[!_]*.py"))
Case = dict[str, Any]


def load(module: str) -> Case:
    return tomllib.loads((CASES / f"{module}.toml").read_text(encoding="utf-8"))


UNREADABLE = [(module, fault) for module in MODULES for fault in load(module)["unreadable"]]


@pytest.fixture(params=MODULES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    loaded = load(request.param)
    write_files(tmp_path, loaded["files"])
    return loaded


async def fetch(case: Case, folder: Path, progress=silent, **source: str) -> list[Entry]:
    portal, request = read_source(f"{case['kind']}:{case['address']}", folder=folder, **source)
    return [entry async for entry in portal.fetch(request, Offline(), progress)]


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


async def test_everything_published_arrives_in_order_and_the_rest_is_rejected(case, tmp_path):
    entries = await fetch(case, tmp_path)
    assert [e.dataset.title for e in entries if isinstance(e, Fetched)] == case["fetched"]
    assert [e.line for e in entries if isinstance(e, Rejected)] == case["rejected"]


async def test_codes_are_unique_and_the_same_at_every_reading(case, tmp_path):
    readings = [[e.dataset.code for e in await fetch(case, tmp_path) if isinstance(e, Fetched)] for _ in range(2)]
    assert readings[0] == readings[1]
    assert len(set(readings[0])) == len(case["fetched"])


async def test_every_resource_with_a_table_brings_its_content(case, tmp_path):
    for entry in await fetch(case, tmp_path):
        if isinstance(entry, Fetched):
            contents = {table.hash: table for table in entry.tables}
            assert all(make_table(table.columns, table.rows) == table for table in entry.tables)
            named = [resource for resource in entry.dataset.resources if resource.table is not None]
            assert [(r.fields, r.row_count) for r in named] == [
                (contents[r.table].columns, len(contents[r.table].rows)) for r in named
            ]


async def test_a_reason_is_one_sentence_that_names_no_path_of_this_machine(case, tmp_path):
    for entry in await fetch(case, tmp_path):
        if isinstance(entry, Rejected):
            assert entry.reason
            assert "\n" not in entry.reason
            assert str(tmp_path) not in entry.reason


async def test_progress_never_goes_back_and_ends_at_the_end(case, tmp_path):
    steps: list[tuple[str, int, int | None]] = []
    await fetch(case, tmp_path, lambda *step: steps.append(step))
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    stage, done, total = steps[-1]
    assert (stage, done) == ("read", total)


async def test_the_province_of_the_source_stands_in_for_a_missing_one(case, tmp_path):
    provinces = {e.dataset.province for e in await fetch(case, tmp_path, province="angiang") if isinstance(e, Fetched)}
    assert "" not in provinces


def test_a_source_is_named_after_its_address_unless_it_has_a_name(case, tmp_path):
    _, request = read_source(f"{case['kind']}:{case['address']}", folder=tmp_path)
    _, named = read_source(f"{case['kind']}:{case['address']}", folder=tmp_path, name="Cổng")
    assert (request.name, named.name, named.address) == (request.address, "Cổng", request.address)


@pytest.mark.parametrize(
    ("module", "fault"), UNREADABLE, ids=lambda value: value if isinstance(value, str) else value["id"]
)
async def test_an_unreadable_source_is_refused_whole_in_one_sentence(tmp_path, module, fault):
    case = load(module)
    write_files(tmp_path, {**case["files"], **fault.get("files", {})})
    with pytest.raises(PortalError) as refused:
        await fetch({**case, **fault}, tmp_path)
    assert "\n" not in str(refused.value)
