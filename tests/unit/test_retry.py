"""How long a message is tried, and what ends it."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.core.delivery import Lane, OutboxState
from bot.store.waiting import Outgoing
from gateway.errors import UnreachableError
from gateway.retry import judge

START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Steady(Random):
    """Chance that always comes out the same."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self._value = value

    def random(self) -> float:
        return self._value


def tried_for(jitter: Random) -> timedelta:
    """How long a message to a gateway that is away is tried before it is dead."""
    waited = timedelta(0)
    for attempts in range(1000):
        message = Outgoing(
            id=1,
            document={},
            language="vi",
            lane=Lane.ANSWER,
            attempts=attempts,
            resends=0,
            since=START,
            created_at=START,
            origin="test",
            sent=frozenset(),
        )
        verdict = judge(UnreachableError("away"), message, keyed=False, jitter=jitter, now=START)
        if isinstance(verdict, OutboxState):
            assert verdict is OutboxState.DEAD
            return waited
        waited += verdict.after
    raise AssertionError("it is tried for ever")


@pytest.mark.parametrize(("chance", "least", "most"), [(0.0, 3.8, 4.2), (0.5, 5.8, 6.2), (1.0, 7.6, 8.2)])
def test_a_gateway_may_be_away_for_days(chance: float, least: float, most: float) -> None:
    assert least * DAY <= tried_for(Steady(chance)) <= most * DAY
