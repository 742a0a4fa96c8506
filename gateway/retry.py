"""What becomes of a message that was not sent: tried again, left to the operator, or given up."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from bot.core.delivery import Lane, OutboxState
from bot.store.waiting import LONGEST_PAUSE, Outgoing
from gateway.errors import OutcomeUnknownError, SendError, ThrottledError

TRIES = 20
"""Attempts before a message is dead; with the pauses below about six hours."""
FIRST_PAUSE = timedelta(seconds=1)
_DOUBLINGS = 12  # from the first pause to beyond the longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Try once more ``after`` a pause. ``counted``: this was an attempt; ``resend``: it may have been sent."""

    after: timedelta
    counted: bool
    resend: bool


def judge(
    error: SendError, message: Outgoing, *, keyed: bool, jitter: Random, paid: bool = False
) -> Again | OutboxState:
    """Apply the policy of ``error``. ``keyed``: the provider drops a repeated key; ``paid``: each one costs money."""
    unknown = isinstance(error, OutcomeUnknownError)
    if isinstance(error, ThrottledError):
        return Again(after=bounded(error.after), counted=False, resend=False)
    if _is_worth_repeating(error, message, keyed=keyed, paid=paid):
        return Again(after=_pause(message.attempts, jitter), counted=True, resend=unknown)
    return OutboxState.PARKED if unknown else OutboxState.DEAD


def bounded(seconds: float) -> timedelta:
    """What a provider asks for, within reason: 0 would hammer it, and a wild number silence us for ever."""
    second = timedelta(seconds=1)
    return timedelta(seconds=max(FIRST_PAUSE / second, min(seconds, LONGEST_PAUSE / second)))


def _is_worth_repeating(error: SendError, message: Outgoing, *, keyed: bool, paid: bool) -> bool:
    """Whether to try again. What is our own fault waits until it is mended, however long that takes.

    An unknown result may have been a sent message. A provider that drops a repeated key may be asked again at will.
    Otherwise an answer or a reminder is repeated once – silence is worse than a double – and bulk never; where each
    message is ``paid`` for nothing is, and the operator decides.
    """
    if isinstance(error, OutcomeUnknownError):
        repeat = keyed or (not paid and message.lane is not Lane.BROADCAST and message.resends == 0)
        return repeat and message.attempts + 1 < TRIES
    return error.retry and (error.our_fault or message.attempts + 1 < TRIES)


def _pause(attempts: int, jitter: Random) -> timedelta:
    """Exponential back-off with half of it random."""
    full: timedelta = min(FIRST_PAUSE * 2 ** min(attempts, _DOUBLINGS), LONGEST_PAUSE)
    return full * (0.5 + jitter.random() / 2)
