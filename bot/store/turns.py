"""The one transaction of a handled message: conversation, effects, replies in the outbox, inbox row closed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core import follow
from bot.core.conversation import Conversation
from bot.core.delivery import Lane
from bot.core.effects import (
    BindMember,
    CountChosen,
    CountUnanswered,
    CountWrongCode,
    Effect,
    FollowDataset,
    NoteTold,
    OpenTicket,
    RecordActs,
    RecordAnswer,
    RecordConsent,
    SetAccents,
    SetLanguage,
    UnfollowDatasets,
)
from bot.core.messages import Reply
from bot.store import (
    acts,
    answers,
    consents,
    conversations,
    follows,
    inbox,
    members,
    outbox,
    takedown,
    task_numbers,
    tickets,
    unanswered,
)
from bot.store.conversations import Claimed
from bot.store.engine import Store
from bot.store.inbox import Waiting
from bot.store.outbox import Draft
from bot.store.transaction import Transaction
from bot.store.vault import Vault

SILENT = "silent: somebody of ours is talking there"
"""Why a message has no answer that was handled all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What handling ``waiting`` leads to: ``conversation`` is the talk before it, ``state`` and ``data`` are new.

    ``takedowns`` is the stamp of the takedowns that the replies honour, None where they show no data.
    """

    waiting: Waiting
    conversation: Conversation
    replies: Sequence[Reply]
    state: str
    data: dict[str, object]
    effects: Sequence[Effect]
    takedowns: int | None = None

    def after(self, now: datetime) -> Conversation:
        """The talk after this turn. Choices stay on offer until others are."""
        offered = next((reply.choices for reply in reversed(self.replies) if reply.choices), self.conversation.choices)
        language = next(
            (effect.language for effect in self.effects if isinstance(effect, SetLanguage)), self.conversation.language
        )
        accents = next(
            (effect.accents for effect in self.effects if isinstance(effect, SetAccents)), self.conversation.accents
        )
        return replace(
            self.conversation,
            state=self.state,
            data=self.data,
            choices=offered,
            language=language,
            accents=accents,
            updated_at=now,
            version=self.conversation.version + 1,
        )


async def commit(store: Store, claimed: Claimed, turn: Turn, *, now: datetime, release: bool) -> Conversation:
    """Write ``turn`` and return the talk after it.

    Raises LeaseLostError or ConflictError when somebody else has worked on this conversation, TakedownsChangedError
    when other datasets are taken down by now; nothing is written then.
    """
    after = turn.after(now)

    async def job(connection: Transaction) -> None:
        await conversations.hold(connection, claimed, version=turn.conversation.version)
        for effect in turn.effects:
            await _apply(connection, store.vault, claimed, effect, now=now)
        for number, reply in enumerate(turn.replies):
            draft = _draft(claimed, turn.waiting, _in_place(reply, turn), number, now=now, language=after.language)
            await outbox.enqueue(connection, draft, now=now)
        if turn.takedowns is not None:
            await takedown.check(connection, turn.takedowns)
        await inbox.finish(connection, turn.waiting.id, state="done", now=now)
        await conversations.save(connection, claimed, after)
        await conversations.settle(connection, claimed, now=now, release=release)
        for effect in turn.effects:
            if isinstance(effect, RecordActs):  # last: whoever puts anything on record makes everybody else wait
                await _record(connection, effect, now=now)

    await store.write(job, wake=[outbox.TOPIC])
    return after


async def pass_over(
    store: Store, claimed: Claimed, waiting: Waiting, effects: Sequence[Effect], *, now: datetime, release: bool
) -> None:
    """Close ``waiting`` without an answer, as somebody of ours is talking there: the talk stays as it is.

    ``effects`` are written all the same. Raises LeaseLostError when somebody else works on this conversation.
    """

    async def job(connection: Transaction) -> None:
        await conversations.hold(connection, claimed)
        for effect in effects:
            await _apply(connection, store.vault, claimed, effect, now=now)
        await inbox.finish(connection, waiting.id, state="done", now=now, error=SILENT)
        await conversations.settle(connection, claimed, now=now, release=release)

    await store.write(job)


async def fail(
    store: Store,
    claimed: Claimed,
    waiting: Waiting,
    *,
    error: str,
    apology: Reply | None,
    now: datetime,
    pause: timedelta,
) -> None:
    """Handling ``waiting`` failed: try again after ``pause`` or, with an ``apology``, give it up and say so."""

    async def job(connection: Transaction) -> None:
        await conversations.hold(connection, claimed)
        counted = await inbox.count_attempt(connection, waiting.id, error=error)
        if counted and apology is not None:
            await inbox.finish(connection, waiting.id, state="dead", now=now, error=error)
            draft = _draft(claimed, waiting, apology, "apology", now=now, language=claimed.conversation.language)
            await outbox.enqueue(connection, draft, now=now)
        await conversations.settle(connection, claimed, now=now, release=True, pause=pause)

    await store.write(job, wake=[outbox.TOPIC, inbox.TOPIC])


async def cap(store: Store, claimed: Claimed, *, keep: int, sentence: Reply, now: datetime) -> int:
    """Set a slice of a flood aside and explain it, once in ten minutes. Returns how many rows were set aside."""

    async def job(connection: Transaction) -> int:
        await conversations.hold(connection, claimed)
        capped = await inbox.cap(connection, claimed.person, keep=keep, now=now)
        if capped and await conversations.begin_flood(connection, claimed, now=now):
            address = claimed.conversation.address
            draft = Draft(
                person=claimed.person,
                channel=address.channel,
                account=address.account,
                lane=Lane.ANSWER,
                reply=sentence,
                language=claimed.conversation.language,
                origin="flood",
                dedupe_key=f"flood:{claimed.person}:{now.isoformat()}",
            )
            await outbox.enqueue(connection, draft, now=now)
        return capped

    return await store.write(job, wake=[outbox.TOPIC])


async def give_back(store: Store, claimed: Claimed, *, now: datetime) -> None:
    """End the lease; the conversation is due again while rows wait."""

    async def job(connection: Transaction) -> None:
        await conversations.hold(connection, claimed)
        await conversations.settle(connection, claimed, now=now, release=True)

    await store.write(job)


def _in_place(reply: Reply, turn: Turn) -> Reply:
    """``reply`` with the message whose place it takes: the one whose button was pressed, when it is its only answer."""
    pressed = turn.waiting.message.pressed
    return replace(reply, replaces=pressed) if reply.turns and pressed and len(turn.replies) == 1 else reply


def _draft(
    claimed: Claimed, waiting: Waiting, reply: Reply, place: int | str, *, now: datetime, language: str
) -> Draft:
    address = claimed.conversation.address
    return Draft(
        person=claimed.person,
        channel=address.channel,
        account=address.account,
        lane=Lane.ANSWER,
        reply=reply,
        language=language,
        origin=f"inbox:{waiting.id}",
        dedupe_key=f"inbox:{waiting.id}:{place}",
        not_before=min(waiting.message.received_at, now),  # the clock may have been set back meanwhile
    )


async def _apply(connection: Transaction, vault: Vault, claimed: Claimed, effect: Effect, *, now: datetime) -> None:
    match effect:
        case RecordAnswer():
            await answers.record(connection, effect, now=now)
        case RecordConsent() | FollowDataset() | UnfollowDatasets():
            await _apply_wish(connection, vault, claimed, effect, now=now)
        case OpenTicket():
            await tickets.record(connection, vault, claimed.conversation.address, effect, now=now)
        case CountUnanswered():
            await unanswered.count(connection, vault, claimed.person, effect.text, now=now)
        case CountChosen():
            await unanswered.choose(connection, vault, claimed.person, effect, now=now)
        case BindMember():
            await members.bind(connection, vault, claimed.conversation.address, effect.number, now=now)
        case CountWrongCode():
            await members.count_wrong(connection, vault, claimed.person, effect.code, now=now)
        case NoteTold():
            await members.note_told(connection, claimed.person, now=now)
        case SetLanguage() | SetAccents() | RecordActs():
            pass  # part of the conversation, see Turn.after; acts come last, see commit


async def _record(connection: Transaction, effect: RecordActs, *, now: datetime) -> None:
    numbers = effect.numbers
    await task_numbers.keep_numbers(connection, effect.officer, numbers, now, still_open=effect.still_open)
    await acts.record_all(connection, effect.said)


async def _apply_wish(
    connection: Transaction,
    vault: Vault,
    claimed: Claimed,
    wish: RecordConsent | FollowDataset | UnfollowDatasets,
    *,
    now: datetime,
) -> None:
    """What the person wants to be told; who wants no notices any more follows nothing any more."""
    people = vault.people(claimed.conversation.address)
    match wish:
        case RecordConsent():
            await consents.record(connection, claimed.person, wish, now=now)
            if not wish.given and wish.topic in (None, follow.TOPIC):
                await follows.end(connection, people, now=now)
        case FollowDataset():
            await follows.begin(connection, people, wish, now=now)
        case UnfollowDatasets():
            await follows.end(connection, people, wish.codes, now=now)
