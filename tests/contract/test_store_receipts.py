"""What providers report: stored first, joined when its part is known, and only ever upwards."""

import asyncio
from datetime import timedelta

import pytest

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Receipt
from bot.notify.sweeper import KEEP_RECEIPTS
from bot.store import receipts, sending
from bot.store.fact import read_fact
from bot.store.outbox import Head
from bot.store.sending import SentPart
from bot.store.tables import outbox_parts
from bot.store.tables import receipts as receipts_table
from tests.support.rows import NOW, address, message, queue, receive, rows


def receipt(state: DeliveryState, *, part: str = "m-1", account: str = "main") -> Receipt:
    return Receipt(channel="web", account=account, provider_id=part, state=state, at=NOW)


async def record(store, *, provider_id: str | None = "m-1", number: int = 0, state=DeliveryState.SENT) -> None:
    head = Head(person=store.vault.person(address()), lane=Lane.ANSWER, address=address(), owner="test")
    part = SentPart(outbox_id=1, number=number, provider_id=provider_id, state=state, at=NOW)
    await sending.record_part(store, head, part, last=True)


@pytest.fixture
async def sent(store):
    """A store with one message whose only part ``m-1`` has left."""
    await receive(store, message(1))
    await queue(store, "a")
    await record(store)
    return store


async def state(store) -> DeliveryState:
    ((value,),) = await rows(store, outbox_parts, "state")
    return DeliveryState(value)


async def test_a_receipt_lifts_its_part(sent):
    await receipts.accept(sent, [receipt(DeliveryState.DELIVERED)])
    assert await state(sent) is DeliveryState.DELIVERED


async def test_a_receipt_that_comes_again_is_one_row(sent):
    for _ in range(3):
        await receipts.accept(sent, [receipt(DeliveryState.DELIVERED)] * 2)
    assert len(await rows(sent, receipts_table, "id")) == 1


async def test_a_lower_state_that_comes_late_changes_nothing(sent):
    await receipts.accept(sent, [receipt(DeliveryState.READ)])
    await receipts.accept(sent, [receipt(DeliveryState.SENT), receipt(DeliveryState.FAILED)])
    assert await state(sent) is DeliveryState.READ


async def test_a_receipt_before_its_part_is_recorded_counts(store):
    await receive(store, message(1))
    await queue(store, "a")
    await receipts.accept(store, [receipt(DeliveryState.DELIVERED)])
    await record(store)
    assert await state(store) is DeliveryState.DELIVERED
    assert await rows(store, receipts_table, "joined") == [(1,)]


async def test_a_receipt_that_crossed_with_its_part_is_joined_later(sent):
    lost = receipts_table.insert().values(
        channel="web", account="main", provider_id="m-1", state=int(DeliveryState.READ), detail="", at=NOW, joined=0
    )
    await sent.write(lambda connection: connection.execute(lost))
    assert await receipts.join_left_over(sent) == 1
    assert await state(sent) is DeliveryState.READ
    assert await receipts.join_left_over(sent) == 0


async def test_a_receipt_of_another_account_touches_nothing(sent):
    await receipts.accept(
        sent, [receipt(DeliveryState.READ, account="second"), receipt(DeliveryState.READ, part="m-2")]
    )
    assert await state(sent) is DeliveryState.SENT
    assert await receipts.join_left_over(sent) == 0


async def test_a_part_of_unknown_result_waits_for_no_receipt(store):
    await receive(store, message(1))
    await queue(store, "a")
    await record(store, provider_id=None, state=DeliveryState.UNKNOWN)
    assert await state(store) is DeliveryState.UNKNOWN


async def test_processes_that_hear_the_same_receipts_agree(sent, open_another):
    other = await open_another("other")
    heard = [receipt(one) for one in (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)]
    await asyncio.gather(
        *(receipts.accept(store, order) for store in (sent, other) for order in (heard, heard[::-1], heard[1:]))
    )
    await receipts.join_left_over(sent)
    assert await state(sent) is DeliveryState.READ
    assert len(await rows(sent, receipts_table, "id")) == 3


async def test_old_receipts_are_forgotten(sent):
    await receipts.accept(sent, [receipt(DeliveryState.DELIVERED)])
    assert await receipts.forget(sent, before=NOW) == 0
    assert await receipts.forget(sent, before=NOW + timedelta(seconds=1)) == 1
    assert await state(sent) is DeliveryState.DELIVERED


async def test_delivered_after_failed_moves_up(sent):
    await receipts.accept(sent, [receipt(DeliveryState.FAILED)])
    await receipts.accept(sent, [receipt(DeliveryState.DELIVERED)])
    assert await state(sent) is DeliveryState.DELIVERED


@pytest.mark.parametrize(
    ("hours", "known"), [(71, DeliveryState.DELIVERED), (73, DeliveryState.SENT)], ids=["71 h early", "73 h early"]
)
async def test_a_receipt_waits_72_hours_for_its_part(store, hours, known):
    await receive(store, message(1))
    await queue(store, "a")
    await receipts.accept(store, [receipt(DeliveryState.DELIVERED)])
    await receipts.forget(store, before=NOW + timedelta(hours=hours) - KEEP_RECEIPTS)
    await record(store)
    assert await state(store) is known


async def test_what_never_finds_its_part_is_counted_once_when_it_goes(sent, open_another):
    other = await open_another("other")
    await receipts.accept(sent, [receipt(DeliveryState.DELIVERED)])
    await receipts.accept(sent, [receipt(DeliveryState.READ, part=f"nobody's-{number}") for number in range(7)])
    late = NOW + timedelta(seconds=1)
    gone = await asyncio.gather(*(receipts.forget(one, before=late, limit=2) for one in (sent, other) * 2))
    assert sum(gone) == 8
    assert await read_fact(sent, receipts.ORPHANS) == "7", "the eighth had done its work"


async def test_what_is_recorded_in_one_process_and_reported_to_another_comes_together(store, open_another):
    other = await open_another("other")
    await receive(store, message(1))
    await queue(store, "a")
    await asyncio.gather(record(store), receipts.accept(other, [receipt(DeliveryState.DELIVERED)]))
    await receipts.join_left_over(store)
    assert await state(store) is DeliveryState.DELIVERED
