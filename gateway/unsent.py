"""What becomes of a message that did not leave: tried again, sent elsewhere, replaced by an apology, or ended."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from random import Random

import structlog

from bot.content import Content
from bot.core.balance import Member
from bot.core.delivery import Lane, OutboxState
from bot.core.messages import Address, Reply
from bot.core.pools import Pool, pool_of
from bot.core.text import clean
from bot.store import diversion, lateness, pooling, sending
from bot.store.outbox import Head
from bot.store.waiting import Outgoing
from bot.wording.moved import readdress
from gateway.channel import Capabilities, Presence, Wire
from gateway.errors import MisconfiguredError, OptedOutError, SendError, UnreachableError
from gateway.recorder import persist
from gateway.retry import Again, judge, judge_here

TOO_LATE = timedelta(minutes=15)
"""An answer that could not be sent for so long is of use no more: whoever asked has gone on, or has asked again."""
MOVED_AFTER = 3
"""So many tries, about four seconds, before another account of the pool is to send what this one cannot."""
UNWANTED = "the person wants no notices"
_AWAY = (UnreachableError, MisconfiguredError)

log = structlog.get_logger()


def costs_money(capabilities: Capabilities, message: Outgoing) -> bool:
    """Whether to send ``message`` twice would cost money, or might."""
    able = capabilities
    return not able.keyed and (able.paid or (able.forms and "form" in message.document))


class Unsent:
    """The desk of one account for what did not leave. ``accounts`` (channel, account) are those that messages may go on
    to, ``pools`` say which stand in for each other."""

    def __init__(
        self,
        presence: Presence,
        wire: Wire,
        content: Content,
        *,
        accounts: Container[tuple[str, str]],
        pools: Sequence[Pool] = (),
        jitter: Random,
    ) -> None:
        self._capabilities, self._name = presence.capabilities, presence.channel.name
        self._store, self._clock = wire.store, wire.clock
        self._content, self._accounts, self._jitter = content, accounts, jitter
        self._meaning = presence.account.meaning()
        self._pool = pool_of(pools, presence.channel.name, presence.account.account)

    async def settle(self, head: Head, message: Outgoing, error: SendError) -> bool:
        """Apply the policy of ``error``; whether the next message may follow now, because this one is at its end."""
        # a provider's own words may hold what no database takes
        now, reason = self._clock(), clean(f"{error.code}: {error}")
        log.warning("send.not_sent", outbox=message.id, channel=self._name, code=error.code)
        if await self._move(message, error, reason):
            return True
        verdict = self._judge(message, error, now)
        if verdict is OutboxState.ELSEWHERE:
            here = judge_here(error, message, jitter=self._jitter)
            if await self._divert(head, message, error, reason, patient=isinstance(here, Again)):
                return True
            verdict = here
        if isinstance(verdict, Again):
            await self._postpone(message, verdict, now + verdict.after, reason)
            return verdict.aside
        await self.close(message, verdict, reason)
        return True

    def is_given_up(self, message: Outgoing, error: SendError) -> bool:
        """Whether nobody knows if a part of ``message`` has left, and it is not tried again unless an operator says
        so."""
        return self._judge(message, error, self._clock()) is OutboxState.PARKED

    def _judge(self, message: Outgoing, error: SendError, now: datetime) -> Again | OutboxState:
        keyed, paid = self._capabilities.keyed, costs_money(self._capabilities, message)
        return judge(error, message, keyed=keyed, paid=paid, jitter=self._jitter, now=now)

    async def drop(self, message: Outgoing) -> None:
        """End ``message``, which is not wanted, here; where it has another way to the person, it goes on."""
        if not await self._go_elsewhere(message, reason=UNWANTED, refused=None, patient=True):
            await self.close(message, OutboxState.EXPIRED, UNWANTED)

    async def close(self, message: Outgoing, state: OutboxState, reason: str | None) -> None:
        """End ``message``."""
        now = self._clock()
        await persist(lambda: sending.close(self._store, message.id, state, now=now, error=reason))

    def is_late(self, message: Outgoing, now: datetime) -> bool:
        """Whether ``message`` is an answer that nobody waits for any more.

        What people fetch from us is never late, an apology neither; and what has arrived in part, or may have arrived,
        is ended as it was begun.
        """
        conversational = message.lane is Lane.ANSWER and message.origin != lateness.APOLOGY
        if not conversational or self._capabilities.fetched or message.sent or message.resends:
            return False
        return now - message.created_at > TOO_LATE

    async def apologise(self, head: Head, message: Outgoing) -> None:
        """Let one apology take the place of whatever is late for the person to whom ``message`` was to go."""
        now, language = self._clock(), message.language
        apology = Reply(text=self._content.say(language, "sending.late"))
        log.warning("send.late", channel=self._name)
        await lateness.apologise(self._store, head, before=now - TOO_LATE, apology=apology, language=language, now=now)

    async def _postpone(self, message: Outgoing, again: Again, at: datetime, reason: str) -> None:
        error = None if again.aside else reason
        await persist(
            lambda: sending.postpone(
                self._store,
                message.id,
                until=at,
                error=error,
                resend=again.resend,
                counted=again.counted,
                stayed=not again.resend and costs_money(self._capabilities, message),
            )
        )

    async def _move(self, message: Outgoing, error: SendError, reason: str) -> bool:
        """Let another account of the pool send ``message``, where this one is away, nothing of it can have left and it
        was tried here a few times; whether it is at its end here."""
        away = isinstance(error, _AWAY) and not message.sent and not message.resends
        pool = self._pool
        if pool is None or not away or message.attempts + 1 < MOVED_AFTER:
            return False
        now, ended = self._clock(), False

        def reword(reply: Reply, there: Member) -> Reply:
            after = pool.meanings.get(there, self._meaning)
            return readdress(reply, self._content, message.language, self._meaning, after)

        async def move() -> None:
            nonlocal ended
            ended = await pooling.move(self._store, message.id, pool, error=reason, now=now, reword=reword)

        await persist(move)
        return ended

    async def _divert(self, head: Head, message: Outgoing, error: SendError, reason: str, *, patient: bool) -> bool:
        """Send ``message`` on; whether it is at its end here: a ``patient`` one without another way is not."""
        refused = (head.address, error.code) if isinstance(error, OptedOutError) else None
        return await self._go_elsewhere(message, reason=reason, refused=refused, patient=patient)

    async def _go_elsewhere(
        self, message: Outgoing, *, reason: str, refused: tuple[Address, str] | None, patient: bool
    ) -> bool:
        now, ended = self._clock(), True

        async def divert() -> None:
            nonlocal ended
            ended = await diversion.divert(
                self._store,
                message.id,
                error=reason,
                refused=refused,
                accounts=self._accounts,
                now=now,
                patient=patient,
            )

        await persist(divert)
        return ended
