"""Hand messages of one queue to the provider, in order, part by part, and write down what became of each."""

import asyncio
import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.content import Content
from bot.core.delivery import BULK, DeliveryState, Lane, OutboxState
from bot.core.fault import describe
from bot.core.sms import count as count_sms
from bot.store import receipts, sending
from bot.store.outbox import Head
from bot.store.sending import Departure, Return, SentPart
from bot.store.waiting import Outgoing
from bot.wording.speech import Speech
from gateway.channel import Encoding, Part, Presence, Wire
from gateway.errors import OptedOutError, OutcomeUnknownError, RefusedError, Scope, SendError, ThrottledError
from gateway.exchange import Behalf, on_behalf_of
from gateway.limits import Bucket
from gateway.metrics import Metrics
from gateway.recorder import Note, Recorder, persist
from gateway.render import render
from gateway.retry import bounded
from gateway.troubles import Troubles
from gateway.unsent import Unsent, costs_money

SEND_SECONDS = 20.0
"""What a provider has not answered by then is of unknown result."""
_SECOND = timedelta(seconds=1)

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
        regained = self.head.person if self.head.unreachable else None
        departure = Departure(address=self.head.address, part=part, last=last, regained=regained)
        if not last or part.outbox_id != self.messages[-1].id:
            return Note(departure=departure)
        self.released()
        self.given_back = True
        return Note(departure=departure, queue=Return(head=self.head))


