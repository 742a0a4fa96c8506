"""The table of ``tracuu datasets list``: which datasets are in it, and how they look in 120 columns."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.core.catalogue import Dataset, Resource
from bot.core.errors import ContentError
from bot.core.freshness import State, freshness_of
from bot.cycles import load_cycles
from bot.store.catalogue import Entry
from gateway.assumed_cycles import check_cycle
from gateway.commands.datasets.listing import WIDTH, filter_by, legend_of, summary_of, table_of
from gateway.deployment import DATA
from gateway.standing import DatasetStanding, Term

CYCLES = load_cycles(DATA)
TODAY = date(2026, 11, 22)
LONG = "Số vụ tai nạn giao thông theo tháng trên địa bàn tỉnh và các xã, phường, đặc khu lân cận từ năm 2019 đến nay"
DATASET = Dataset(
    code="quangngai-0a1b2c",
    title=LONG,
    province="quangngai",
    publisher="Công an tỉnh",
    cycle="Hằng tháng hoặc khi có thay đổi",
    changed_at=date(2026, 8, 20),
    resources=(Resource(position=1, row_count=1_234_567),),
)


def standing(due: str = "", default: str = "", *, hidden: bool = False, **fields: Any) -> DatasetStanding:
    dataset = replace(DATASET, **fields)
    cycle = CYCLES.understand(dataset.cycle, default=default)
    term = Term(decision="QĐ", item="A1", cycle=cycle, due=CYCLES.understand_due(due)) if due else None
    entry = Entry(
        dataset=dataset, kind="ckan", source="Cổng", home="", sample=False, synced_at=datetime.now(UTC), hidden=hidden
    )
    fresh = freshness_of(dataset, cycle, term.due if term else None, TODAY)
    return DatasetStanding(entry=entry, cycle=cycle, freshness=fresh, term=term)


def lines(*found: DatasetStanding) -> list[str]:
    return list(table_of([summary_of(one) for one in found]))


def test_a_dataset_is_a_line_of_at_most_120_columns_however_long_its_texts_are():
    told = lines(standing(), standing(code="c" * 60, province="p" * 60, cycle="hằng năm " * 20), standing(title=""))
    assert [line for line in told if len(line) > WIDTH] == []
    assert told[0].split() == ["STATE", "CODE", "PROVINCE", "CYCLE", "CHANGED", "NEXT", "ROWS", "TITLE"]
    assert told[1].startswith(
        "due   quangngai-0a1b2c   quangngai    MONTHLY (Hằng tháng hoặ… 2026-08-20 m 2026-09-30 1,234,567 Số"
    )
    assert {line.index(word) for line, word in zip(told, ("TITLE", "Số vụ", "Số vụ"), strict=False)} == {
        told[0].index("TITLE")
    }


SIGNS = [
    ("assumed", standing(default="hằng quý", cycle=""), "~QUARTERLY", "CYCLE: ~"),
    ("a deadline", standing("chậm nhất 15 ngày sau khi kết thúc tháng"), "2026-10-15!?", "NEXT: !"),
    ("provisional", standing("chậm nhất 15 ngày sau khi kết thúc tháng"), "2026-10-15!?", "NEXT: ?"),
    ("the portal says so", standing(), "2026-08-20 m", "CHANGED: m"),
    ("seen ourselves", standing(content_at=date(2026, 8, 1)), "2026-08-01 2026", ""),
    ("taken down", standing(hidden=True), "(hidden) Số vụ", ""),
    ("no date", standing(changed_at=None), " – ", ""),
]


@pytest.mark.parametrize(("one", "shown", "meaning"), [row[1:] for row in SIGNS], ids=[row[0] for row in SIGNS])
def test_what_is_assumed_provisional_or_hidden_can_be_seen(one: DatasetStanding, shown: str, meaning: str):
    assert shown in lines(one)[1]
    assert any(line.startswith(meaning) for line in legend_of([summary_of(one)]))


def test_the_legend_explains_no_sign_that_is_not_there_and_counts():
    finished = standing(cycle="không cập nhật nữa", content_at=TODAY)
    assert list(legend_of([summary_of(finished), summary_of(finished)])) == ["2 no-deadline"]
    assert list(legend_of([])) == ["nothing"]
    assert lines() == []


FILTERS = [
    ({"province": "Quảng Ngãi"}, True),
    ({"province": "quangngai"}, True),
    ({"province": "angiang"}, False),
    ({"states": (State.LATE, State.DUE)}, True),
    ({"states": (State.LATE,)}, False),
    ({"publisher": "cong an"}, True),
    ({"publisher": "sở"}, False),
    ({"source": "Cổng"}, True),
    ({"source": "Cổn"}, False),
    ({}, True),
]


@pytest.mark.parametrize(("wanted", "found"), FILTERS)
def test_the_list_can_be_narrowed(wanted: dict[str, Any], found: bool):
    assert filter_by(**wanted)(standing()) is found


def test_a_former_province_is_found_under_its_own_name_and_under_the_new_one():
    former = standing(province="ninhthuan")
    assert filter_by(province="Ninh Thuận")(former)
    assert filter_by(province="Khánh Hòa")(standing(province="khanhhoa"))
    assert not filter_by(province="quangngai")(former)


def test_a_province_that_does_not_exist_is_refused():
    with pytest.raises(ContentError, match="Atlantis is no province"):
        filter_by(province="Atlantis")


@pytest.mark.parametrize("printed", ["thỉnh thoảng", "khác", "18 tháng/lần"])
def test_a_default_that_says_nothing_stops_the_start(printed: str):
    with pytest.raises(ContentError, match=r"sources\[2\].cycle: .* is not known as an update frequency"):
        check_cycle(printed, "sources[2].cycle")
    check_cycle("", "sources[2].cycle")
    check_cycle("hằng quý", "sources[2].cycle")
