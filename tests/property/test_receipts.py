"""Receipts may come late, twice, early and in any order: what is known of a part is always the highest state heard."""

import asyncio
import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.core.delivery import DeliveryState, Lane, climb
from bot.core.messages import Receipt
from bot.store import receipts, sending
from bot.store.engine import Store
from bot.store.outbox import Head
from bot.store.sending import SentPart
from bot.store.tables import outbox_parts
from tests.conftest import KEY
from tests.support.rows import NOW, address

STATES = st.sampled_from(DeliveryState)
RECORDED = None
"""The moment at which the sender writes down that the part left, somewhere among the receipts."""
HISTORIES = st.lists(STATES, max_size=6).flatmap(lambda heard: st.permutations([*heard, *heard[:2], RECORDED]))

Play = Callable[[Sequence[DeliveryState | None]], DeliveryState]


@given(known=STATES, heard=STATES)
def test_a_state_never_falls(known, heard):
    assert climb(known, heard) >= known


@given(heard=st.lists(STATES, min_size=1), chance=st.randoms(use_true_random=False))
def test_any_order_ends_in_the_highest_state(heard, chance):
    shuffled = heard * 2
    chance.shuffle(shuffled)
    known = DeliveryState.UNKNOWN
    for state in shuffled:
        known = climb(known, state)
    assert known is max(heard)


@pytest.fixture
def play(migrated_file, tmp_path) -> Iterator[Play]:
    """Let one history happen to a part of its own; what is known of it at the end."""
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'tracuu.db')}", KEY, owner="test")
    numbers = itertools.count(1)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        yield lambda history: runner.run(_happen(store, next(numbers), history))
        runner.run(store.close())


async def _happen(store: Store, number: int, history: Sequence[DeliveryState | None]) -> DeliveryState:
    part = SentPart(outbox_id=number, number=0, provider_id=f"m-{number}", state=DeliveryState.SENT, at=NOW)
    for heard in history:
        if heard is RECORDED:
            head = Head(person="an", lane=Lane.ANSWER, address=address(), owner="test")
            await sending.record_part(store, head, part, last=True)
        else:
            receipt = Receipt(channel="web", account="main", provider_id=f"m-{number}", state=heard, at=NOW)
            await receipts.accept(store, [receipt])
    async with store.read() as connection:
        state = await connection.scalar(select(outbox_parts.c.state).where(outbox_parts.c.outbox_id == number))
    return DeliveryState(state)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_the_store_ends_in_the_highest_state_whatever_comes_first(play: Play, history):
    assert play(history) is max([DeliveryState.SENT, *(heard for heard in history if heard is not RECORDED)])