class Handover:
    """The way to the provider of one account. ``may_send`` tells whether the account is ours now.

    ``wanted`` are the units for which there was no room last time, of bulk and of what is none: whoever claims waits
    until there is. ``unsent`` is told of what did not leave.
    """

    def __init__(
        self,
        presence: Presence,
        wire: Wire,
        content: Content,
        *,
        unsent: Unsent,
        bucket: Bucket,
        may_send: Callable[[], bool],
        metrics: Metrics,
        troubles: Troubles | None = None,
    ) -> None:
        self._channel, self._account = presence.channel, presence.account
        self._capabilities = presence.capabilities
        self._wire, self._store, self._content = wire, wire.store, content
        self._clock = wire.clock
        self._bucket, self._may_send = bucket, may_send
        self._unsent, self._metrics, self._troubles = unsent, metrics, troubles
        self._recorder = Recorder(wire.store, wire.clock)
        self._resuming: list[datetime] = []  # a heap
        self.wanted = {False: 1, True: 1}

    async def send_queue(self, errand: Errand) -> None:
        """Send the messages in order until one has to wait, and give the queue back.

        While the database is away this waits: what happened has to be written down.
        """
        await self._drop_late(errand)
        for message in errand.messages:
            if not await self._send(errand, message):
                break
        if not errand.given_back:
            now = self._clock()
            rest = self._bucket.rest(now, errand.head.address)
            waits = now + rest if rest else None
            errand.released()
            await self._recorder.write(Note(queue=Return(head=errand.head, unused=not errand.tried, not_before=waits)))
            if waits is not None:
                self._forget_resumed(now)
                heapq.heappush(self._resuming, waits)

    def resumes_in(self, now: datetime) -> timedelta | None:
        """When the next queue may go on of somebody who has to be left in peace for a while; None = nobody has."""
        if self._forget_resumed(now):
            return timedelta(0)
        return self._resuming[0] - now if self._resuming else None

    def _forget_resumed(self, now: datetime) -> bool:
        """Drop the moments that have come; whether there was one."""
        before = len(self._resuming)
        while self._resuming and self._resuming[0] <= now:
            heapq.heappop(self._resuming)
        return len(self._resuming) < before

    async def _drop_late(self, errand: Errand) -> None:
        """Let an apology take the place of the answers that nobody waits for any more.

        Then nothing goes in this turn: the next one begins with the apology.
        """
        now = self._clock()
        late = next((message for message in errand.messages if self._unsent.is_late(message, now)), None)
        if late is not None:
            await self._unsent.apologise(errand.head, late)
            errand.messages = []

    async def _send(self, errand: Errand, message: Outgoing) -> bool:
        """Send what has not left yet of ``message``; whether the next one may follow it now."""
        try:
            parts = self._render(message, accents=errand.head.accents)
        except Exception as error:  # noqa: BLE001 – a text that cannot be shown is one dead letter, not a blocked queue
            unshown = RefusedError(f"cannot be rendered ({type(error).__name__})")
            return await self._unsent.settle(errand.head, message, unshown)
        if message.lane in BULK and (errand.head.unwilling or errand.head.unreachable):
            return await self._leave_alone(errand.head, message)
        unsent = [number for number in range(len(parts)) if number not in message.sent]
        doubtful = message.doubtful
        for number in unsent:
            cost, last = self._cost(parts[number]), number == unsent[-1]
            provider_id = await self._left_before(errand, message, number)
            if provider_id is None and not self._may_go(errand, cost):
                return False
            errand.tried = True
            try:
                provider_id = provider_id or await self._send_part(errand, message, number, parts[number], cost)
            except SendError as error:
                self._count(errand.head, error)
                given_up = self._unsent.is_given_up(message, error)
                if given_up:
                    await self._record_doubt(errand, message, number)
                if last or not given_up:
                    return await self._unsent.settle(errand.head, message, error)
                doubtful = True  # it is not tried again; those behind it are sent all the same
            else:
                self._metrics.sends.labels(self._channel.name, "sent").inc()
                await self._record(errand, message, number, provider_id, last=last and not doubtful)
        await self._end(message, unsent, doubtful=doubtful)
        return True

    async def _leave_alone(self, head: Head, message: Outgoing) -> bool:
        """End what is not wanted, or of which the provider is known to take nothing; the next one may follow."""
        if head.unreachable:
            return await self._unsent.settle(head, message, OptedOutError("known not to be reached"))
        await self._unsent.drop(message)
        return True

    async def _end(self, message: Outgoing, unsent: Sequence[int], *, doubtful: bool) -> None:
        """What is left to do for ``message`` after its last part."""
        if doubtful:
            await self._unsent.close(message, OutboxState.PARKED, "nobody knows whether a part of it has left")
        elif unsent:
            self._observe(message)
        else:  # it was cut into more parts when the last of them left
            await self._unsent.close(message, OutboxState.SENT, None)

    def _render(self, message: Outgoing, *, accents: bool) -> tuple[Part, ...]:
        speech = Speech(
            content=self._content, language=message.language, account=self._account.meaning(), accents=accents
        )
        able, lane, origin = self._capabilities, message.lane, message.origin
        return render(message.reply, able, speech, accents=accents, lane=lane, origin=origin)

    def _may_go(self, errand: Errand, cost: int) -> bool:
        """Whether a part may be begun: the account and the queue are ours, and the provider has room for it.

        Nothing may be awaited between this and taking the room.
        """
        late = asyncio.get_running_loop().time() >= errand.until
        now, bulk = self._clock(), errand.head.lane in BULK
        if late or not self._may_send() or self._bucket.rest(now, errand.head.address, cost):
            return False
        if self._bucket.wait(now, cost, bulk=bulk):
            self.wanted[bulk] = max(self.wanted[bulk], cost)
            return False
        return True

    def _cost(self, part: Part) -> int:
        if self._channel.cost is not None:
            return self._channel.cost(part)
        sms = self._capabilities.encoding is Encoding.SMS
        return count_sms(part.text).segments if sms else 1

    async def _left_before(self, errand: Errand, message: Outgoing, number: int) -> str | None:
        """The provider's id of a part of unknown result that did leave, as a receipt has told meanwhile."""
        able = self._capabilities
        # also when an operator asks for it again, who cannot know
        again = message.resends or (message.attempts and costs_money(able, message))
        if not again or not able.reports_key:
            return None
        key = self._channel.reported(_key(message, number))
        return key if await receipts.has_report(self._store, errand.head.address, key) else None

    async def _begin(self, message: Outgoing) -> None:
        """Where a second one would cost money, write down that it may leave now. Who finds that later does not send."""
        if not costs_money(self._capabilities, message):
            return
        mine = False

        async def begin() -> None:
            nonlocal mine
            mine = await sending.begin(self._store, message.id)

        await persist(begin)
        if not mine:
            raise OutcomeUnknownError("it was under way when a process ended")

    async def _send_part(self, errand: Errand, message: Outgoing, number: int, part: Part, cost: int) -> str:
        head = errand.head
        ticket = self._bucket.take(self._clock(), cost, bulk=head.lane in BULK, to=head.address)
        key = _key(message, number)
        try:
            await self._begin(message)
            behalf = Behalf(channel=head.address.channel, account=head.address.account, message=message.id, part=number)
            async with asyncio.timeout(SEND_SECONDS):
                with on_behalf_of(behalf):
                    return await self._channel.send(part, head.address, key, self._account, self._wire)
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

    async def _record_doubt(self, errand: Errand, message: Outgoing, number: int) -> None:
        """Write down that a part may have left, by the name that a report would give it: that proves it later."""
        name = self._channel.reported(_key(message, number)) if self._capabilities.reports_key else None
        await self._record(errand, message, number, name, last=False, state=DeliveryState.UNKNOWN)

    async def _record(
        self,
        errand: Errand,
        message: Outgoing,
        number: int,
        provider_id: str | None,
        *,
        last: bool,
        state: DeliveryState = DeliveryState.SENT,
    ) -> None:
        """Write down that a part left, or may have left. What can never be written down is left to the operator, not
        sent again."""
        part = SentPart(outbox_id=message.id, number=number, provider_id=provider_id, state=state, at=self._clock())
        try:
            await self._recorder.write(errand.note(part, last=last))
        except Exception as error:
            reason = f"part {number} left but could not be recorded ({type(error).__name__})"
            await self._unsent.close(message, OutboxState.PARKED, reason)
            raise

    def _count(self, head: Head, error: SendError) -> None:
        """Note that a part did not leave. Leave the person, or the whole account, in peace for as long as the provider
        asks."""
        self._metrics.sends.labels(self._channel.name, error.code).inc()
        if self._troubles is not None:
            self._troubles.note((self._channel.name, self._account.account), error)
        if not isinstance(error, ThrottledError):
            return
        whom = head.address if error.scope is Scope.PERSON else None
        self._bucket.close(self._clock(), bounded(error.after), whom)

    def _observe(self, message: Outgoing) -> None:
        if message.lane is Lane.ANSWER and not message.attempts:
            waited = self._clock() - message.since
            self._metrics.reply_seconds.labels(self._channel.name).observe(waited / _SECOND)


def _key(message: Outgoing, number: int) -> str:
    """What names a part, to the provider and to ourselves."""
    return f"{message.id}:{number}"
