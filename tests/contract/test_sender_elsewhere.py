"""What cannot reach its person here: it goes on to the next address, waits for another time of day, or ends."""

from datetime import timedelta

import aiohttp
import pytest

from bot.core.delivery import Lane
from bot.core.messages import Address, Reply, Sign, SignKind
from bot.store import dead, standing, stranded
from bot.store.engine import Store
from bot.store.outbox import claim_queues
from bot.store.standing import read_standing
from bot.store.tables import outbox as outbox_table
from gateway.errors import DeferredError, ElsewhereError, OptedOutError, SendError
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Provider
from tests.support.rows import rows

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
AN = Address(channel=CHANNEL, account=ACCOUNT, user="an")
SECOND_WAY = Address(channel=CHANNEL, account="second", user="0900000001")
THIRD_WAY = Address(channel=CHANNEL, account="third", user="an-3")
EVERYWHERE = {(CHANNEL, ACCOUNT), (CHANNEL, "second"), (CHANNEL, "third")}


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


async def work_everywhere(desk: Desk, accounts=EVERYWHERE) -> None:
    for account in (ACCOUNT, "second", "third"):
        await desk.work(desk.sender(account=account, accounts=accounts))


@pytest.mark.parametrize("error", [ElsewhereError("7 days"), OptedOutError("blocked")], ids=["elsewhere", "opted out"])
async def test_it_goes_on_to_the_next_address_with_all_that_belongs_to_it(desk: Desk, error: SendError):
    over = desk.now + HOUR
    reply = Reply(text="nhắc", replaces="55")
    await desk.queue(reply, lane=Lane.REMINDER, language="en", elsewhere=[SECOND_WAY, THIRD_WAY], expires_at=over)
    desk.provider.answers = [error, ElsewhereError("not here either")]
    await work_everywhere(desk)
    assert desk.provider.arrived == [("an-3", "nhắc")]
    (part,) = desk.provider.parts
    assert (part.lane, part.language, part.replaces) == (Lane.REMINDER, "en", None)
    columns = ("state", "account", "lane", "language", "dedupe_key", "expires_at")
    assert await rows(desk.store, outbox_table, *columns) == [
        ("elsewhere", ACCOUNT, 2, "en", "an:nhắc", over),
        ("elsewhere", "second", 2, "en", "an:nhắc:1", over),
        ("sent", "third", 2, "en", "an:nhắc:1:1", over),
    ]
    assert await dead.list_dead(desk.store) == [], "it went on: nothing waits for the operator"


async def test_without_another_address_it_is_dead_with_its_reason(desk: Desk):
    await desk.queue("nhắc", lane=Lane.REMINDER)
    await desk.queue("tin", user="binh", lane=Lane.REMINDER, elsewhere=[SECOND_WAY])
    desk.provider.answers = [ElsewhereError("7 days")] * 3
    await work_everywhere(desk)
    assert desk.provider.arrived == []
    reasons = [letter.reason for letter in await dead.list_dead(desk.store)]
    assert reasons == ["elsewhere: 7 days"] * 2


class FailingError(ElsewhereError):
    """The provider fails to send, whatever it is."""

    retry, again = True, 2


async def test_what_the_provider_fails_to_send_is_tried_twice_more_before_it_goes_on(desk: Desk):
    desk.provider.answers = [FailingError("-200"), FailingError("-200")]
    await desk.queue("một", elsewhere=[SECOND_WAY])
    for _ in range(3):
        await work_everywhere(desk)
        desk.now += 10 * SECOND
    desk.provider.answers = [FailingError("-200")] * 3
    await desk.queue("hai", elsewhere=[SECOND_WAY])
    for _ in range(3):
        await work_everywhere(desk)
        desk.now += 10 * SECOND
    assert desk.provider.arrived == [("an", "một"), (SECOND_WAY.user, "hai")]
    assert desk.provider.calls == 7


async def test_what_is_worth_another_try_is_tried_here_again_where_there_is_no_other_way(desk: Desk):
    desk.provider.answers = [FailingError("-200")] * 40
    await desk.queue("phải đến", lane=Lane.REMINDER)
    await desk.queue("đi đường khác", user="binh", lane=Lane.REMINDER, elsewhere=[SECOND_WAY])
    for _ in range(24):
        await work_everywhere(desk)
        desk.now += HOUR
    desk.provider.answers = []
    desk.now += HOUR
    await work_everywhere(desk)
    assert sorted(text for _, text in desk.provider.arrived) == ["phải đến", "đi đường khác"]
    assert sorted(await desk.states()) == ["elsewhere", "sent", "sent"]


