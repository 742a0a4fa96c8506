"""The look-up on judged questions keeps what it reached: floors a little below the last measurement.

Where a change lowers a figure below its floor, mend the change; a floor only ever goes up.
"""

import asyncio
from pathlib import Path

import pytest

from bot.search.evaluation import Given, Measures, measure, measure_kinds, read_judged
from gateway.commands.search import Searcher, open_searcher
from gateway.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "queries-dev.csv": {
        "hit@1": 0.86,
        "hit@3": 0.92,
        "recall@10": 0.88,
        "no_answer_recall": 0.86,
        "no_answer_precision": 0.72,
    },
    "queries-a.csv": {"hit@1": 0.74, "hit@3": 0.80, "no_answer_recall": 0.86},
    "queries-b.csv": {"hit@1": 0.75, "hit@3": 0.80, "no_answer_recall": 0.76},
    "queries-c.csv": {"hit@1": 0.73, "hit@3": 0.82, "no_answer_recall": 0.84},
}
KINDS = {"telex": 0.85, "vni": 0.85, "khong_dau": 0.85, "dao_tu": 0.85, "tieng_anh": 0.75, "viet_tat": 0.70}


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return asyncio.run(open_searcher(Terminal(), ROOT / "data/sample/catalogue.csv"))


def ask(searcher: Searcher, file: str) -> list[Given]:
    given = []
    for judged in read_judged(ROOT / "tests/data" / file):
        found = searcher.search(judged.query, province="", limit=10)
        titles = tuple(hit["title"] for hit in found["hits"])
        given.append(Given(judged=judged, answered=found["answered"], titles=titles))
    return given


def below(measures: Measures, floors: dict[str, float]) -> dict[str, float | int | None]:
    """The measures that lie below their floor."""
    found = {name: measures[name] for name in floors}
    return {name: value for name, value in found.items() if value is None or value < floors[name]}


@pytest.mark.parametrize("file", FLOORS)
def test_judged_questions_are_answered_as_well_as_before(searcher: Searcher, file: str):
    assert below(measure(ask(searcher, file)), FLOORS[file]) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_no_way_of_typing_is_left_behind(searcher: Searcher, kind: str):
    given = [one for file in FLOORS for one in ask(searcher, file)]
    assert below(measure_kinds(given)[kind], {"hit@1": KINDS[kind]}) == {}


def test_every_hit_of_a_search_says_why(searcher: Searcher):
    hit = searcher.search("dân số Quảng Ngãi", province="", limit=1)["hits"][0]
    assert {"coverage", "head", "place", "year", "kind", "utility", "lead"} <= set(hit["why"])
