"""What claiming and marking messages costs when no provider has to be waited for."""

import time
from collections.abc import Sequence

from bench.backlog import fill, subscribers
from bench.database import now, opened
from bot.core.delivery import DeliveryState
from bot.store import outbox, sending
from bot.store.engine import Store
from bot.store.outbox import Queue
from bot.store.sending import Departure, Return, SentPart
from gateway.channel import AccountSettings
from gateway.sender import PATIENT_LEASE, TURN

BATCHES = (10, 100)
_PLACE = {"channel": "bench", "account": "main"}


async def claim_and_mark(url: str, *, messages: int, batch: int) -> float:
    """Messages a second that are claimed and marked as sent ``batch`` at a time, without any provider."""
    async with opened(url) as store:
        await fill(store, AccountSettings(**_PLACE), subscribers(messages), messages=messages)
        begun, marked = time.monotonic(), 0
        while queues := await claim(store, limit=batch):
            await mark(store, queues)
            marked += len(queues)
        return marked / (time.monotonic() - begun)


async def claim(store: Store, *, limit: int) -> list[Queue]:
    """The next ``limit`` queues with what they hold."""
    return await outbox.claim_queues(
        store,
        channel=AccountSettings(**_PLACE).channel,
        account=AccountSettings(**_PLACE).account,
        now=now(),
        limit=limit,
        messages=TURN,
        lease=PATIENT_LEASE,
    )


async def mark(store: Store, queues: Sequence[Queue]) -> None:
    """Write down that everything of ``queues`` has left."""
    at = now()
    departures = [
        Departure(
            address=queue.head.address,
            part=SentPart(outbox_id=one.id, number=0, provider_id=str(one.id), state=DeliveryState.SENT, at=at),
            last=True,
        )
        for queue in queues
        for one in queue.messages
    ]
    await sending.record(store, departures, [Return(head=queue.head) for queue in queues], now=at)
