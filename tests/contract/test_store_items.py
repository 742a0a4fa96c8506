"""Catalogue decisions in the store, on both engines: whole or not at all, versions, what people said, proposals."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.errors import ConflictError
from bot.core.item_proposals import ItemProposal, ProposalKind, ProposalState
from bot.core.items import CatalogueItem, Decision, LinkState
from bot.store.item_links import read_links, remove_link, save_link
from bot.store.item_proposals import move_proposals, read_proposals, save_proposal
from bot.store.items import ChangedAnnexError, Outcome, read_catalogues, save_annex
from bot.store.tables import decisions, items
from tests.support.catalogue import count
from tests.support.rows import NOW

OLD, NEW = date(2024, 9, 5), date(2026, 7, 2)
LAND = CatalogueItem(
    code="land",
    title="Bảng giá đất",
    theme="Đất đai",
    owner="Sở A",
    position=1,
    cycle=Cycle(code=UpdateCycle.ANNUAL, printed="Hằng năm", note="khi có thay đổi"),
    due=DueWording(anchor=DueAnchor.PERIOD_END, offset_days=10, unit=DueUnit.WORKING, printed="10 ngày làm việc"),
    due_printed="10 ngày làm việc",
    format="CSV",
    fields=("thửa", "giá"),
)
MARKET = CatalogueItem(code="market", title="Danh sách chợ", owner="Sở B", position=2)


def decide(number="1/QĐ", since=OLD, **fields):
    return Decision(number=number, province="p", signed_on=since, valid_from=since, **fields)


async def keep(store, *annex, decision=None, **choices):
    return await save_annex(store, decision or decide(), annex, file="a.csv", now=NOW, **choices)


async def lineages(store):
    return [{item.code: item.lineage for item in each.items} for each in await read_catalogues(store)]


async def test_a_decision_comes_back_as_it_was_imported(store):
    decision = decide(signer="Chủ tịch", title="Danh mục", valid_to=date(2027, 1, 1), replaces=("0/QĐ",))
    assert await keep(store, LAND, MARKET, decision=decision) is Outcome.ADDED
    (found,) = await read_catalogues(store)
    assert found.decision == decision
    expected = {"decision": "1/QĐ", "province": "p", "valid_from": OLD, "valid_to": date(2027, 1, 1)}
    assert found.items == (
        replace(LAND, **expected, lineage="1/QĐ#land"),
        replace(MARKET, **expected, lineage="1/QĐ#market"),
    )


async def test_the_same_annex_again_changes_nothing(store):
    await keep(store, LAND, MARKET)
    before = await read_catalogues(store)
    assert await keep(store, LAND, MARKET, anew=True) is Outcome.UNCHANGED
    assert await read_catalogues(store) == before


async def test_another_annex_takes_its_place_only_when_that_is_said(store):
    await keep(store, LAND, MARKET)
    with pytest.raises(ChangedAnnexError):
        await keep(store, LAND)
    assert (await count(store, items), await count(store, decisions)) == (2, 1)
    assert await keep(store, LAND, anew=True) is Outcome.CHANGED
    assert (await count(store, items), await count(store, decisions)) == (1, 1)


async def test_an_annex_that_cannot_be_kept_leaves_nothing_behind(store):
    await keep(store, LAND)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await keep(store, MARKET, MARKET, anew=True)
    assert await lineages(store) == [{"land": "1/QĐ#land"}]


async def test_numbers_are_compared_without_blanks_and_case(store):
    await keep(store, LAND, decision=decide("1290/QĐ-CT"))
    assert await keep(store, LAND, decision=decide("1290/qđ-ct"), anew=True) is Outcome.CHANGED
    assert await count(store, decisions) == 1


async def test_a_decision_that_replaces_another_ends_it_and_continues_its_items(store):
    await keep(store, LAND, MARKET)
    await keep(store, replace(LAND, code="l2"), decision=decide("2/QĐ", NEW, replaces=("1/qđ",)))
    old, new = await read_catalogues(store)
    assert (old.decision.last_day, old.decision.replaced_by, old.items[0].valid_to) == (
        date(2026, 7, 1),
        "2/QĐ",
        date(2026, 7, 1),
    )
    assert (new.decision.last_day, new.items[0].lineage) == (None, "1/QĐ#land")


async def test_the_order_of_imports_does_not_matter(store):
    await keep(store, replace(LAND, code="l2"), decision=decide("2/QĐ", NEW, replaces=("1/QĐ",)))
    await keep(store, LAND, MARKET)
    assert await lineages(store) == [{"land": "2/QĐ#l2", "market": "1/QĐ#market"}, {"l2": "2/QĐ#l2"}]
    assert (await read_catalogues(store))[0].decision.replaced_on == NEW


async def test_decisions_are_read_province_by_province(store):
    await keep(store, LAND)
    await keep(store, MARKET, decision=replace(decide("1/QĐ"), province="q"))
    (found,) = await read_catalogues(store, province="q")
    assert [item.code for item in found.items] == ["market"]


async def item_of(store, code):
    return next(item for each in await read_catalogues(store) for item in each.items if item.code == code)


async def test_what_was_said_of_item_and_dataset_holds_in_the_next_decision(store):
    await keep(store, LAND)
    await save_link(store, await item_of(store, "land"), "d1", LinkState.CONFIRMED, by="Sở KH&CN", now=NOW)
    await keep(store, replace(LAND, code="l2"), decision=decide("2/QĐ", NEW, replaces=("1/QĐ",)))
    new = await item_of(store, "l2")
    (link,) = await read_links(store, province="p")
    assert (link.lineage, link.dataset, link.state, link.by, link.at) == (
        new.lineage,
        "d1",
        "confirmed",
        "Sở KH&CN",
        NOW,
    )


async def test_a_later_word_takes_the_place_of_an_earlier_one_and_can_be_taken_back(store):
    await keep(store, LAND)
    land, later = await item_of(store, "land"), NOW + timedelta(days=1)
    await save_link(store, land, "d1", LinkState.CONFIRMED, by="a", now=NOW)
    await save_link(store, land, "d1", LinkState.REJECTED, by="b", now=later)
    assert [(link.state, link.by, link.at) for link in await read_links(store)] == [("rejected", "b", later)]
    assert await remove_link(store, land, "d1")
    assert not await remove_link(store, land, "d1")
    assert await read_links(store, province="p") == ()


def propose(title="Cây xanh", **fields):
    return ItemProposal(
        **{
            "province": "p",
            "kind": ProposalKind.ADD,
            "title": title,
            "agency": "Sở X",
            "reason": "r",
            "by": "b",
            "at": NOW,
        }
        | fields
    )


async def test_a_proposal_comes_back_with_a_number(store):
    mine = propose(kind=ProposalKind.CHANGE, item="land", owner="Sở A", cycle="Hằng năm", values={"cycle": "Hằng quý"})
    number = await save_proposal(store, mine)
    assert await read_proposals(store, province="p") == (replace(mine, number=number),)
    assert await read_proposals(store, province="q") == ()


async def test_proposals_are_submitted_together_and_settled_one_by_one(store):
    first, second = [await save_proposal(store, propose(title)) for title in ("A", "B")]
    assert (
        await move_proposals(store, {ProposalState.SUBMITTED: [first, second]}, by="x", now=NOW, document="12/TTr") == 2
    )
    assert await move_proposals(store, {ProposalState.ACCEPTED: [first]}, by="y", now=NOW) == 1
    told = [(one.state, one.document, one.settled_by) for one in await read_proposals(store)]
    assert told == [("accepted", "12/TTr", "y"), ("submitted", "12/TTr", "x")]
    assert [one.title for one in await read_proposals(store, state=ProposalState.SUBMITTED)] == ["B"]


async def test_a_move_that_is_not_allowed_moves_none(store):
    first, second = [await save_proposal(store, propose(title)) for title in ("A", "B")]
    await move_proposals(store, {ProposalState.REJECTED: [first]}, by="x", now=NOW)
    for numbers in ([second, first], [second, 999]):
        with pytest.raises(ConflictError):
            await move_proposals(store, {ProposalState.SUBMITTED: numbers}, by="x", now=NOW, document="1")
    assert [one.state for one in await read_proposals(store)] == ["rejected", "open"]


async def test_moving_again_changes_nothing(store):
    number = await save_proposal(store, propose())
    await move_proposals(store, {ProposalState.SUBMITTED: [number]}, by="x", now=NOW, document="1")
    assert await move_proposals(store, {ProposalState.SUBMITTED: [number]}, by="y", now=NOW, document="2") == 0
    assert (await read_proposals(store))[0].document == "1"
