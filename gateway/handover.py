"""Hand messages of one queue to the provider, in order, part by part, and write down what became of each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import structlog

from bot.content import Content
from bot.core.delivery import DeliveryState, Lane, OutboxState
from bot.core.fault import describe
from bot.core.sms import count as count_sms
from bot.core.text import clean
from bot.store import receipts, sending
from bot.store.outbox import Head
from bot.store.sending import Departure, Return, SentPart
from bot.store.waiting import Outgoing
from bot.wording.speech import Speech
from gateway.channel import Encoding, Part, Presence, Wire
from gateway.errors import OutcomeUnknownError, RefusedError, Scope, SendError, ThrottledError
from gateway.limits import Bucket, Silence
from gateway.metrics import Metrics
from gateway.recorder import Note, Recorder, persist
from gateway.render import render
from gateway.retry import Again, bounded, judge

SEND_SECONDS = 20.0
"""What a provider has not answered by then is of unknown result."""
_SECOND = timedelta(seconds=1)
_NO_TIME = timedelta(0)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True, eq=False)
class Errand:
    """One turn of one queue: nothing is begun after ``until`` on the event loop's clock.

    ``released`` is told when the last part of the last message has been handed over: what is left is to write it down.
    """

    head: Head
    messages: Sequence[Outgoing]
    until: float
    released: Callable[[], None]
    tried: bool = False
    given_back: bool = False

    def note(self, part: SentPart, *, last: bool) -> Note:
        """That ``part`` left; with the last one of all, the queue goes back in the same transaction."""
        departure = Departure(address=self.head.address, part=part, last=last)
        if not last or part.outbox_id != self.messages[-1].id:
            return Note(departure=departure)
        self.released()
        self.given_back = True
        return Note(departure=departure, queue=Return(head=self.head))


class Handover:
    """The way to the provider of one account. ``may_send`` tells whether the account is ours now.

    ``wanted`` are the units for which there was no room last time: whoever claims waits until there is.
    """

    def __init__(
        self,
        presence: Presence,
        wire: Wire,
        content: Content,
        *,
        bucket: Bucket,
        may_send: Callable[[], bool],
        metrics: Metrics,
        jitter: Random,
    ) -> None:
        self._channel, self._account = presence.channel, presence.account
        self._wire, self._store, self._content = wire, wire.store, content
        self._clock = wire.clock
        self._bucket, self._may_send = bucket, may_send
        self._metrics, self._jitter = metrics, jitter
        self._recorder = Recorder(wire.store, wire.clock)
        self._silences: dict[str, Silence] = {}
        self.wanted = 1

    async def send_queue(self, errand: Errand) -> None:
        """Send the messages in order until one has to wait, and give the queue back.

        While the database is away this waits: what happened has to be written down.
        """
        for message in errand.messages:
            if not await self._send(errand, message):
                break
        if not errand.given_back:
            silent = self._silent(errand.head.person)
            waits = self._clock() + silent if silent else None
            back = Return(head=errand.head, unused=not errand.tried, not_before=waits)
            await self._recorder.write(Note(queue=back))

    async def _send(self, errand: Errand, message: Outgoing) -> bool:
        """Send what has not left yet of ``message``; whether the next one may follow it now."""
        try:
            parts = self._render(message, accents=errand.head.accents)
        except Exception as error:  # noqa: BLE001 – a text that cannot be shown is one dead letter, not a blocked queue
            return await self._not_sent(errand, message, RefusedError(f"cannot be rendered ({type(error).__name__})"))
        unsent = [number for number in range(len(parts)) if number not in message.sent]
        for number in unsent:
            cost = self._cost(parts[number])
            if not self._may_go(errand, cost):
                return False
            errand.tried = True
            try:
                provider_id = await self._left_before(errand, message, number)
                if provider_id is None:
                    await self._begin(message)
                    provider_id = await self._send_part(errand, message, number, parts[number], cost)
            except SendError as error:
                self._metrics.sends.labels(self._channel.name, error.code).inc()
                return await self._not_sent(errand, message, error)
            self._metrics.sends.labels(self._channel.name, "sent").inc()
            await self._record(errand, message, number, provider_id, last=number == unsent[-1])
        if unsent:
            self._observe(message)
        else:  # it was cut into more parts when the last of them left
            await self._close(message, OutboxState.SENT, None)
        return True

    def _render(self, message: Outgoing, *, accents: bool) -> tuple[Part, ...]:
        speech = Speech(
            content=self._content, language=message.language, account=self._account.meaning(), accents=accents
        )
        return render(message.reply, self._channel.capabilities, speech, accents=accents)

    def _may_go(self, errand: Errand, cost: int) -> bool:
        """Whether a part may be begun: the account and the queue are ours, and the provider has room for it."""
        late = asyncio.get_running_loop().time() >= errand.until
        if late or self._silent(errand.head.person) or not self._may_send():
            return False
        if self._bucket.wait(self._clock(), cost):
            self.wanted = max(self.wanted, cost)
            return False
        return True

    def _cost(self, part: Part) -> int:
        sms = self._channel.capabilities.encoding is Encoding.SMS
        return count_sms(part.text).segments if sms else 1

    async def _left_before(self, errand: Errand, message: Outgoing, number: int) -> str | None:
        """The provider's id of a part of unknown result that did leave, as a receipt has told meanwhile."""
        able = self._channel.capabilities
        asked_again = message.resends or (able.paid and message.attempts)  # also by an operator, who cannot know
        if not asked_again or not able.reports_key:
            return None
        key = self._channel.reported(_key(message, number))
        return key if await receipts.has_report(self._store, errand.head.address, key) else None

    async def _begin(self, message: Outgoing) -> None:
        """Where each message costs money, write down that it may leave now. Who finds that later does not send it."""
        if not self._channel.capabilities.paid:
            return
        if message.resends:
            raise OutcomeUnknownError("it was under way when the process ended")
        await persist(lambda: sending.begin(self._store, message.id))

    async def _send_part(self, errand: Errand, message: Outgoing, number: int, part: Part, cost: int) -> str:
        ticket = self._bucket.take(self._clock(), cost)
        key = _key(message, number)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._channel.send(part, errand.head.address, key, self._account, self._wire)
        except SendError:
            raise
        except TimeoutError as error:
            raise OutcomeUnknownError("no answer in time") from error
        except Exception as error:
            # a channel's bug after the request may have left: we cannot know what the provider did
            log.error("send.failed", outbox=message.id, **describe(error))  # noqa: TRY400 – a trace may hold text
            raise OutcomeUnknownError(type(error).__name__) from error
        finally:
            self._bucket.done(ticket, self._clock())

    async def _record(self, errand: Errand, message: Outgoing, number: int, provider_id: str, *, last: bool) -> None:
        """Write down that a part left. What can never be written down is left to the operator, not sent again."""
        at = self._clock()
        part = SentPart(outbox_id=message.id, number=number, provider_id=provider_id, state=DeliveryState.SENT, at=at)
        try:
            await self._recorder.write(errand.note(part, last=last))
        except Exception as error:
            reason = f"part {number} left but could not be recorded ({type(error).__name__})"
            await self._close(message, OutboxState.PARKED, reason)
            raise

    async def _not_sent(self, errand: Errand, message: Outgoing, error: SendError) -> bool:
        """Apply the error's own policy; whether the next message may follow now, because this one is at its end."""
        # a provider's own words may hold what no database takes
        now, reason = self._clock(), clean(f"{error.code}: {error}")
        log.warning("send.not_sent", outbox=message.id, channel=self._channel.name, code=error.code)
        if isinstance(error, ThrottledError):
            self._be_silent(errand.head, error, now)
        able = self._channel.capabilities
        verdict = judge(error, message, keyed=able.keyed, paid=able.paid, jitter=self._jitter)
        if isinstance(verdict, OutboxState):
            await self._close(message, verdict, reason)
            return True
        await self._postpone(message, verdict, now + verdict.after, reason)
        return False

    async def _postpone(self, message: Outgoing, again: Again, at: datetime, reason: str) -> None:
        await persist(
            lambda: sending.postpone(
                self._store,
                message.id,
                until=at,
                error=reason,
                resend=again.resend,
                counted=again.counted,
                stayed=self._channel.capabilities.paid and not again.resend,
            )
        )

    async def _close(self, message: Outgoing, state: OutboxState, reason: str | None) -> None:
        now = self._clock()
        await persist(lambda: sending.close(self._store, message.id, state, now=now, error=reason))

    def _be_silent(self, head: Head, error: ThrottledError, now: datetime) -> None:
        """Leave the person, or the whole account, in peace for as long as the provider asks."""
        after = bounded(error.after)
        if error.scope is Scope.ACCOUNT:
            self._bucket.close(now, after / _SECOND)
            return
        self._silences = {person: silence for person, silence in self._silences.items() if silence.left(now)}
        self._silences.setdefault(head.person, Silence()).keep(now, after)

    def _silent(self, person: str) -> timedelta:
        """For how long nothing may go to ``person``."""
        silence = self._silences.get(person)
        return silence.left(self._clock()) if silence is not None else _NO_TIME

    def _observe(self, message: Outgoing) -> None:
        if message.lane is Lane.ANSWER and not message.attempts:
            waited = self._clock() - message.since
            self._metrics.reply_seconds.labels(self._channel.name).observe(waited / _SECOND)


def _key(message: Outgoing, number: int) -> str:
    """What names a part, to the provider and to ourselves."""
    return f"{message.id}:{number}"
