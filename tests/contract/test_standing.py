"""How the datasets of a store stand, by what the settings assume and decisions say."""

from dataclasses import replace
from datetime import date, timedelta

from bot.core.catalogue import Dataset, Resource
from bot.core.changes import Change, ChangeKind
from bot.core.freshness import State
from bot.core.item_coverage import Holding, How, ItemHoldings
from bot.core.items import CatalogueItem, Decision
from bot.core.personal import MaskedColumn
from bot.cycles import load_cycles
from bot.store.changes import stage_changes
from bot.store.items import save_annex
from bot.store.masks import write_masks
from bot.store.source import list_sources, open_version, publish_version, write_datasets
from bot.store.table import make_table
from gateway.commands.datasets.details import read_details
from gateway.dataset_terms import choose_terms, read_terms
from gateway.deployment import DATA
from gateway.portal import Fetched
from gateway.settings import Settings, SourceSettings
from gateway.standing import Rules, Term, describe, read_assumed, read_standings
from tests.support.catalogue import publish
from tests.support.rows import NOW

TODAY = NOW.date()
CYCLES = load_cycles(DATA)
SILENT = Dataset(code="s", title="Không ghi tần suất", changed_at=TODAY - timedelta(days=400))
YEARLY = Dataset(code="y", title="Hằng năm", cycle="hằng năm", changed_at=TODAY)


async def standings(store, **rules):
    found = read_standings(store, Rules(cycles=CYCLES, **rules), today=TODAY)
    return {one.entry.dataset.code: one async for one in found}


async def test_a_default_stands_for_datasets_of_its_source_only_and_is_marked(store):
    await publish(store, SILENT, YEARLY, name="a")
    await publish(store, replace(SILENT, code="t"), name="b")
    found = await standings(store, assumed={("memory", "a", ""): "hằng quý"})
    assert (found["s"].freshness.state, found["s"].cycle.assumed) == (State.DUE, True)
    assert (found["y"].freshness.state, found["y"].cycle.assumed) == (State.FRESH, False)
    assert (found["t"].freshness.state, found["t"].cycle.assumed) == (State.UNKNOWN, False)


async def test_what_a_decision_says_counts_before_what_the_portal_prints(store):
    await publish(store, replace(YEARLY, changed_at=TODAY - timedelta(days=100)), SILENT)
    due = CYCLES.understand_due("chậm nhất 15 ngày sau khi kết thúc tháng")
    monthly = Term(decision="112/2026/QĐ-UBND", item="A01", cycle=CYCLES.understand("hằng tháng"), due=due)
    unclear = replace(monthly, cycle=CYCLES.understand("theo quy định"), due=None)
    found = await standings(store, terms={"y": monthly, "s": unclear})
    assert found["y"].freshness.state is State.LATE
    told = describe(found["y"])
    assert (told["decision"], told["item"], told["cycle_code"]) == ("112/2026/QĐ-UBND", "A01", "MONTHLY")
    assert (told["nominal_due"], told["legal_due"], told["provisional"]) == ("2026-09-15", "2026-09-15", True)
    assert found["s"].freshness.state is State.UNKNOWN


async def test_a_dataset_is_judged_by_the_item_that_it_publishes(store):
    stale = replace(YEARLY, province="quangngai", changed_at=TODAY - timedelta(days=100))
    await publish(store, stale)
    assert await read_terms(store, CYCLES, today=TODAY) == {}
    decision = Decision(
        number="9/QĐ-UBND", signed_on=date(2026, 7, 1), province="quangngai", valid_from=date(2026, 8, 15)
    )
    due = CYCLES.understand_due("chậm nhất 15 ngày sau khi kết thúc tháng")
    item = CatalogueItem(code="y", title="Hằng tháng", owner="Sở A", cycle=CYCLES.understand("hằng tháng"), due=due)
    await save_annex(store, decision, [item], file="a.csv", now=NOW)
    terms = await read_terms(store, CYCLES, today=TODAY)
    assert (terms["y"].decision, terms["y"].item, terms["y"].since) == ("9/QĐ-UBND", "y", date(2026, 8, 15))
    assert (await standings(store, terms=terms))["y"].freshness.state is State.LATE
    assert await read_terms(store, CYCLES, today=date(2026, 8, 1)) == {}  # before it counted


def test_of_several_items_the_confirmed_one_counts_and_then_the_one_to_be_renewed_most_often():
    def held(code: str, cycle: str, how: How) -> ItemHoldings:
        item = CatalogueItem(code=code, title=code, cycle=CYCLES.understand(cycle))
        return ItemHoldings(item=item, holdings=(Holding(dataset=SILENT, how=how),))

    yearly, monthly = held("y", "hằng năm", How.CODE), held("m", "hằng tháng", How.CODE)
    unclear, confirmed = held("u", "", How.CODE), held("c", "hằng năm", How.CONFIRMED)
    assert choose_terms([yearly, unclear, monthly], CYCLES)["s"].item == "m"
    assert choose_terms([unclear, yearly], CYCLES)["s"].item == "y"
    assert choose_terms([monthly, confirmed], CYCLES)["s"].item == "c"


async def test_what_was_masked_in_the_tables_of_a_dataset_is_told(store):
    table = make_table(["tên", "sđt"], [["A", "***"]])
    resource = Resource(position=1, table=table.hash, row_count=1)
    await publish(store, Fetched(dataset=replace(SILENT, resources=(resource,)), tables=(table,)))
    column = MaskedColumn(position=1, heading="sđt", kind="phone", reason="heading", detail="điện thoại", cells=1)
    await write_masks(store, table.hash, [column])
    told = await read_details(store, Rules(cycles=CYCLES), "s", now=NOW)
    assert told is not None
    assert told["masked"] == [{"column": "sđt", "kind": "phone", "cells": 1, "why": "điện thoại"}]


async def test_one_dataset_is_told_with_its_changes_of_the_last_year_newest_first(store):
    await publish(store, SILENT)
    for days in (-500, 10, 20):
        source = (await list_sources(store))[0]
        version = await open_version(store)
        await write_datasets(store, source, version, [SILENT])
        kind = ChangeKind.CONTENT if days == 20 else ChangeKind.METADATA
        change = Change(code="s", kind=kind, title="", province="", detail={"fields": ["cycle"]})
        await stage_changes(store, source, version, [change])
        await publish_version(store, source, version, now=NOW + timedelta(days=days))
    told = await read_details(store, Rules(cycles=CYCLES), "s", now=NOW + timedelta(days=30))
    assert told is not None
    assert [(change["kind"], change.get("fields")) for change in told["changes"]] == [
        ("content", ["cycle"]),
        ("metadata", ["cycle"]),
        ("added", None),
    ]
    assert (told["title"], told["state"], told["kind"]) == ("Không ghi tần suất", "unknown", "memory")
    assert await read_details(store, Rules(cycles=CYCLES), "none", now=NOW) is None


def test_the_settings_say_which_source_has_which_default(tmp_path):
    source = SourceSettings(kind="csv", url="a.csv", province="quangngai", name="danh mục", cycle="hằng quý")
    other = source.model_copy(update={"url": "b.csv", "name": "b", "cycle": ""})
    settings = Settings(sources=(source, other), folder=tmp_path)
    assert read_assumed(settings) == {("csv", "danh mục", "quangngai"): "hằng quý"}
