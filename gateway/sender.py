"""Empty the outbox of one of our accounts: answers first, each person's messages in order, at the provider's pace."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random

import structlog

from bot.content import Content
from bot.core.delivery import DeliveryState, Lane, OutboxState
from bot.core.errors import StoreUnavailableError
from bot.core.fault import describe
from bot.store import outbox, sending
from bot.store.outbox import Head, Outgoing
from bot.store.queue import LEASE
from bot.store.sending import SentPart
from bot.store.wakeup import Subscription
from bot.wording.speech import Speech
from gateway.channel import (
    OutcomeUnknownError,
    Part,
    Presence,
    RefusedError,
    SendError,
    ThrottledError,
    Wire,
)
from gateway.limits import Bucket
from gateway.metrics import Metrics
from gateway.render import render

POLL_SECONDS = 1.0
TURN = 8
"""Messages of one queue before others get their turn."""
TRIES = 12
"""Attempts before a message is dead; with the pauses below about six hours."""
SEND_SECONDS = 20.0
"""What a provider has not answered by then is of unknown result."""
PATIENT_LEASE = timedelta(seconds=90)
"""For providers that send a repeated part twice. No part is begun that might outlast it, see :meth:`Sender._may_go`."""
RECORD_SECONDS = 0.5
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(hours=1)
_DOUBLINGS = 12  # from the first pause to beyond the longest

_SECOND = timedelta(seconds=1)

log = structlog.get_logger()


class Sender:
    """The sender of one account. ``jitter`` spreads retries."""

    def __init__(
        self,
        presence: Presence,
        wire: Wire,
        content: Content,
        *,
        metrics: Metrics,
        jitter: Random,
    ) -> None:
        self._channel, self._account = presence.channel, presence.account
        self._wire, self._store, self._content = wire, wire.store, content
        self._clock: Callable[[], datetime] = wire.clock
        self._metrics, self._jitter = metrics, jitter
        self._bucket = Bucket(presence.channel.rate)
        keyed = presence.channel.capabilities.keyed
        self._lease = LEASE if keyed else PATIENT_LEASE
        self._patience = self._lease / _SECOND - (0 if keyed else SEND_SECONDS)
        self._sending: dict[tuple[str, Lane], asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set, then finish what is under way; cancelled, it drops that as well."""
        try:
            with self._store.wakeup.subscribe(outbox.TOPIC) as wake:
                while not stop.is_set():
                    await self._step(wake)
            await self.finish()
        finally:
            for task in self._sending.values():
                task.cancel()

    async def _step(self, wake: Subscription) -> None:
        taken = 0
        try:
            taken = await self.take()
        except StoreUnavailableError as error:
            log.warning("send.store_unavailable", reason=str(error))
        if len(self._sending) >= self._channel.in_flight:
            await asyncio.wait(self._sending.values(), return_when=asyncio.FIRST_COMPLETED)
        elif not taken:
            closed = self._bucket.wait(self._clock()) / _SECOND
            await (asyncio.sleep(min(closed, POLL_SECONDS)) if closed else wake.wait(POLL_SECONDS))

    async def finish(self) -> None:
        """Wait for what is being sent."""
        while self._sending:
            await asyncio.wait(self._sending.values())

    async def take(self) -> int:
        """Claim as many queues as may be sent from now and start sending. Returns how many."""
        room = self._channel.in_flight - len(self._sending)
        allowed = self._bucket.room(self._clock())
        if allowed is not None:
            room = min(room, allowed)
        if room <= 0:
            return 0
        claimed_at = asyncio.get_running_loop().time()
        heads = await outbox.claim_heads(
            self._store,
            channel=self._channel.name,
            account=self._account.account,
            now=self._clock(),
            limit=room,
            lease=self._lease,
        )
        for head in heads:
            self._begin(head, until=claimed_at + self._patience)
        return len(heads)

    def _begin(self, head: Head, *, until: float) -> None:
        """Empty ``head``; where an earlier turn of ours still works on this queue, after it: never two at once."""
        queue = (head.person, head.lane)
        task = asyncio.create_task(self._empty(head, until, self._sending.get(queue)), name="send")
        self._sending[queue] = task
        task.add_done_callback(lambda done: self._sending.pop(queue) if self._sending.get(queue) is done else None)

    async def _empty(self, head: Head, until: float, before: asyncio.Task[None] | None) -> None:
        """Send what is due in one queue, in order, and give the queue back."""
        try:
            if before is not None:
                await asyncio.wait([before])
            messages = await outbox.due(self._store, head, now=self._clock(), limit=TURN)
            for message in messages:
                if not await self._send(head, message, until):
                    break
            await self._note(until, lambda: sending.settle(self._store, head, now=self._clock()))
            if len(messages) == TURN:
                self._store.wakeup.signal([outbox.TOPIC])
        except StoreUnavailableError as error:
            # the lease ends by itself; a part that left without being recorded is the provider's "unknown" case
            log.warning("send.abandoned", reason=str(error))
        except Exception as error:  # noqa: BLE001 – one queue's trouble; its lease ends by itself
            log.error("send.broken", **describe(error))  # noqa: TRY400 – a trace may hold text

    async def _send(self, head: Head, message: Outgoing, until: float) -> bool:
        """Send what has not left yet of ``message``; whether the next one may follow it now."""
        try:
            parts = self._render(message, accents=head.accents)
        except Exception as error:  # noqa: BLE001 – a text that cannot be shown is one dead letter, not a blocked queue
            return await self._not_sent(message, RefusedError(f"cannot be rendered ({type(error).__name__})"), until)
        unsent = [number for number in range(len(parts)) if number not in message.sent]
        for number in unsent:
            if not self._may_go(until):
                return False
            try:
                provider_id = await self._send_part(head, message, number, parts[number])
            except SendError as error:
                self._metrics.sends.labels(self._channel.name, error.code).inc()
                return await self._not_sent(message, error, until)
            self._metrics.sends.labels(self._channel.name, "sent").inc()
            await self._record(head, message, number, provider_id, until, last=number == unsent[-1])
        if not unsent:  # it was cut into more parts when the last of them left
            await sending.close(self._store, message.id, OutboxState.SENT, now=self._clock())
        elif message.lane is Lane.ANSWER and not message.attempts:
            waited = self._clock() - message.since
            self._metrics.reply_seconds.labels(self._channel.name).observe(waited / _SECOND)
        return True

    def _may_go(self, until: float) -> bool:
        """Whether one more part may be begun: there is room for it, and the lease outlasts it."""
        return self._bucket.room(self._clock()) != 0 and asyncio.get_running_loop().time() < until

    async def _send_part(self, head: Head, message: Outgoing, number: int, part: Part) -> str:
        self._bucket.take(self._clock())
        key = f"{message.id}:{number}"
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._channel.send(part, head.address, key, self._account, self._wire)
        except SendError:
            raise
        except TimeoutError as error:
            raise OutcomeUnknownError("no answer in time") from error
        except Exception as error:
            # a channel's bug after the request may have left: we cannot know what the provider did
            log.error("send.failed", outbox=message.id, **describe(error))  # noqa: TRY400 – a trace may hold text
            raise OutcomeUnknownError(type(error).__name__) from error

    async def _record(
        self, head: Head, message: Outgoing, number: int, provider_id: str, until: float, *, last: bool
    ) -> None:
        """Write down that a part left. What can never be written down is left to the operator, not sent again."""
        at = self._clock()
        part = SentPart(outbox_id=message.id, number=number, provider_id=provider_id, state=DeliveryState.SENT, at=at)
        try:
            await self._note(until, lambda: sending.record_part(self._store, head, part, last=last))
        except StoreUnavailableError:
            raise
        except Exception as error:
            reason = f"part {number} left but could not be recorded ({type(error).__name__})"
            await sending.close(self._store, message.id, OutboxState.PARKED, now=at, error=reason)
            raise

    async def _note(self, until: float, write: Callable[[], Awaitable[None]]) -> None:
        """Write down what happened. Unwritten, it would happen again: keep trying as long as the queue is ours."""
        while True:
            try:
                await write()
            except StoreUnavailableError:
                if asyncio.get_running_loop().time() >= until:
                    raise
                await asyncio.sleep(RECORD_SECONDS)
            else:
                return

    def _render(self, message: Outgoing, *, accents: bool) -> tuple[Part, ...]:
        speech = Speech(content=self._content, language=message.language, account=self._account.meaning())
        return render(message.reply, self._channel.capabilities, speech, accents=accents)

    async def _not_sent(self, message: Outgoing, error: SendError, until: float) -> bool:
        """Apply the error's own policy; whether the next message may follow now, because this one is at its end."""
        now = self._clock()
        reason = f"{error.code}: {error}"
        log.warning("send.not_sent", outbox=message.id, channel=self._channel.name, code=error.code)
        again: timedelta | None = None
        if isinstance(error, ThrottledError):
            again = _bounded(error.after)
            self._bucket.close(now, again / _SECOND)
        elif self._worth_repeating(message, error):
            again = self._pause(message.attempts)
        unknown = isinstance(error, OutcomeUnknownError)
        if again is None:
            state = OutboxState.PARKED if unknown else OutboxState.DEAD
            await self._note(until, lambda: sending.close(self._store, message.id, state, now=now, error=reason))
            return True
        counted = not isinstance(error, ThrottledError)
        await self._note(
            until,
            lambda: sending.postpone(
                self._store, message.id, until=now + again, error=reason, resend=unknown, counted=counted
            ),
        )
        return False

    def _worth_repeating(self, message: Outgoing, error: SendError) -> bool:
        """Whether to try again. What is our own fault waits until it is mended, however long that takes.

        An unknown result may have been a sent message. A provider that drops a repeated key may be asked again at will.
        Otherwise an answer or a reminder is repeated once – silence is worse than a double – and paid bulk never.
        """
        if isinstance(error, OutcomeUnknownError):
            harmless = self._channel.capabilities.keyed
            repeat = harmless or (message.lane is not Lane.BROADCAST and message.resends == 0)
            return repeat and message.attempts + 1 < TRIES
        return error.retry and (error.our_fault or message.attempts + 1 < TRIES)

    def _pause(self, attempts: int) -> timedelta:
        """Exponential back-off with half of it random."""
        full: timedelta = min(FIRST_PAUSE * 2 ** min(attempts, _DOUBLINGS), LONGEST_PAUSE)
        return full * (0.5 + self._jitter.random() / 2)


def _bounded(seconds: float) -> timedelta:
    """What a provider asks for, within reason: 0 would hammer it, and a wild number silence us for ever."""
    return timedelta(seconds=max(FIRST_PAUSE / _SECOND, min(seconds, LONGEST_PAUSE / _SECOND)))
