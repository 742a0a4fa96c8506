"""How long a message is tried, and what ends it."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.core.delivery import Lane, OutboxState
from bot.store.waiting import Outgoing
from gateway.errors import OutcomeUnknownError, UnreachableError
from gateway.retry import Again, judge

START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Steady(Random):
    """Chance that always comes out the same."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self._value = value

    def random(self) -> float:
        return self._value


def outgoing(*, lane: Lane = Lane.ANSWER, attempts: int = 0, resends: int = 0) -> Outgoing:
    """A message that waits."""
    return Outgoing(
        id=1,
        document={},
        language="vi",
        lane=lane,
        attempts=attempts,
        resends=resends,
        since=START,
        created_at=START,
        origin="test",
        sent=frozenset(),
    )


def tried_for(jitter: Random) -> timedelta:
    """How long a message to a gateway that is away is tried before it is dead."""
    waited = timedelta(0)
    for attempts in range(1000):
        message = outgoing(attempts=attempts)
        verdict = judge(UnreachableError("away"), message, keyed=False, jitter=jitter, now=START)
        if isinstance(verdict, OutboxState):
            assert verdict is OutboxState.DEAD
            return waited
        waited += verdict.after
    raise AssertionError("it is tried for ever")


@pytest.mark.parametrize(("chance", "least", "most"), [(0.0, 3.8, 4.2), (0.5, 5.8, 6.2), (1.0, 7.6, 8.2)])
def test_a_gateway_may_be_away_for_days(chance: float, least: float, most: float) -> None:
    assert least * DAY <= tried_for(Steady(chance)) <= most * DAY


UNKNOWN = {
    "an answer is repeated once": (Lane.ANSWER, 0, {}, True),
    "an answer is not repeated twice": (Lane.ANSWER, 1, {}, False),
    "a reminder is repeated once": (Lane.REMINDER, 0, {}, True),
    "bulk is never repeated": (Lane.BROADCAST, 0, {}, False),
    "a key that the provider drops is repeated in bulk too": (Lane.BROADCAST, 3, {"keyed": True}, True),
    "an answer that costs money is not repeated": (Lane.ANSWER, 0, {"paid": True}, False),
    "an incident that costs money is not repeated": (Lane.INCIDENT, 0, {"paid": True}, False),
    "a reminder that costs money is not repeated": (Lane.REMINDER, 0, {"paid": True}, False),
    "bulk that costs money is not repeated": (Lane.BROADCAST, 0, {"paid": True}, False),
    "a dropped key costs nothing": (Lane.ANSWER, 1, {"paid": True, "keyed": True}, True),
}


@pytest.mark.parametrize(("lane", "resends", "provider", "repeated"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_becomes_of_an_unknown_result(lane: Lane, resends: int, provider: dict[str, bool], repeated: bool) -> None:
    message = outgoing(lane=lane, resends=resends)
    verdict = judge(OutcomeUnknownError("?"), message, **{"keyed": False, **provider}, jitter=Steady(0), now=START)
    if repeated:
        assert isinstance(verdict, Again)
        assert verdict.resend
    else:
        assert verdict is OutboxState.PARKED


def test_what_did_not_leave_is_tried_again_where_it_costs_money() -> None:
    error = UnreachableError("away")
    assert isinstance(judge(error, outgoing(), keyed=False, paid=True, jitter=Steady(0), now=START), Again)
