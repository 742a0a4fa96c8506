"""What becomes of a message that was not sent: tried again, elsewhere, left to the operator, or given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.core.delivery import Lane, OutboxState
from bot.store.waiting import LONGEST_PAUSE, Outgoing
from gateway.errors import (
    DeferredError,
    ElsewhereError,
    OptedOutError,
    OutcomeUnknownError,
    SendError,
    ThrottledError,
)

TRIES = 20
"""Unknown results before the operator has to look, where the provider drops what is repeated."""
ATTEMPTS = 200
"""Attempts before a message is dead; with the pauses below about a week. A provider may be away for a day and nothing
is lost; one that can never take a certain message is not asked for ever."""
FIRST_PAUSE = timedelta(seconds=1)
_DOUBLINGS = 12  # from the first pause to beyond the longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Try once more ``after`` a pause. ``counted``: this was an attempt; ``resend``: it may have been sent; ``aside``:
    it is for later, and what is behind it need not wait."""

    after: timedelta
    counted: bool = False
    resend: bool = False
    aside: bool = False


def judge(
    error: SendError, message: Outgoing, *, keyed: bool, jitter: Random, now: datetime, paid: bool = False
) -> Again | OutboxState:
    """Apply the policy of ``error``. ``keyed``: the provider drops a repeated key; ``paid``: each one costs money.

    ELSEWHERE stands for another way to the person, where there is none for :func:`judge_here`.
    """
    unknown = isinstance(error, OutcomeUnknownError)
    if isinstance(error, ElsewhereError) and message.attempts < error.again:
        return Again(after=_pause(message.attempts, jitter), counted=True)
    if isinstance(error, (ElsewhereError, OptedOutError)):
        return OutboxState.ELSEWHERE
    if isinstance(error, ThrottledError):
        return Again(after=bounded(error.after))
    if isinstance(error, DeferredError):
        return Again(after=max(FIRST_PAUSE, error.until - now), aside=True)
    if _is_worth_repeating(error, message, keyed=keyed, paid=paid):
        return Again(after=_pause(message.attempts, jitter), counted=True, resend=unknown)
    return OutboxState.PARKED if unknown else OutboxState.DEAD


def judge_here(error: SendError, message: Outgoing, *, jitter: Random) -> Again | OutboxState:
    """The same for what has no other way: it is tried here again where that is worth while, else dead."""
    if error.retry and message.attempts + 1 < ATTEMPTS:
        return Again(after=_pause(message.attempts, jitter), counted=True)
    return OutboxState.DEAD


def bounded(seconds: float) -> timedelta:
    """What a provider asks for, within reason: 0 would hammer it, and a wild number silence us for ever."""
    second = timedelta(seconds=1)
    return timedelta(seconds=max(FIRST_PAUSE / second, min(seconds, LONGEST_PAUSE / second)))


def _is_worth_repeating(error: SendError, message: Outgoing, *, keyed: bool, paid: bool) -> bool:
    """Whether to try again. What is our own fault waits until it is mended, however long that takes.

    An unknown result may have been a sent message. A provider that drops a repeated key may be asked again at will.
    Otherwise an answer or a reminder is repeated once – silence is worse than a double – and bulk never; where it is
    ``paid`` for nothing is, and the operator decides. How often the provider was away before does not count here.
    """
    if isinstance(error, OutcomeUnknownError) and keyed:
        return message.resends + 1 < TRIES
    if isinstance(error, OutcomeUnknownError):
        return not paid and message.lane is not Lane.BROADCAST and message.resends == 0
    return error.retry and (error.our_fault or message.attempts + 1 < ATTEMPTS)


def _pause(attempts: int, jitter: Random) -> timedelta:
    """Exponential back-off with half of it random."""
    full: timedelta = min(FIRST_PAUSE * 2 ** min(attempts, _DOUBLINGS), LONGEST_PAUSE)
    return full * (0.5 + jitter.random() / 2)
