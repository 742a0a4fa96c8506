"""A bot of ours on Zalo's Bot Platform: what leaves for whom, within its budget; all but the processes is real."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.delivery import Lane
from bot.core.messages import Address, Choice, Picture, Reply
from bot.store import dead
from bot.store.engine import Store
from bot.store.tables import outbox
from gateway.channel import Part
from gateway.zalo_bot.sending import send
from gateway.zalo_bot.watch import watch
from simulator.zalo_bot.fault import Fault
from simulator.zalo_bot.world import Limits
from tests.contract.harness import every_log
from tests.support.rows import rows
from tests.support.zalo_bots import PUBLIC_URL, Staff, running_staff

HOUR = timedelta(hours=1)
PICTURE = Picture(reference=f"7KQ2M-{'a' * 32}", text="biểu đồ")


@pytest.fixture
async def staff(store: Store) -> AsyncIterator[Staff]:
    async with running_staff(store, members_only=False, public_url=PUBLIC_URL) as running:
        yield running
        assert running.double.violations == []


@pytest.fixture
async def ten(store: Store) -> AsyncIterator[Staff]:
    """A bot with a budget of ten messages and three places, of which the provider knows as well."""
    allowed = {"messages": 10, "users": 3}
    async with running_staff(store, limits=Limits(**allowed), members_only=False, **allowed) as running:
        yield running
        assert running.double.violations == [], "what the budget does not allow was never tried"


@pytest.mark.parametrize("flat", [False, True])
async def test_a_question_is_answered_and_counted_in_both_directions(staff: Staff, flat: bool):
    staff.double.flat = flat
    an = staff.double.person("An")
    staff.reply = Reply(text="Chọn:", choices=(Choice(label="Dân số", value="a:1"), Choice(label="Y tế", value="a:2")))
    (text,) = await staff.say(an, "dân số")
    assert text == "Chọn:\n1 Dân số\n2 Y tế\nTrả lời 1 hoặc 2 để chọn."
    assert await staff.used() == (1, 1, 1)
    assert staff.double.used == 2


async def test_an_update_that_comes_twice_is_answered_and_counted_once(staff: Staff):
    an = staff.double.person("An")
    assert await staff.say(an, "dân số", times=2) == ["trả lời: dân số"]
    assert await staff.used() == (1, 1, 1)


async def test_a_chart_goes_by_its_public_address_with_the_words_under_it(staff: Staff):
    an = staff.double.person("An")
    staff.reply = Reply(text="Dân số", image=PICTURE)
    await staff.say(an, "dân số")
    (sent,) = staff.shown(an)
    assert (sent.text, sent.photo) == ("Dân số", f"{PUBLIC_URL}/charts/{PICTURE.reference}.png")


async def test_a_chart_that_is_refused_leaves_the_words_and_costs_one_message(staff: Staff):
    an = staff.double.person("An")
    staff.reply = Reply(text="Dân số", image=PICTURE)
    staff.double.plan(Fault(method="sendPhoto", code=400))
    await staff.say(an, "dân số")
    (sent,) = staff.shown(an)
    assert (sent.text, sent.photo) == ("Dân số", "")
    assert (await staff.used())[1] == staff.double.used - 1 == 1


@pytest.mark.parametrize("public_url", ["", "http://tracuu.example", "https://127.0.0.1:8443", "https://tracuu"])
async def test_without_a_public_address_a_chart_is_left_to_its_words(store: Store, public_url: str):
    async with running_staff(store, members_only=False, public_url=public_url) as staff:
        an = staff.double.person("An")
        staff.reply = Reply(text="Dân số", image=PICTURE)
        assert await staff.say(an, "dân số") == ["Dân số"]
        assert staff.double.calls == ["sendMessage"]


@pytest.mark.parametrize(
    ("fault", "counted"),
    [
        (Fault(code=400), 0),
        (Fault(code=403), 0),
        (Fault(code=500), 0),
        (Fault(reset=True, taken=True), 2),
        (Fault(status=502), 2),
        (Fault(code=408), 2),
    ],
    ids=["refused", "blocked", "did nothing", "lost", "a page", "gave up"],
)
async def test_what_may_have_left_is_counted_and_what_certainly_has_not_is_not(
    staff: Staff, fault: Fault, counted: int
):
    an = staff.double.person("An")
    staff.double.plan(fault, times=20)
    await staff.say(an, "dân số")
    staff.clock.turn(timedelta(minutes=1))
    await staff.send()
    assert (await staff.used())[1] == counted


async def test_what_is_cut_off_under_way_may_have_left_and_stays_counted(staff: Staff):
    an = staff.double.person("An")
    await staff.say(an, "một")
    staff.double.plan(Fault(hang=30, taken=True))
    to = Address(channel=staff.account.channel, account=staff.account.account, user=an.id)
    before = len(staff.double.calls)
    sending = asyncio.create_task(send(Part(text="hai"), to, "7:0", staff.account, staff.wire))
    while len(staff.double.calls) == before:
        await asyncio.sleep(0.01)
    sending.cancel()
    await asyncio.wait([sending])
    assert (await staff.used())[1] == 2


async def test_who_has_blocked_the_bot_is_not_called_again(staff: Staff):
    an = staff.double.person("An")
    await staff.say(an, "một")
    staff.double.block(an)
    await staff.remind(an, "nhắc một")
    await staff.send()
    await staff.remind(an, "nhắc hai")
    await staff.send()
    assert len(staff.double.refusals) == 1
    staff.double.unblock(an)
    assert await staff.say(an, "hai") == ["trả lời: hai"], "who writes can be reached"


async def test_from_ninety_per_cent_on_reminders_go_elsewhere_and_answers_and_incidents_keep_the_rest(ten: Staff):
    an = ten.double.person("An")
    for text in ("một", "hai", "ba", "bốn"):
        assert await ten.say(an, text) == [f"trả lời: {text}"]
    await ten.remind(an, "nhắc")
    await ten.send()
    assert [sent.text for sent in ten.shown(an)][-1] == "nhắc", "eight of ten are used: there is room"
    await ten.remind(an, "nhắc nữa")
    await ten.send()
    (state, error) = (await rows(ten.store, outbox, "state", "error"))[-1]
    await ten.remind(an, "sự cố", lane=Lane.INCIDENT)
    await ten.send()
    assert [sent.text for sent in ten.shown(an)][-1] == "sự cố"
    assert ten.double.used == 10
    assert (state, error) == ("queued", "budget: the rest of this month's budget is kept for answers")


async def test_a_spent_budget_is_not_hammered_and_a_new_month_begins(store: Store):
    start = datetime(2026, 11, 30, 16, 50, tzinfo=UTC)  # 23:50 in Việt Nam
    async with running_staff(store, limits=Limits(messages=2), start=start, members_only=False, messages=2) as staff:
        an = staff.double.person("An")
        await staff.say(an, "một")
        calls = len(staff.double.calls)
        await staff.remind(an, "sự cố", lane=Lane.INCIDENT)
        assert await staff.say(an, "hai") == []
        assert len(staff.double.calls) == calls, "we know that there is nothing left"
        assert [letter.reason for letter in await dead.list_dead(store)] == [
            "budget: the budget of this month is spent"
        ]
        staff.clock.turn(HOUR)
        await staff.send()
        assert [sent.text for sent in staff.shown(an)][-1] == "sự cố", "what must be known has waited"
        assert await staff.used() == (0, 1, 1)
        assert staff.double.violations == []


async def test_a_quota_of_which_we_know_nothing_silences_the_account_for_an_hour(staff: Staff):
    an = staff.double.person("An")
    staff.double.plan(Fault(method="sendMessage", code=429))
    assert await staff.say(an, "một") == []
    staff.clock.turn(timedelta(minutes=14))
    await staff.send()
    assert len(staff.double.refusals) == 1
    assert await staff.used() == (1, 0, 1)


async def test_who_comes_after_the_last_place_costs_nothing(ten: Staff):
    for number in range(3):
        assert len(await ten.say(ten.double.person(), f"câu {number}")) == 1
    calls = len(ten.double.calls)
    assert await ten.say(ten.double.person(), "một người nữa") == []
    assert len(ten.double.calls) == calls
    assert await ten.used() == (4, 3, 4), "what came in is counted by the provider all the same"
    (letter,) = await dead.list_dead(ten.store)
    assert letter.reason == "no_place: the bot has no place left for this person"


async def test_an_operator_hears_once_at_eighty_and_once_at_a_hundred_per_cent(ten: Staff):
    an = ten.double.person("An")
    told = []
    for text in ("một", "hai", "ba", "bốn", "năm"):
        await ten.say(an, text)
        for _process in range(2):
            with every_log() as said:
                await watch(ten.store, [ten.account], now=ten.clock())
            told += [said()] if said() else []
    assert ["'per_cent': 80" in told[0], "'per_cent': 100" in told[1], len(told)] == [True, True, 2]
    assert "10 of 10 messages (5 in, 5 out), 1 of 3 people" in told[1]
