"""Work the inbox: claim conversations, handle their messages in order, different people side by side."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from bot.core.conversation import Conversation
from bot.core.effects import Effect
from bot.core.errors import LeaseLostError, StoreUnavailableError
from bot.core.fault import describe
from bot.core.messages import InboundMessage, Reply
from bot.mind import Decided, Mind
from bot.store import conversations, inbox, long_choices, turns
from bot.store.conversations import EVERYBODY, Claimed, Scope
from bot.store.inbox import Waiting
from bot.store.takedown import TakedownsChangedError
from bot.store.turns import Turn
from bot.store.wakeup import Subscription

CONCURRENCY = 32
"""People whose messages are handled side by side in one process."""
TURN = 8
"""Messages of one person before others get their turn."""
CAP = 50
"""Unhandled messages that one person may have; what comes on top is set aside with one sentence."""
TRIES = 3
PAUSE = timedelta(milliseconds=300)
POLL_SECONDS = 1.0
HANDLE_SECONDS = 20.0
"""A handler that has not decided by then has failed."""
RENEW_SECONDS = 2.0

log = structlog.get_logger()


class Dispatcher:
    """The worker of one process. ``watched`` is told what was decided once it is written."""

    def __init__(
        self,
        mind: Mind,
        *,
        scope: Scope = EVERYBODY,
        watched: Callable[[Decided], None] = lambda _: None,
        patience: float = HANDLE_SECONDS,
    ) -> None:
        self._mind, self._store, self._patience = mind, mind.store, patience
        self._scope, self._watched = scope, watched
        self._working: dict[asyncio.Task[None], Claimed] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, then finish what is under way; cancelled, it drops that as well."""
        await _first(self._mind.library.ready.wait(), stop.wait())
        keeping = asyncio.create_task(self._keep_leases(), name="leases")
        try:
            with self._store.wakeup.subscribe(inbox.TOPIC) as wake:
                while not stop.is_set():
                    await self._step(wake)
            await self.finish()
        finally:
            for task in (keeping, *self._working):
                task.cancel()

    async def _step(self, wake: Subscription) -> None:
        taken = 0
        try:
            taken = await self.take()
        except StoreUnavailableError as error:
            log.warning("dispatch.store_unavailable", reason=str(error))
        if len(self._working) >= CONCURRENCY:
            await asyncio.wait(self._working, return_when=asyncio.FIRST_COMPLETED)
        elif not taken:
            await wake.wait(POLL_SECONDS)

    async def _keep_leases(self) -> None:
        """Keep what a handler has been thinking about for long from being taken for abandoned."""
        known: set[asyncio.Task[None]] = set()
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if slow := [claimed for task, claimed in self._working.items() if task in known]:
                with contextlib.suppress(Exception):  # then it may be lost, and the work is done twice but written once
                    await conversations.renew(self._store, slow, now=self._mind.clock())
            known = set(self._working)

    async def take(self) -> int:
        """Claim as many conversations as there is room for and start working on them. Returns how many."""
        room = CONCURRENCY - len(self._working)
        claimed = await conversations.claim_due(self._store, scope=self._scope, now=self._mind.clock(), limit=room)
        for one in claimed:
            task = asyncio.create_task(self._work(one), name="conversation")
            self._working[task] = one
            task.add_done_callback(self._working.pop)
        return len(claimed)

    async def finish(self) -> None:
        """Wait for the conversations that are being worked on."""
        while self._working:
            await asyncio.wait(self._working)

    async def _work(self, claimed: Claimed) -> None:
        """One person's turn. Whatever goes wrong with the store, the lease ends and the rows are claimed again."""
        try:
            await self._turns(claimed)
        except (LeaseLostError, StoreUnavailableError) as error:
            log.warning("dispatch.abandoned", reason=str(error))
        except Exception as error:  # noqa: BLE001 – one person's trouble; the lease ends by itself
            log.error("dispatch.broken", **describe(error))  # noqa: TRY400 – a trace may hold text

    async def _turns(self, claimed: Claimed) -> None:
        address = claimed.conversation.address
        rows = await inbox.waiting(self._store, claimed.person, address, limit=TURN)
        more = len(rows) == TURN
        if more and await self._cap(claimed) == inbox.CAPPED_AT_ONCE:
            # first all that is too much goes aside, a slice a turn; then the oldest are answered
            rows = []
        conversation = claimed.conversation
        for row in rows:
            try:
                conversation = await self._handle(claimed, row, conversation, release=row is rows[-1])
            except (LeaseLostError, StoreUnavailableError):
                raise
            except Exception as error:  # noqa: BLE001 – a handler's bug is one person's row, never the worker's end
                await self._fail(claimed, row, error)
                break
        if not rows:
            await turns.give_back(self._store, claimed, now=self._mind.clock())
        if more:
            self._store.wakeup.signal([inbox.TOPIC])

    async def _handle(
        self, claimed: Claimed, row: Waiting, conversation: Conversation, *, release: bool
    ) -> Conversation:
        current = conversation.as_of(self._mind.clock())
        if current.is_silent(self._mind.clock()) and not self._mind.calls_for_help(row.message, current):
            await self._pass_over(claimed, row, current, release=release)
            return conversation
        message = await self._expanded(claimed.person, row.message)
        while True:
            decided, turn = await self._decide(row, message, current)
            try:
                after = await turns.commit(self._store, claimed, turn, now=self._mind.clock(), release=release)
            except TakedownsChangedError:  # nobody hears what was decided
                await self._mind.library.note_takedowns()
            else:
                self._watched(decided)
                return after

    async def _decide(self, row: Waiting, message: InboundMessage, current: Conversation) -> tuple[Decided, Turn]:
        """What is decided about ``message``, and the turn that it leads to."""
        takedowns = self._mind.library.takedowns
        async with asyncio.timeout(self._patience):
            decided = await self._mind.decide(message, current)
        outcome = decided.outcome
        turn = Turn(
            waiting=row,
            conversation=current,
            replies=outcome.replies,
            state=outcome.state,
            data=dict(outcome.data),
            effects=outcome.effects,
            takedowns=takedowns,
        )
        return decided, turn

    async def _expanded(self, person: str, message: InboundMessage) -> InboundMessage:
        """``message`` with the value of its button in full; one that is forgotten means nothing any more."""
        if message.choice is None:
            return message
        value = await long_choices.expand(self._store, person, message.choice, now=self._mind.clock())
        return message if value is None else replace(message, choice=value)

    async def _pass_over(self, claimed: Claimed, row: Waiting, conversation: Conversation, *, release: bool) -> None:
        """Say nothing while one of our people talks there; what always counts – STOP – is still heard."""
        heard: Sequence[Effect] = ()
        if self._mind.always_counts(row.message, conversation):
            async with asyncio.timeout(self._patience):
                heard = (await self._mind.decide(row.message, conversation)).outcome.effects
        await turns.pass_over(self._store, claimed, row, heard, now=self._mind.clock(), release=release)
        log.info("dispatch.silent", inbox=row.id)

    async def _fail(self, claimed: Claimed, row: Waiting, error: Exception) -> None:
        """Count the try; the last one closes the row as dead with an apology. The log names the place, not the text."""
        fault = describe(error)
        gave_up = row.attempts + 1 >= TRIES
        log.error("dispatch.failed", inbox=row.id, gave_up=gave_up, **fault)
        say = self._mind.content.say
        await turns.fail(
            self._store,
            claimed,
            row,
            error=f"{fault['error']} at {fault['place']}",
            apology=Reply(text=say(claimed.conversation.language, "dispatch.apology")) if gave_up else None,
            now=self._mind.clock(),
            pause=timedelta(0) if gave_up else PAUSE * (row.attempts + 1),
        )

    async def _cap(self, claimed: Claimed) -> int:
        sentence = self._mind.content.say(claimed.conversation.language, "dispatch.flood", limit=CAP)
        capped = await turns.cap(self._store, claimed, keep=CAP, sentence=Reply(text=sentence), now=self._mind.clock())
        if capped:
            log.warning("dispatch.capped", rows=capped)
        return capped


async def _first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Return when the first of ``waits`` does."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
