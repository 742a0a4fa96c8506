"""Hold a provider's request until the reply to its message can be the answer to it (:mod:`bot.store.reply_slots`)."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.core.messages import InboundMessage
from bot.store import reply_slots
from bot.store.engine import Store
from bot.store.reply_slots import Place, Slot, SlotState

LOOK_SECONDS = 0.1
"""How often each side looks without being woken: in another process over SQLite nobody wakes it."""
PATIENCE = 0.25
"""Who waits long looks rarely: it learns of its reply, where nobody wakes it, at most so much later than it could."""
GRACE_SECONDS = 1.0
"""So much longer than it may be held a sender waits for the request to take its text."""


def place_of(message: InboundMessage) -> Place:
    """Where the slot of ``message`` is."""
    address = message.address
    return Place(channel=address.channel, account=address.account, external_id=message.external_id)


async def open_slots(store: Store, messages: Sequence[InboundMessage], *, until: datetime) -> None:
    """Let senders know, before the messages can be handled, that requests wait for their replies."""
    for message in messages:
        await reply_slots.open_slot(store, place_of(message), store.vault.person(message.address), until=until)


async def await_reply(store: Store, message: InboundMessage, *, seconds: float, gone: Callable[[], bool]) -> str | None:
    """The reply to ``message``; None when it is not ready after ``seconds``, or whoever asked is ``gone``.

    Raises StoreUnavailableError.
    """
    place, until = place_of(message), message.received_at + timedelta(seconds=seconds)
    try:
        return await _wait(store, place, store.vault.person(message.address), until=until, seconds=seconds, gone=gone)
    except asyncio.CancelledError:  # the service stops: a sender must not wait for nobody
        await reply_slots.leave(store, place, until=until)
        raise


async def _wait(
    store: Store, place: Place, person: str, *, until: datetime, seconds: float, gone: Callable[[], bool]
) -> str | None:
    began = asyncio.get_running_loop().time()
    waited = 0.0
    with store.wakeup.subscribe(reply_slots.topic_of(place)) as wake:
        while waited < seconds and not gone():
            slot = await reply_slots.look(store, place)
            if slot is None or slot.person != person or slot.state is SlotState.ELSEWHERE:
                return None
            if slot.state in (SlotState.OFFERED, SlotState.GIVEN):
                return await reply_slots.take(store, place)
            await wake.wait(min(seconds - waited, max(LOOK_SECONDS, waited * PATIENCE)))
            waited = asyncio.get_running_loop().time() - began
    if gone():  # nothing is given to somebody who is not there, and a sender must not wait for them either
        await reply_slots.leave(store, place, until=until)
        return None
    return await reply_slots.give_up(store, place, until=until)


async def hand_over(
    store: Store, place: Place, *, key: str, text: str, clock: Callable[[], datetime], seconds: float
) -> bool:
    """Whether ``text``, the part ``key``, has become the answer to the request that waited; else it goes another way.

    It is known which of the two when this returns; when it is cancelled or raises, the same part finds out again.
    """
    slot = await reply_slots.offer(store, place, part=key, text=text, now=clock())
    if slot is None:
        return False
    began, waited = asyncio.get_running_loop().time(), 0.0
    with store.wakeup.subscribe(reply_slots.topic_of(place)) as wake:
        while _is_offered(slot) and waited < seconds + GRACE_SECONDS:
            await wake.wait(max(LOOK_SECONDS, waited * PATIENCE))
            slot = await reply_slots.look(store, place)
            waited = asyncio.get_running_loop().time() - began
    if _is_offered(slot):
        return not await reply_slots.withdraw(store, place, part=key)
    return slot is not None and slot.state is SlotState.GIVEN and slot.part == key


def _is_offered(slot: Slot | None) -> bool:
    return slot is not None and slot.state is SlotState.OFFERED
