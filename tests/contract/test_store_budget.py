"""What a provider counts of us: right with several processes, after a crash, in each month, and without names."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.budget import Allowance
from bot.core.messages import Address, InboundMessage
from bot.store import budget
from bot.store.budget import Grant, Ledger
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.inbox import seal
from bot.store.intake import Intake, insert_batch
from bot.store.tables import budget_messages, budget_months, budget_users, inbox
from tests.support.rows import NOW, rows

LEDGER = Ledger(channel="zalo-bot", account="staff")
OTHER = Ledger(channel="zalo-bot", account="second")
ALLOWED = Allowance(users=50, messages=3000)
LAST_MINUTE = datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Việt Nam


def words(user: str, number: str, *, ledger: Ledger = LEDGER, at: datetime = NOW) -> InboundMessage:
    address = Address(channel=ledger.channel, account=ledger.account, user=user)
    return InboundMessage(address=address, external_id=number, received_at=at, text="dân số")


async def take(
    store: Store, user: str = "an", *, allowance: Allowance = ALLOWED, reserve: bool = False, at: datetime = NOW
) -> tuple[Grant, int]:
    person = store.vault.person(words(user, "").address)
    return await budget.take(store, LEDGER, person, allowance=allowance, reserve=reserve, now=at)


async def counted(store: Store, ledger: Ledger = LEDGER, *, at: datetime = NOW) -> tuple[int, int, int]:
    usage = await budget.look(store, ledger, now=at)
    return usage.received, usage.sent, usage.users


async def test_what_comes_in_is_counted_once_with_the_transaction_that_accepts_it(store: Store):
    intake = Intake(store)
    await intake.accept([words("an", "1"), words("an", "2"), words("binh", "3"), words("an", "4", ledger=OTHER)])
    await intake.accept([words("an", "1"), words("binh", "5")])
    web = Address(channel="web", account="main", user="an")
    await intake.accept([InboundMessage(address=web, external_id="6", received_at=NOW, text="dân số")])
    assert (await counted(store), await counted(store, OTHER)) == ((4, 0, 2), (1, 0, 1))
    found = await budget.look_at_all(store, now=NOW)
    assert [(ledger, usage.messages, usage.users) for ledger, usage in found.items()] == [(OTHER, 1, 1), (LEDGER, 4, 2)]


async def test_as_many_are_counted_as_are_stored_whatever_the_database_thinks_of_them(store: Store):
    poison = seal(store.vault, words("an", "7"))._replace(external_id="7\x00", person="p\x00")
    await insert_batch(store, [seal(store.vault, words("an", "1")), poison])
    stored = [number for number, channel in await rows(store, inbox, "external_id", "channel")]
    assert "1" in stored
    assert (await counted(store))[0] == len(stored)


async def test_many_who_ask_at_once_get_no_more_than_there_is(store: Store):
    ten = Allowance(users=50, messages=10)
    grants = await asyncio.gather(*(take(store, allowance=ten) for _ in range(25)))
    assert [grant for grant, _ in grants].count(Grant.GIVEN) == 10
    assert {grant for grant, _ in grants} == {Grant.GIVEN, Grant.SPENT}
    assert await counted(store) == (0, 10, 1)


async def test_what_has_not_left_is_given_back_and_what_a_crash_left_behind_stays_counted(store: Store):
    _, first = await take(store)
    await take(store)  # and the process is gone
    assert await budget.give_back(store, LEDGER, first, now=NOW) == 1
    assert await budget.give_back(store, LEDGER, first, now=NOW) == 1
    assert await counted(store) == (0, 1, 1)


async def test_the_last_tenth_is_kept_for_what_somebody_waits_for(store: Store):
    ten = Allowance(users=50, messages=10)
    for _ in range(9):
        assert (await take(store, allowance=ten, reserve=True))[0] is Grant.GIVEN
    assert (await take(store, allowance=ten, reserve=True))[0] is Grant.RESERVED
    assert (await take(store, allowance=ten))[0] is Grant.GIVEN
    assert (await take(store, allowance=ten))[0] is Grant.SPENT
    assert (await take(store, allowance=ten, reserve=True))[0] is Grant.SPENT


async def test_a_month_ends_at_midnight_in_viet_nam(store: Store):
    await Intake(store).accept([words("an", "1", at=LAST_MINUTE)])
    await take(store, at=LAST_MINUTE)
    assert await counted(store, at=LAST_MINUTE) == (1, 1, 1)
    assert await counted(store, at=LAST_MINUTE + timedelta(seconds=1)) == (0, 0, 1)


async def test_places_go_to_whoever_came_first_and_stay_taken(store: Store):
    two = Allowance(users=2, messages=10)
    await Intake(store).accept([words("an", "1"), words("binh", "2")])
    await Intake(store).accept([words("chi", "3")])
    assert [(await take(store, user, allowance=two))[0] for user in ("an", "binh", "chi")] == [
        Grant.GIVEN,
        Grant.GIVEN,
        Grant.NO_PLACE,
    ]
    gone = words("an", "").address
    assert (await erase(store, gone, now=NOW))["budget_users"] == 1
    assert (await take(store, "chi", allowance=two))[0] is Grant.NO_PLACE, "the provider goes on counting an"
    assert (await counted(store))[2] == 3
    people = [person for (person,) in await rows(store, budget_users, "person")]
    assert people.count(None) == 1
    assert store.vault.person(gone) not in people
    await take(store, "an", allowance=two)
    assert (await counted(store))[2] == 4, "whoever comes back is somebody new to us"


@pytest.mark.parametrize("level", [80, 100])
async def test_each_level_is_told_by_one_process_once_a_month(store: Store, level: int):
    first = await asyncio.gather(*(budget.tell_level(store, LEDGER, level, now=NOW) for _ in range(3)))
    assert sorted(first) == [False, False, True]
    assert not await budget.tell_level(store, LEDGER, 80, now=NOW)
    assert await budget.tell_level(store, OTHER, level, now=NOW)
    assert await budget.tell_level(store, LEDGER, level, now=NOW + timedelta(days=30))


async def test_counts_are_kept_for_this_month_and_the_last(store: Store):
    for month in (9, 10, 11):
        await take(store, at=datetime(2026, month, 15, tzinfo=UTC))
    assert await budget.forget(store, now=NOW) == 2
    assert [month for (month,) in await rows(store, budget_messages, "month")] == ["2026-10", "2026-11"]
    assert await budget.forget(store, now=datetime(2027, 1, 1, tzinfo=UTC)) == 4
    assert [month for (month,) in await rows(store, budget_months, "month")] == []
