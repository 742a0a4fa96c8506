"""What must reach somebody climbs from address to address until one of them is confirmed, and is never lost on the way."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest

from bot.core.delivery import DeliveryState, Lane, OutboxState
from bot.core.effects import RecordConsent
from bot.core.messages import Address, Receipt, Reply, Sign, SignKind
from bot.core.reach import LadderState
from bot.store import consents, dead, receipts, standing
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.fact import read_fact
from bot.store.ladder import forget, read_ladder
from bot.store.outbox import Draft, enqueue
from bot.store.reaching import UNCONFIRMED, Accounts, Looked, look_after
from bot.store.tables import ladders, outbox, outbox_heads, rungs
from gateway.errors import RefusedError, UnreachableError
from tests.conftest import KEY as KEY_BYTES
from tests.support.crowd import ACCOUNT, CHANNEL, message
from tests.support.desk import Desk, Provider
from tests.support.rows import receive, rows

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WITHIN = 10 * MINUTE
KEY = "nhắc:7"
AN = Address(channel=CHANNEL, account=ACCOUNT, user="an")
SECOND = Address(channel=CHANNEL, account="second", user="0900000001")
THIRD = Address(channel=CHANNEL, account="third", user="an-3")
OURS = {(CHANNEL, ACCOUNT), (CHANNEL, "second"), (CHANNEL, "third")}
ALL = Accounts(ours=OURS)


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


async def must_reach(desk: Desk, *elsewhere: Address, within: timedelta = WITHIN, **changes) -> None:
    await receive(desk.store, message("an", 0, "xin chào", desk.now))
    draft = {
        "person": desk.store.vault.person(AN),
        "channel": CHANNEL,
        "account": ACCOUNT,
        "lane": Lane.REMINDER,
        "reply": Reply(text="sắp đến hạn"),
        "language": "vi",
        "origin": "test",
        "dedupe_key": KEY,
        "elsewhere": elsewhere,
        "confirm_within": within,
    }
    wanted = Draft(**(draft | changes))
    await desk.store.write(lambda connection: enqueue(connection, wanted, now=desk.now, vault=desk.store.vault))


async def send(desk: Desk) -> None:
    for account in (ACCOUNT, "second", "third"):
        await desk.work(desk.sender(account=account, accounts=OURS))


async def look(desk: Desk, *, store: Store | None = None, accounts: Accounts = ALL) -> Looked:
    return await look_after(store or desk.store, accounts, now=desk.now)


async def report(desk: Desk, number: int, state: DeliveryState) -> None:
    """The provider reports on the ``number``-th message that was queued."""
    row, account = (await rows(desk.store, outbox, "id", "account"))[number - 1]
    heard = Receipt(channel=CHANNEL, account=account, provider_id=f"id-{row}:0", state=state, at=desk.now)
    await receipts.accept(desk.store, [heard])


async def climbed(desk: Desk) -> tuple[LadderState, list[str]]:
    ladder = await read_ladder(desk.store, KEY)
    return ladder.state, [step.account for step in ladder.steps]


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.READ])
async def test_what_is_confirmed_at_the_first_address_goes_to_no_other(desk: Desk, state):
    await must_reach(desk, SECOND)
    await send(desk)
    await report(desk, 1, state)
    assert await look(desk) == Looked(reached=1)
    desk.now += HOUR
    assert await look(desk) == Looked()
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an"]
    assert await climbed(desk) == (LadderState.REACHED, [ACCOUNT])


async def test_what_nothing_confirms_goes_on_when_its_time_is_over_and_not_before(desk: Desk):
    await must_reach(desk, SECOND, THIRD)
    await send(desk)
    desk.now += WITHIN - timedelta(seconds=1)
    assert await look(desk) == Looked()
    desk.now += timedelta(seconds=1)
    assert await look(desk) == Looked(went_on=1)
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an", SECOND.user]
    assert await desk.states() == ["sent", "sent"], "what is on its way is not called back"


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.EXPIRED])
async def test_what_is_reported_lost_goes_on_at_once(desk: Desk, state):
    await must_reach(desk, SECOND)
    await send(desk)
    await report(desk, 1, state)
    assert await look(desk) == Looked(went_on=1)
    await send(desk)
    assert desk.provider.arrived[-1][0] == SECOND.user


async def test_the_ladder_says_which_addresses_it_took_when_and_what_became_of_it(desk: Desk):
    await must_reach(desk, SECOND)
    begun = desk.now
    await send(desk)
    await report(desk, 1, DeliveryState.FAILED)
    desk.now += MINUTE
    await look(desk)
    await send(desk)
    desk.now += MINUTE
    await report(desk, 2, DeliveryState.READ)
    await look(desk)
    ladder = await read_ladder(desk.store, KEY)
    assert (ladder.state, ladder.begun_at, ladder.ended_at) == (LadderState.REACHED, begun, desk.now)
    assert [(step.address, step.queued_at, step.ended_at, step.state, step.delivery) for step in ladder.steps] == [
        (AN, begun, begun, OutboxState.SENT, DeliveryState.FAILED),
        (SECOND, begun + MINUTE, begun + MINUTE, OutboxState.SENT, DeliveryState.READ),
    ]


async def test_a_late_delivery_at_the_first_address_cancels_what_has_not_left_for_the_second(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    desk.now += WITHIN
    await look(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    assert await look(desk) == Looked(reached=1)
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an"]
    assert await rows(desk.store, outbox, "state", "error") == [
        ("sent", None),
        ("expired", "it has reached the person elsewhere"),
    ]


async def test_a_late_delivery_ends_the_climb_where_the_second_has_left(desk: Desk):
    await must_reach(desk, SECOND, THIRD)
    await send(desk)
    desk.now += WITHIN
    await look(desk)
    await send(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    await look(desk)
    desk.now += HOUR
    assert await look(desk) == Looked()
    assert await climbed(desk) == (LadderState.REACHED, [ACCOUNT, "second"])


async def test_delivered_after_failed_ends_the_climb(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    await report(desk, 1, DeliveryState.FAILED)
    await look(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    assert await look(desk) == Looked(reached=1)
    await send(desk)
    assert len(desk.provider.arrived) == 1


async def test_a_receipt_before_its_part_is_recorded_confirms_as_well(desk: Desk):
    await must_reach(desk, SECOND)
    await report(desk, 1, DeliveryState.DELIVERED)
    await send(desk)
    assert await look(desk) == Looked(reached=1)


async def test_where_no_address_is_left_it_ends_as_unconfirmed_with_its_reason_and_is_counted(desk: Desk):
    await must_reach(desk, SECOND)
    for _ in range(2):
        await send(desk)
        desk.now += WITHIN
        last = await look(desk)
    reason = "nothing confirmed it in time, and no way is left"
    assert last == Looked(unconfirmed=(reason,))
    ladder = await read_ladder(desk.store, KEY)
    assert (ladder.state, ladder.reason) == (LadderState.UNCONFIRMED, reason)
    assert await read_fact(desk.store, UNCONFIRMED) == "1"
    assert await look(desk) == Looked(), "it is told once"


async def test_what_is_refused_for_good_goes_on_and_is_no_dead_letter(desk: Desk):
    await must_reach(desk, SECOND)
    desk.provider.answers = [RefusedError("too long")]
    await send(desk)
    assert await look(desk) == Looked(went_on=1)
    await send(desk)
    assert desk.provider.arrived == [(SECOND.user, "sắp đến hạn")]
    assert await dead.list_dead(desk.store) == []


async def test_what_could_not_be_sent_for_so_long_goes_on_and_waits_here_where_there_is_no_other_way(desk: Desk):
    await must_reach(desk, SECOND)
    desk.provider.answers = [UnreachableError("away")]
    await desk.work(desk.sender(accounts=OURS))
    desk.now += WITHIN
    assert await look(desk) == Looked(went_on=1)
    desk.provider.answers = [UnreachableError("away")]
    await send(desk)
    desk.now += WITHIN
    assert await look(desk) == Looked(), "its provider may come back"
    assert await desk.states() == ["elsewhere", "queued"]
    await send(desk)
    assert desk.provider.arrived == [(SECOND.user, "sắp đến hạn")]


async def test_what_a_sender_has_in_its_hands_does_not_go_on(desk: Desk):
    await must_reach(desk, SECOND)
    desk.provider.answers = [UnreachableError("away")]
    await desk.work(desk.sender())
    desk.now += WITHIN
    held = outbox_heads.update().values(lease_owner="x", lease_until=desk.now + MINUTE)
    await desk.store.write(lambda connection: connection.execute(held))
    assert await look(desk) == Looked()


async def test_an_account_that_we_no_longer_have_does_not_hold_it(desk: Desk):
    await must_reach(desk, SECOND)
    desk.now += WITHIN
    assert await look(desk, accounts=Accounts(ours={(CHANNEL, "second")})) == Looked(went_on=1)


async def test_where_nothing_is_ever_reported_to_be_accepted_is_to_arrive(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    desk.now += WITHIN
    assert await look(desk, accounts=Accounts(ours=OURS, trusted={(CHANNEL, ACCOUNT)})) == Looked(reached=1)


async def test_it_goes_to_no_address_twice(desk: Desk):
    await must_reach(desk, AN, SECOND, AN, SECOND)
    for _ in range(5):
        await send(desk)
        desk.now += WITHIN
        await look(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an", SECOND.user]


async def test_queueing_it_twice_is_one_ladder(desk: Desk):
    await must_reach(desk, SECOND)
    await must_reach(desk, SECOND)
    assert len(await rows(desk.store, ladders, "id")) == len(await rows(desk.store, rungs, "ladder")) == 1


async def test_who_left_or_wants_nothing_is_passed_over(desk: Desk):
    await standing.note(desk.store, [Sign(address=SECOND, kind=SignKind.LEFT, at=desk.now)])
    stop = RecordConsent(topic=None, given=False, evidence="STOP")
    person = desk.store.vault.person(THIRD)
    await desk.store.write(lambda connection: consents.record(connection, person, stop, now=desk.now))
    await must_reach(desk, SECOND, THIRD)
    await send(desk)
    desk.now += WITHIN
    assert (await look(desk)).unconfirmed == ("nothing confirmed it in time, and no way is left",)


async def test_what_has_expired_goes_nowhere_else(desk: Desk):
    await must_reach(desk, SECOND, expires_at=desk.now + 5 * MINUTE)
    await send(desk)
    desk.now += WITHIN
    assert (await look(desk)).unconfirmed == ("nothing confirmed it in time, and its time is over",)
    assert len(await desk.states()) == 1


async def test_at_night_it_waits_for_the_morning_unless_it_is_urgent(desk: Desk):
    desk.now += 12 * HOUR  # 21:00
    await must_reach(desk, SECOND, within=2 * HOUR)
    await must_reach(desk, SECOND, within=2 * HOUR, dedupe_key="gấp", reply=Reply(text="gấp", urgent=True))
    await send(desk)
    desk.now += 2 * HOUR
    assert await look(desk) == Looked(went_on=2)
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an", "an", SECOND.user]
    assert desk.provider.arrived[-1][1] == "gấp"
    desk.now += 8 * HOUR
    await send(desk)
    assert desk.provider.arrived[-1] == (SECOND.user, "sắp đến hạn")


async def test_two_that_look_at_once_take_one_step(desk: Desk, open_another):
    other = await open_another("other")
    await must_reach(desk, SECOND, THIRD)
    await send(desk)
    desk.now += WITHIN
    looked = await asyncio.gather(*(look(desk, store=store) for store in (desk.store, other) * 4))
    assert sum(one.went_on for one in looked) == 1
    assert await climbed(desk) == (LadderState.OPEN, [ACCOUNT, "second"])


class _KilledError(Exception):
    """The process ends before the commit."""


class Dying(Store):
    """A process that is killed in each of its transactions, when all of it is written and nothing committed."""

    async def write(self, job, *, wake=()):
        async def half(connection):
            await job(connection)
            raise _KilledError

        return await super().write(half, wake=wake)


async def test_a_kill_in_the_middle_of_a_step_loses_and_doubles_nothing(desk: Desk, engine_url):
    dying = Dying(engine_url, KEY_BYTES, owner="dying")
    await dying.open()
    await must_reach(desk, SECOND, THIRD)
    for expected in ([ACCOUNT, "second"], [ACCOUNT, "second", "third"]):
        await send(desk)
        desk.now += WITHIN
        with pytest.raises(_KilledError):
            await look(desk, store=dying)
        assert len((await climbed(desk))[1]) == len(expected) - 1
        assert await look(desk) == Looked(went_on=1)
        assert (await climbed(desk))[1] == expected
    await report(desk, 2, DeliveryState.DELIVERED)
    with pytest.raises(_KilledError):
        await look(desk, store=dying)
    assert await look(desk) == Looked(reached=1)
    await dying.close()
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an", SECOND.user]


async def test_who_is_erased_is_on_no_ladder_any_more(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    desk.now += WITHIN
    await look(desk)
    await erase(desk.store, SECOND, now=desk.now)
    assert await rows(desk.store, ladders, "id") == await rows(desk.store, rungs, "ladder") == []


async def test_ended_ladders_are_forgotten_with_their_age_and_open_ones_are_not(desk: Desk):
    await must_reach(desk, SECOND)
    assert await forget(desk.store, before=desk.now + HOUR) == 0
    await send(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    await look(desk)
    assert await forget(desk.store, before=desk.now) == 0
    assert await forget(desk.store, before=desk.now + HOUR) == 1
    assert await read_ladder(desk.store, KEY) is None
