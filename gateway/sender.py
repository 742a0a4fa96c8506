"""Empty the outbox of one of our accounts: answers first, each person's messages in order, at the provider's pace."""

import asyncio
import functools
from collections.abc import Container
from datetime import datetime, timedelta
from random import Random

import structlog

from bot.content import Content
from bot.core.delivery import Lane
from bot.core.errors import StoreUnavailableError
from bot.core.fault import describe
from bot.store import outbox
from bot.store.outbox import Queue
from bot.store.queue import LEASE
from bot.store.wakeup import Subscription
from gateway.channel import Presence, Wire
from gateway.handover import SEND_SECONDS, Errand, Handover
from gateway.limits import Bucket, Slots, pace_of
from gateway.metrics import Metrics
from gateway.tenure import Tenure
from gateway.unsent import Unsent

POLL_SECONDS = 1.0
GATHER_SECONDS = 0.005
"""How long queues that end together are awaited before the next are claimed together."""
TURN = 8
"""Messages of one queue before others get their turn."""
PATIENT_LEASE = timedelta(seconds=90)
"""For providers that send a repeated part twice. No part is begun that might outlast it."""

_SECOND = timedelta(seconds=1)

log = structlog.get_logger()


class Sender:
    """The sender of one account. ``jitter`` spreads retries.

    ``accounts`` (channel, account) are all that we have: what cannot reach its person here may go on to those.
    """

    def __init__(
        self,
        presence: Presence,
        wire: Wire,
        content: Content,
        *,
        metrics: Metrics,
        jitter: Random,
        accounts: Container[tuple[str, str]] = (),
    ) -> None:
        self._channel, self._account = presence.channel, presence.account
        self._store, self._clock = wire.store, wire.clock
        pace = pace_of(presence)
        self._bucket = Bucket(pace)
        paced = bool(pace.windows) or self._channel.pace is not None
        self._tenure = Tenure(wire.store, self._account, self._bucket, wire.clock) if paced else None
        self._stop = asyncio.Event()
        self._handover = Handover(
            presence,
            wire,
            content,
            unsent=Unsent(presence, wire, content, accounts=accounts, jitter=jitter),
            bucket=self._bucket,
            may_send=self._may_send,
            metrics=metrics,
        )
        keyed = presence.capabilities.keyed
        self._lease = LEASE if keyed else PATIENT_LEASE
        self._patience = self._lease / _SECOND - (0 if keyed else SEND_SECONDS)
        self._sending: dict[tuple[str, Lane], asyncio.Task[None]] = {}
        self._fullness = metrics.window_used.labels(self._channel.name, self._account.account)
        self._slots = Slots(self._channel.in_flight)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set, then wait for the parts that are under way; cancelled, it drops these as well."""
        self._stop = stop
        try:
            with self._store.wakeup.subscribe(outbox.TOPIC) as wake:
                while not stop.is_set():
                    await self._step(wake)
            await self.finish()
            await self._leave()
        except asyncio.CancelledError:  # after any other trouble this is begun again, and what is under way goes on
            for task in self._sending.values():
                task.cancel()
            raise

    def _may_send(self) -> bool:
        """Whether a part may be begun: nobody has told us to stop, and the account is ours."""
        return not self._stop.is_set() and (self._tenure is None or self._tenure.lasts())

    async def _step(self, wake: Subscription) -> None:
        taken = 0
        try:
            taken = await self.take()
        except StoreUnavailableError as error:
            log.warning("send.store_unavailable", reason=str(error))
        if self._slots.free <= 0:
            await self._slots.wait(POLL_SECONDS)
            await asyncio.sleep(GATHER_SECONDS)
        elif not taken:
            await self._rest(wake)

    async def _rest(self, wake: Subscription) -> None:
        """Wait until there may be something to send: for room at the provider, else for a message."""
        now, wanted = self._clock(), self._handover.wanted
        if closed := self._bucket.wait(now, wanted[False]) / _SECOND:
            await asyncio.sleep(min(closed, POLL_SECONDS))
            return
        waits = [self._bucket.wait(now, wanted[True], bulk=True) or None, self._handover.resumes_in(now)]
        await wake.wait(min((wait / _SECOND for wait in waits if wait is not None), default=POLL_SECONDS))

    async def finish(self) -> None:
        """Wait for what is being sent."""
        while self._sending:
            await asyncio.wait(self._sending.values())

    async def _leave(self) -> None:
        """Let another sender have the account at once."""
        if self._tenure is None:
            return
        try:
            await self._tenure.release()
        except StoreUnavailableError as error:  # its lease ends by itself
            log.warning("send.store_unavailable", reason=str(error))

    async def take(self) -> int:
        """Claim as many queues as may be sent from now and start sending. Returns how many."""
        if self._tenure is not None and not await self._tenure.hold():
            return 0
        now = self._clock()
        room, bulk = self._room(now, bulk=False), self._room(now, bulk=True)
        if room <= 0:
            return 0
        self._handover.wanted = {False: 1, True: 1 if bulk > 0 else self._handover.wanted[True]}
        claimed_at = asyncio.get_running_loop().time()
        queues = await outbox.claim_queues(
            self._store,
            channel=self._channel.name,
            account=self._account.account,
            now=now,
            limit=room,
            messages=TURN,
            bulk=min(room, bulk),
            lease=self._lease,
            holder=None if self._tenure is None else self._tenure.owner,
        )
        for queue in queues:
            self._begin(queue, until=claimed_at + self._patience)
        await asyncio.sleep(0)  # each takes its room in the bucket before anybody asks how much is left
        self._fullness.set(self._bucket.fullness(self._clock()))
        return len(queues)

    def _room(self, now: datetime, *, bulk: bool) -> int:
        """How many queues may be begun: each has a part to send, and no part is begun for which there is no room."""
        if self._bucket.wait(now, self._handover.wanted[bulk], bulk=bulk):
            return 0
        allowed = self._bucket.room(now, bulk=bulk)
        return self._slots.free if allowed is None else min(self._slots.free, allowed)

    def _begin(self, queue: Queue, *, until: float) -> None:
        """Empty ``queue``; where an earlier turn of ours still works on it, after that: never two at once."""
        key = (queue.head.person, queue.head.lane)
        task = asyncio.create_task(self._empty(queue, until, self._sending.get(key)), name="send")
        self._sending[key] = task
        self._slots.hold(queue)
        task.add_done_callback(lambda done: self._end(queue, done))

    def _end(self, queue: Queue, done: asyncio.Task[None]) -> None:
        key = (queue.head.person, queue.head.lane)
        if self._sending.get(key) is done:
            del self._sending[key]
        self._slots.release(queue)

    async def _empty(self, queue: Queue, until: float, before: asyncio.Task[None] | None) -> None:
        """Send what is due in one queue, in order, and give the queue back."""
        head, messages = queue.head, queue.messages
        try:
            if before is not None:
                await asyncio.wait([before])
                messages = await outbox.due(self._store, head, now=self._clock(), limit=TURN)
            released = functools.partial(self._slots.release, queue)
            await self._handover.send_queue(Errand(head=head, messages=messages, until=until, released=released))
            if len(messages) == TURN:
                self._store.wakeup.signal([outbox.TOPIC])
        except StoreUnavailableError as error:
            # the lease ends by itself; a part that left without being recorded is the provider's "unknown" case
            log.warning("send.abandoned", reason=str(error))
        except Exception as error:  # noqa: BLE001 – one queue's trouble; its lease ends by itself
            log.error("send.broken", **describe(error))  # noqa: TRY400 – a trace may hold text