async def test_an_address_on_an_account_that_we_have_not_is_passed_over(desk: Desk):
    await desk.queue("nhắc", lane=Lane.REMINDER, elsewhere=[SECOND_WAY, THIRD_WAY])
    desk.provider.answers = [ElsewhereError("7 days")]
    await work_everywhere(desk, accounts={(CHANNEL, ACCOUNT), (CHANNEL, "third")})
    assert desk.provider.arrived == [("an-3", "nhắc")]


async def test_addresses_elsewhere_are_not_readable_in_the_database(desk: Desk):
    await desk.queue("nhắc", lane=Lane.REMINDER, elsewhere=[SECOND_WAY])
    ((sealed,),) = await rows(desk.store, outbox_table, "elsewhere")
    assert SECOND_WAY.user.encode() not in sealed


async def test_a_crash_after_it_went_on_does_not_send_it_on_twice(desk: Desk):
    await desk.queue("nhắc", lane=Lane.REMINDER, elsewhere=[SECOND_WAY])
    desk.provider.answers = [ElsewhereError("7 days")]
    sender = desk.sender(accounts=EVERYWHERE)
    (queue,) = await _claimed(desk)
    (message,) = queue.messages
    unsent = sender._handover._unsent
    await unsent.settle(queue.head, message, ElsewhereError("7 days"))
    await unsent.settle(queue.head, message, ElsewhereError("7 days"))
    desk.provider.answers = []
    desk.now += HOUR
    await work_everywhere(desk)
    assert desk.provider.arrived == [("0900000001", "nhắc")]


async def _claimed(desk: Desk):
    return await claim_queues(desk.store, channel=CHANNEL, account=ACCOUNT, now=desk.now, limit=9, messages=9)


async def test_who_refuses_us_is_noted_in_the_same_transaction_until_something_reaches_them(desk: Desk):
    person = desk.store.vault.person(AN)
    await desk.queue("một")
    desk.provider.answers = [OptedOutError("bot was blocked by the user")]
    await desk.work(desk.sender())
    noted = await read_standing(desk.store, person)
    assert (noted.unreachable_at, noted.unreachable_code) == (desk.now, "opted_out")
    desk.now += HOUR
    await desk.queue("hai")
    await desk.work(desk.sender())
    assert desk.provider.arrived == [("an", "hai")], "an answer is always tried"
    assert (await read_standing(desk.store, person)).unreachable_at is None


async def test_bulk_for_somebody_known_to_refuse_us_ends_without_a_call(desk: Desk):
    await standing.note(desk.store, [Sign(address=AN, kind=SignKind.LEFT, at=desk.now)])
    await desk.queue("nhắc", lane=Lane.REMINDER, elsewhere=[SECOND_WAY])
    await desk.queue("tin", lane=Lane.BROADCAST)
    await desk.queue("tin", user="binh", lane=Lane.BROADCAST)
    await work_everywhere(desk)
    assert sorted(desk.provider.arrived) == [("0900000001", "nhắc"), ("binh", "tin")]
    assert desk.provider.calls == 2
    assert sorted(await desk.states()) == ["dead", "elsewhere", "sent", "sent"]


async def test_who_came_back_gets_bulk_again(desk: Desk):
    await standing.note(desk.store, [Sign(address=AN, kind=SignKind.LEFT, at=desk.now)])
    await standing.note(desk.store, [Sign(address=AN, kind=SignKind.INTERACTED, at=desk.now + SECOND)])
    await desk.queue("tin", lane=Lane.BROADCAST)
    await desk.work(desk.sender())
    assert desk.provider.arrived == [("an", "tin")]


async def test_what_the_provider_takes_at_another_time_of_day_waits_until_then_and_holds_nobody_up(desk: Desk):
    morning = desk.now + 8 * HOUR
    await desk.queue("quảng cáo", "tin", lane=Lane.BROADCAST)
    desk.provider.answers = [DeferredError("only from 6 to 22 h", until=morning)]
    sender = desk.sender()
    await desk.work(sender)
    await desk.queue("tin sau", lane=Lane.BROADCAST)
    await desk.work(sender)
    assert desk.provider.arrived == [("an", "tin"), ("an", "tin sau")], "what is behind it may go"
    desk.now = morning - SECOND
    await stranded.bring_back(desk.store, now=desk.now)
    await desk.work(sender)
    assert desk.provider.calls == 3
    assert (await rows(desk.store, outbox_table, "attempts", "not_before"))[0] == (0, morning)
    desk.now = morning
    await desk.work(sender)
    assert desk.provider.arrived[2:] == [("an", "quảng cáo")]
