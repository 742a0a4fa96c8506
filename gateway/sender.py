"""Empty the outbox of one of our accounts: answers first, each person's messages in order, at the provider's pace."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import structlog

from bot.content import Content
from bot.core.delivery import DeliveryState, Lane, OutboxState
from bot.core.errors import StoreUnavailableError
from bot.store import outbox, sending
from bot.store.outbox import Head, Outgoing
from bot.store.queue import LEASE
from bot.store.sending import SentPart
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
PATIENT_LEASE = timedelta(seconds=90)
"""Outlasts a turn of eight sends that each run into their time-out: no other sender may repeat them meanwhile."""
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(hours=1)

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
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set, then finish what is under way."""
        with self._store.wakeup.subscribe(outbox.TOPIC) as wake:
            while not stop.is_set():
                taken = 0
                try:
                    taken = await self.take()
                except StoreUnavailableError as error:
                    log.warning("send.store_unavailable", reason=str(error))
                if len(self._sending) >= self._channel.in_flight:
                    await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)
                elif not taken:
                    await wake.wait(POLL_SECONDS)
        await self.finish()

    async def finish(self) -> None:
        """Wait for what is being sent."""
        while self._sending:
            await asyncio.wait(self._sending)

    async def take(self) -> int:
        """Claim as many queues as may be sent from now and start sending. Returns how many."""
        room = self._channel.in_flight - len(self._sending)
        allowed = self._bucket.room(self._clock())
        if allowed is not None:
            room = min(room, allowed)
        if room <= 0:
            return 0
        heads = await outbox.claim_heads(
            self._store,
            channel=self._channel.name,
            account=self._account.account,
            now=self._clock(),
            limit=room,
            lease=LEASE if self._channel.capabilities.keyed else PATIENT_LEASE,
        )
        for head in heads:
            task = asyncio.create_task(self._empty(head), name="send")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(heads)

    async def _empty(self, head: Head) -> None:
        """Send what is due in one queue, in order, and give the queue back."""
        try:
            messages = await outbox.due(self._store, head, now=self._clock(), limit=TURN)
            for message in messages:
                await self._send(head, message)
            await sending.settle(self._store, head)
            if len(messages) == TURN:
                self._store.wakeup.signal([outbox.TOPIC])
        except StoreUnavailableError as error:
            # the lease ends by itself; a part that left without being recorded is the provider's "unknown" case
            log.warning("send.abandoned", reason=str(error))

    async def _send(self, head: Head, message: Outgoing) -> None:
        try:
            parts = self._render(message)
        except Exception as error:  # noqa: BLE001 – a text that cannot be shown is one dead letter, not a blocked queue
            await self._not_sent(message, RefusedError(f"cannot be rendered ({type(error).__name__})"))
            return
        for number, part in enumerate(parts):
            if number in message.sent:
                continue
            try:
                provider_id = await self._send_part(head, message, number, part)
            except SendError as error:
                self._metrics.sends.labels(self._channel.name, error.code).inc()
                await self._not_sent(message, error)
                return
            sent = SentPart(
                outbox_id=message.id,
                number=number,
                provider_id=provider_id,
                state=DeliveryState.SENT,
                at=self._clock(),
            )
            await sending.record_part(self._store, head, sent, last=number == len(parts) - 1)
            self._metrics.sends.labels(self._channel.name, "sent").inc()
        if message.lane is Lane.ANSWER and not message.attempts:
            waited = self._clock() - message.since
            self._metrics.reply_seconds.labels(self._channel.name).observe(waited / timedelta(seconds=1))

    async def _send_part(self, head: Head, message: Outgoing, number: int, part: Part) -> str:
        self._bucket.take(self._clock())
        key = f"{message.id}:{number}"
        try:
            return await self._channel.send(part, head.address, key, self._account, self._wire)
        except SendError:
            raise
        except Exception as error:
            # a channel's bug after the request may have left: we cannot know what the provider did
            log.error("send.failed", outbox=message.id, error=type(error).__name__)  # noqa: TRY400 – a trace may hold text
            raise OutcomeUnknownError(type(error).__name__) from error

    def _render(self, message: Outgoing) -> tuple[Part, ...]:
        speech = Speech(content=self._content, language=message.language, account=self._account.meaning())
        return render(message.reply, self._channel.capabilities, speech)

    async def _not_sent(self, message: Outgoing, error: SendError) -> None:
        """Apply the error's own policy."""
        now = self._clock()
        reason = f"{error.code}: {error}"
        log.warning("send.not_sent", outbox=message.id, channel=self._channel.name, code=error.code)
        if isinstance(error, ThrottledError):
            self._bucket.close(now, error.after)
            until = now + timedelta(seconds=error.after)
            await sending.postpone(self._store, message.id, until=until, error=reason, counted=False)
        elif isinstance(error, OutcomeUnknownError):
            await self._unknown(message, reason, now)
        elif error.retry and message.attempts + 1 < TRIES:
            await sending.postpone(self._store, message.id, until=now + self._pause(message.attempts), error=reason)
        else:
            await sending.close(self._store, message.id, OutboxState.DEAD, now=now, error=reason)

    async def _unknown(self, message: Outgoing, reason: str, now: datetime) -> None:
        """It may have been sent: repeat where that is harmless, else leave it to the operator.

        A provider that drops a repeated key may be asked again at will. Otherwise an answer or a reminder is repeated
        once – silence is worse than a double – and paid bulk is parked.
        """
        keyed = self._channel.capabilities.keyed
        repeat = keyed or (message.lane is not Lane.BROADCAST and message.resends == 0)
        if repeat and message.attempts + 1 < TRIES:
            until = now + self._pause(message.attempts)
            await sending.postpone(self._store, message.id, until=until, error=reason, resend=True)
        else:
            await sending.close(self._store, message.id, OutboxState.PARKED, now=now, error=reason)

    def _pause(self, attempts: int) -> timedelta:
        """Exponential back-off with half of it random."""
        full: timedelta = min(FIRST_PAUSE * 2**attempts, LONGEST_PAUSE)
        return full * (0.5 + self._jitter.random() / 2)
