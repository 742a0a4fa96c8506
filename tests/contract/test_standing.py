"""How the datasets of a store stand, by what the settings assume and decisions say."""

from dataclasses import replace
from datetime import timedelta

from bot.core.catalogue import Dataset
from bot.core.changes import Change, ChangeKind
from bot.core.freshness import State
from bot.cycles import load_cycles
from bot.store.changes import stage_changes
from bot.store.source import list_sources, open_version, publish_version, write_datasets
from gateway.commands.datasets.details import read_details
from gateway.deployment import DATA
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
    assert [(change["kind"], change["fields"]) for change in told["changes"]] == [
        ("content", ["cycle"]),
        ("metadata", ["cycle"]),
    ]
    assert (told["title"], told["state"], told["kind"]) == ("Không ghi tần suất", "unknown", "memory")
    assert await read_details(store, Rules(cycles=CYCLES), "none", now=NOW) is None


def test_the_settings_say_which_source_has_which_default(tmp_path):
    source = SourceSettings(kind="csv", url="a.csv", province="quangngai", name="danh mục", cycle="hằng quý")
    other = source.model_copy(update={"url": "b.csv", "name": "b", "cycle": ""})
    settings = Settings(sources=(source, other), folder=tmp_path)
    assert read_assumed(settings) == {("csv", "danh mục", "quangngai"): "hằng quý"}
