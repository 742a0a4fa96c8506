"""The register as it is read from the store, on both engines: whole, and for one agency."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import insert

from bot.core.catalogue import Dataset
from bot.core.cycle import Cycle, UpdateCycle
from bot.core.items import CatalogueItem, Decision, LinkState
from bot.core.obligations.progress import ActKind
from bot.register import REMEMBERED, read_register
from bot.rulebook import load_rulebook
from bot.store.acts import record_act
from bot.store.item_links import save_link
from bot.store.items import read_catalogues, save_annex
from bot.store.tables import agencies
from gateway.deployment import DATA
from tests.support.catalogue import publish
from tests.support.rows import NOW

RULEBOOK = load_rulebook(DATA)
YEAR = date(2026, 7, 2), date(2027, 3, 31)
DECISION = Decision(number="1/QĐ", province="quangngai", signed_on=date(2026, 6, 1), valid_from=date(2026, 7, 2))
NEW = Decision(
    number="2/QĐ",
    province="quangngai",
    signed_on=date(2026, 9, 1),
    valid_from=date(2026, 10, 10),
    replaces=("1/QĐ",),
)
CHANGED = "quangngai/update-period/item:1/QĐ#a/2026-09"


def item(code, owner):
    place = "ab".index(code)
    cycle = Cycle(code=UpdateCycle.MONTHLY)
    return CatalogueItem(code=code, title=f"Mục {code}", owner=owner, cycle=cycle, position=place)


async def record(store, *names, rules="quangngai"):
    async def job(connection):
        rows = [
            {
                "province": "quangngai", "key": name.lower(), "name": name, "kind": "department",
                "rule_set": rules, "applied_by": "", "aliases": [], "imported_at": NOW,
            }
            for name in names
        ]  # fmt: skip
        await connection.execute(insert(agencies), rows)

    await store.write(job)


async def say(store, key, kind, at=NOW, day=None):
    await store.write(lambda connection: record_act(connection, key=key, kind=kind, at=at, day=day))


async def test_one_agency_finds_in_its_own_register_what_the_whole_one_says_of_it(store):
    await record(store, "Sở Y tế", "Sở Xây dựng")
    await save_annex(store, DECISION, [item("a", "SỞ Y TẾ"), item("b", "Sở Xây dựng")], file="a", now=NOW)
    await save_annex(store, NEW, [item("a", "Sở Xây dựng"), item("b", "Sở Y  tế")], file="b", now=NOW)
    published = {"title": "X", "province": "quangngai", "published_at": date(2026, 7, 10)}
    datasets = [Dataset(code="x", publisher="Cổng", **published), Dataset(code="y", publisher="sở y tế", **published)]
    await publish(store, *datasets)
    old = (await read_catalogues(store))[0]
    await save_link(store, old.items[1], "x", LinkState.CONFIRMED, by="Sở", now=NOW)
    await say(store, CHANGED, ActKind.CHANGED, day=date(2026, 10, 1))
    await say(store, "quangngai/update-adhoc/item:1/QĐ#a/2026-10-01", ActKind.DONE)
    await say(store, "quangngai/update-adhoc/item:1/QĐ#b/2026-11-02", ActKind.CHANGED, day=date(2026, 11, 2))
    whole = await read_register(store, RULEBOOK, now=NOW)
    for number, rules in ((1, {"update-period", "update-adhoc", "update-3months", "review-yearly"}), (2, None)):
        own = await read_register(store, RULEBOOK, agencies={number}, now=NOW)
        duties = list(own.between(*YEAR))
        assert duties == list(whole.between(*YEAR, agencies={number}))
        assert [own.progress(duty.key) for duty in duties] == [whole.progress(duty.key) for duty in duties]
        assert rules is None or {duty.rule.id for duty in duties} == rules
    spanned = await read_register(store, RULEBOOK, span=YEAR, now=NOW)
    assert list(spanned.between(*YEAR)) == list(whole.between(*YEAR))
    assert spanned.acts == whole.acts
    assert whole.progress("quangngai/update-adhoc/item:1/QĐ#a/2026-10-01").report
    owners = {duty.subject.id: duty.agency for duty in whole.between(*YEAR, rule="update-3months")}
    assert owners == {"x": 2, "y": 1}


async def test_what_was_said_long_ago_is_left_out_but_where_a_gap_counts_from_it(store):
    ago = NOW - REMEMBERED - timedelta(days=1)
    review = "thaibinh/review-6months/agency:1/2025-04-07"
    await say(store, CHANGED, ActKind.DONE, at=ago)
    await say(store, review, ActKind.DONE, at=ago)
    assert set((await read_register(store, RULEBOOK, now=NOW)).acts) == {review}


async def test_a_chain_of_reviews_is_followed_from_its_beginning_for_one_agency_too(store):
    await record(store, "Sở Y tế", rules="thaibinh")
    days = [date(2025, 4, 7), *(date(2025 + number // 2, 3 + number % 2 * 6, 20) for number in range(1, 13))]
    for since, done in pairwise(days):
        key = f"thaibinh/review-6months/agency:1/{since.isoformat()}"
        await say(store, key, ActKind.DONE, at=datetime(2025, 1, 1, tzinfo=UTC), day=done)
    now = datetime(2031, 4, 1, tzinfo=UTC)
    span = {"first": date(2025, 1, 1), "last": date(2032, 1, 1), "rule": "review-6months"}
    own = list((await read_register(store, RULEBOOK, agencies={1}, now=now)).between(**span))
    assert own == list((await read_register(store, RULEBOOK, now=now)).between(**span))
    assert [duty.period for duty in own[-2:]] == ["2030-09-20", "2031-03-20"]
