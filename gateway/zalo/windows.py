"""Whether a person may be sent free words now, and what that costs (Zalo OA, conditions of consultation messages).

Free within 48 hours of the last interaction, billed or taken from the package up to 7 days, refused after that.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.core.delivery import Lane
from bot.core.messages import Address
from bot.store.standing import correct_interaction, read_standing
from gateway.channel import Wire
from gateway.errors import ElsewhereError, Scope, ThrottledError
from gateway.zalo.caller import Caller
from gateway.zalo.client import Call, ask
from gateway.zalo.failures import WindowClosedError
from gateway.zalo.spans import FREE, MARGIN, OPEN

QUOTA = "/v3.0/oa/quota/message"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""What is kept for somebody who has not turned to us, as far as Zalo says."""
_SLACK = timedelta(hours=1)


class CostsMoneyError(ElsewhereError):
    """Free words would reach this person, but nobody has agreed to pay for them."""


class WindowState(StrEnum):
    """What a message to a person would be."""

    FREE = "free"
    BILLED = "billed"
    CLOSED = "closed"


def look_at_window(interacted_at: datetime, now: datetime) -> WindowState:
    """The window of somebody who last turned to us at ``interacted_at``."""
    age = now - interacted_at
    if age <= FREE - MARGIN:
        return WindowState.FREE
    return WindowState.BILLED if age <= OPEN - MARGIN else WindowState.CLOSED


async def check_window(caller: Caller, wire: Wire, to: Address, *, lane: Lane, paid: bool) -> datetime | None:
    """Return when the person last turned to us if ``lane`` may be sent to them; None for an answer to somebody of whom
    nothing is known: they have just written.

    Raises WindowClosedError, or CostsMoneyError where nobody has agreed to pay (``paid``). Where we know nothing, Zalo
    is asked once: that was the call for which there was room, so ThrottledError lets the message wait for another.
    """
    standing = await read_standing(wire.store, wire.store.vault.person(to))
    known = standing.interacted_at
    if known is None and lane is Lane.ANSWER:
        return None
    interacted_at = await _ask_zalo(caller, wire, to) if known is None else known
    state = look_at_window(interacted_at, wire.clock())
    if state is WindowState.CLOSED:
        raise WindowClosedError("the person has not turned to the Official Account in the last 7 days")
    if state is WindowState.BILLED and lane is not Lane.ANSWER and not paid:
        raise CostsMoneyError("more than 48 hours after the person's last words this costs money: set paid = true")
    if known is None:
        raise ThrottledError("Zalo was asked about the person: the message follows", after=1.0, scope=Scope.PERSON)
    return interacted_at


async def note_closed(wire: Wire, to: Address, believed: datetime | None) -> None:
    """Zalo says that the window is closed where we ``believed`` that it was open: remember, unless there is news."""
    await correct_interaction(wire.store, to, believed=believed, found=NEVER)


async def _ask_zalo(caller: Caller, wire: Wire, to: Address) -> datetime:
    """When the person last turned to us, as Zalo says, from now on as we know too."""
    answer = await ask(Call(path=QUOTA, body={"user_id": to.user}), caller, wire)
    found = _moment(answer.get("last_interaction") if isinstance(answer, dict) else None, wire.clock())
    await correct_interaction(wire.store, to, believed=None, found=found)
    return found


def _moment(millis: object, now: datetime) -> datetime:
    """Milliseconds since 1970, as text or number; NEVER for nothing, or for what cannot be."""
    try:
        moment = datetime.fromtimestamp(int(str(millis)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return NEVER
    return moment if NEVER < moment <= now + _SLACK else NEVER
