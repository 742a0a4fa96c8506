"""Decisions and items: when they count, which item continues which, what changed, what is there."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core.catalogue import Dataset
from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueWording
from bot.core.item_coverage import cover_by_owner, find_unlisted, match
from bot.core.item_versions import compare, pair, trace_lineage
from bot.core.items import CatalogueItem, Decision, ItemLink, LinkState, belong, settle

DAY = date(2026, 7, 2)
AT = datetime(2026, 11, 16, tzinfo=UTC)


def decide(number, since, until=None, replaces=()):
    return Decision(
        number=number, province="p", signed_on=since, valid_from=since, valid_to=until, replaces=tuple(replaces)
    )


def item(title="Lúa", owner="Sở A", code="a", **fields):
    return CatalogueItem(code=code, title=title, owner=owner, **fields)


def test_a_decision_counts_from_its_first_to_its_last_day():
    one = decide("1", date(2024, 1, 1), date(2024, 12, 31))
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    assert [one.counts_on(day) for day in days] == [False, True, True, False]


def test_a_decision_ends_on_the_day_before_the_one_that_replaces_it_counts():
    old, new = settle([decide("1/QĐ-CT", date(2024, 1, 1)), decide("2", DAY, replaces=["1 / qđ-ct"])])
    assert (old.last_day, old.replaced_by, old.counts_on(DAY), new.counts_on(DAY)) == (
        date(2026, 7, 1),
        "2",
        False,
        True,
    )
    assert settle([old, new]) == (old, new)


def test_a_decision_that_ended_before_stays_ended():
    old, _ = settle([decide("1", date(2024, 1, 1), date(2025, 1, 1)), decide("2", DAY, replaces=["1"])])
    assert old.last_day == date(2025, 1, 1)


def test_the_first_of_two_that_replace_it_ends_it():
    old, *_ = settle(
        [decide("1", date(2024, 1, 1)), decide("3", date(2027, 1, 1), replaces=["1"]), decide("2", DAY, replaces=["1"])]
    )
    assert old.replaced_by == "2"


def test_a_decision_does_not_replace_itself():
    assert settle([decide("1", DAY, replaces=["1"])])[0].replaced_on is None


def test_an_item_counts_as_long_as_its_decision():
    mine = belong(item(), decide("1", date(2024, 1, 1), date(2024, 12, 31)))
    assert (mine.counts_on(date(2024, 6, 1)), mine.counts_on(DAY), mine.decision) == (True, False, "1")


PAIRS = {
    "the same code, renamed by its agency": (item("Lúa"), item("Ngô"), True),
    "the same code, alike under another agency": (item("Giá đất ở"), item("Giá đất ở mới", "Sở B"), True),
    "the same code that only counts lines": (item("Giá đất"), item("Danh sách chợ", "Sở B"), False),
    "another code, same title and agency": (item("Bảng giá đất"), item("BANG GIA DAT", code="b"), True),
    "another code, same title, another agency": (item("Giá đất"), item("Giá đất", "Sở B", code="b"), False),
}


@pytest.mark.parametrize(("before", "after", "same"), PAIRS.values(), ids=PAIRS)
def test_an_item_continues_another_by_code_or_by_title_and_agency(before, after, same):
    assert pair([before], [after]) == (((before, after),) if same else ((None, after), (before, None)))


def test_one_title_of_two_agencies_stays_two_items():
    old = [item("Báo cáo", "Sở A", "1"), item("Báo cáo", "Sở B", "2")]
    new = [item("Báo cáo", "Sở B", "3"), item("Báo cáo", "Sở A", "4")]
    assert pair(old, new) == ((old[1], new[0]), (old[0], new[1]))


CHANGES = {
    "nothing": ({}, []),
    "title": ({"title": "Lúa mùa"}, [("title", "Lúa", "Lúa mùa")]),
    "owner": ({"owner": "Sở B"}, [("owner", "Sở A", "Sở B")]),
    "another wording of the cycle": ({"cycle": Cycle(code=UpdateCycle.MONTHLY, printed="hàng tháng")}, []),
    "cycle": (
        {"cycle": Cycle(code=UpdateCycle.QUARTERLY, printed="hằng quý")},
        [("cycle", "Hằng tháng", "hằng quý")],
    ),
    "due": (
        {"due": DueWording(anchor=DueAnchor.PERIOD_END, offset_days=20), "due_printed": "20 ngày"},
        [("due", "15 ngày", "20 ngày")],
    ),
    "a due that says nothing any more": ({"due": None, "due_printed": ""}, [("due", "15 ngày", "")]),
}


@pytest.mark.parametrize(("fields", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_told_field_by_field(fields, expected):
    before = item(
        cycle=Cycle(code=UpdateCycle.MONTHLY, printed="Hằng tháng"),
        due=DueWording(anchor=DueAnchor.PERIOD_END, offset_days=15),
        due_printed="15 ngày",
    )
    diff = compare([before], [replace(before, **fields)])
    assert [(c.field, c.before, c.after) for change in diff.changed for c in change.changes] == expected
    assert (diff.unchanged, diff.empty) == (not expected, not expected)


def test_two_wordings_that_nobody_understands_are_compared_as_printed():
    one, other = (item(cycle=Cycle(code=UpdateCycle.UNKNOWN, printed=text)) for text in ("Theo A", "Theo B"))
    assert compare([one], [other]).changed
    assert compare([one], [one]).empty


def test_lineage_is_handed_on_and_never_to_two():
    old = [item("Giá đất", code="1", lineage="L1"), item("Chợ", code="2", lineage="L2")]
    new = [item("Giá đất", code="9"), item("Bến xe", "Sở B", code="1"), item("Chợ", code="2")]
    traced = trace_lineage(new, [old], "5/QĐ")
    assert [each.lineage for each in traced] == ["L1", "5/QĐ#1", "L2"]


def test_a_code_that_another_item_had_begins_no_lineage_of_the_same_name():
    old = [item("Giá đất", code="1", lineage="5/QĐ#1")]
    traced = trace_lineage([item("Giá đất", code="9"), item("Bến xe", "Sở B", code="1")], [old], "5/QĐ")
    assert [each.lineage for each in traced] == ["5/QĐ#1", "5/QĐ#1+"]


def link(dataset, state=LinkState.CONFIRMED, lineage="L"):
    return ItemLink(province="p", lineage=lineage, dataset=dataset, state=state, by="x", at=AT)


MINE = item(code="i1", province="p", lineage="L")
LIVE = [Dataset(code="i1", title="a"), Dataset(code="d2", title="b"), Dataset(code="d3", title="c", key="i1")]
MATCHES = {
    "by its own code and by the portal's": ([], ["i1 code", "d3 code"]),
    "confirmed": ([link("d2")], ["d2 confirmed", "i1 code", "d3 code"]),
    "a code that somebody rejected": ([link("i1", LinkState.REJECTED)], ["d3 code"]),
    "confirmed, and gone from the portal": ([link("gone")], ["i1 code", "d3 code"]),
    "confirmed for another item": ([link("d2", lineage="M")], ["i1 code", "d3 code"]),
    "confirmed counts once": ([link("i1")], ["i1 confirmed", "d3 code"]),
}


@pytest.mark.parametrize(("links", "expected"), MATCHES.values(), ids=MATCHES)
def test_an_item_has_its_datasets_by_code_or_by_a_person(links, expected):
    (mine,) = match([MINE], LIVE, links, lambda _item, _dataset: True)
    assert [f"{each.dataset.code} {each.how}" for each in mine.holdings] == expected


def test_a_code_of_another_province_counts_for_nothing():
    (mine,) = match([MINE], LIVE, [link("d2")], lambda _item, _dataset: False)
    assert [each.dataset.code for each in mine.holdings] == ["d2"]


def test_coverage_is_counted_by_agency_and_what_no_decision_lists_is_found():
    other = item("Chợ", "Sở B", code="none", province="p", lineage="M")
    matched = match([MINE, other], LIVE, [], lambda _item, _dataset: True)
    assert [(e.owner, e.items, e.covered) for e in cover_by_owner(matched)] == [("Sở A", 1, 1), ("Sở B", 1, 0)]
    assert [dataset.code for dataset in find_unlisted(matched, LIVE)] == ["d2"]
