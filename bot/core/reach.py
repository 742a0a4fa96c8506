"""A message that must reach somebody climbs a ladder of that person's addresses: when it goes on, and when it has.

Only what is known counts: what has left is not called back, and what arrives late still ends the climb.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.delivery import DeliveryState, OutboxState

LOOK_AGAIN = timedelta(seconds=30)
"""When to look again at what waits for something that has no time of its own."""
_LOST = (DeliveryState.EXPIRED, DeliveryState.FAILED)


class LadderState(StrEnum):
    """OPEN: still on its way; REACHED: delivered or read somewhere; UNCONFIRMED: no address is left, nobody knows."""

    OPEN = "open"
    REACHED = "reached"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What is known of the message at one address.

    ``state`` is where it stands, None when it was forgotten; ``parts`` what became of those that left. ``from_at`` is
    when it might go, ``ended_at`` when it was at its end there. ``held``: it could not be sent so far, for a reason
    that another address does not share. ``trusted``: nothing is reported from there, and to be accepted is to arrive.
    """

    state: OutboxState | None
    parts: tuple[DeliveryState, ...]
    from_at: datetime
    ended_at: datetime | None
    held: bool
    trusted: bool

    @property
    def delivery(self) -> DeliveryState | None:
        """What became of it as a whole: lost with any part, else as little as is known of the least known part."""
        lost = [part for part in self.parts if part in _LOST]
        return max(lost) if lost else min(self.parts, default=None)

    @property
    def has_reached(self) -> bool:
        """Whether all of it has arrived."""
        if self.state is OutboxState.QUEUED or self.delivery is None:
            return False
        enough = DeliveryState.SENT if self.trusted else DeliveryState.DELIVERED
        return self.delivery >= enough and self.delivery not in _LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing is to be done before ``until``, unless a report comes."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOn:
    """The next address is to be tried. ``patient``: without one it goes on waiting here."""

    reason: str
    patient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """No address can help any more."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """It has arrived."""


Verdict = Wait | GoOn | Over | Reached


def judge(rungs: Sequence[Rung], *, within: timedelta, now: datetime) -> Verdict:
    """What is to be done about a message that was tried at ``rungs``, the last of which is the present one."""
    if any(rung.has_reached for rung in rungs):
        return Reached()
    last = rungs[-1]
    match last.state:
        case OutboxState.QUEUED:
            return _await_leaving(last, within=within, now=now)
        case OutboxState.SENT | OutboxState.PARKED:
            return _await_report(last, within=within, now=now)
        case OutboxState.DEAD | OutboxState.ELSEWHERE:
            return GoOn(reason="it could not be sent")
        case OutboxState.EXPIRED:
            return Over(reason="its time was over before it could be sent")
        case None:
            return Over(reason="it was forgotten before anything was reported")


def _await_leaving(rung: Rung, *, within: timedelta, now: datetime) -> Wait | GoOn:
    until = rung.from_at + within
    if rung.held and now >= until:
        return GoOn(reason="it could not be sent in time", patient=True)
    return Wait(until=max(until, now + LOOK_AGAIN))


def _await_report(rung: Rung, *, within: timedelta, now: datetime) -> Wait | GoOn:
    if rung.delivery in _LOST:
        return GoOn(reason=f"it was reported {rung.delivery.name.lower()}")
    until = (rung.ended_at or rung.from_at) + within
    return Wait(until=until) if now < until else GoOn(reason="nothing confirmed it in time")
