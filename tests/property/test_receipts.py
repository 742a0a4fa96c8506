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
from bot.core.messages import Address, Receipt
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


@pytest.fixture
def stores(migrated_file, tmp_path) -> Iterator[tuple[asyncio.Runner, Store, Store]]:
    """Two processes on one database."""
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'two.db')}"
    pair = Store(url, KEY, owner="one"), Store(url, KEY, owner="two")
    with asyncio.Runner() as runner:
        for store in pair:
            runner.run(store.open())
        yield runner, *pair
        for store in pair:
            runner.run(store.close())


PROVIDERS = ("viettel", "vina")
STEPS = st.one_of(
    st.tuples(st.just("record"), st.sampled_from(PROVIDERS), st.integers(0, 1)),
    st.tuples(STATES, st.sampled_from(PROVIDERS), st.integers(0, 1)),
    st.tuples(st.sampled_from(["join", "forget"]), st.just(""), st.just(0)),
)
_runs = itertools.count(1)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(STEPS, st.booleans(), st.booleans()), max_size=14))
def test_two_providers_that_give_the_same_ids_never_touch_each_others_parts(stores, plan):
    """Each step happens in one of two processes, alone or at once with the one after it."""
    runner, *pair = stores
    runner.run(_live(pair, plan, next(_runs)))


async def _live(pair, plan, run: int) -> None:
    recorded: dict[tuple[str, int], int] = {}
    heard: dict[tuple[str, int], list[DeliveryState]] = {}
    under_way: list[asyncio.Task[object]] = []
    for (what, provider, number), second, at_once in plan:
        store, key, name = pair[second], (provider, number), f"{run}-{number}"
        match what:
            case "record":
                row = recorded.setdefault(key, run * 10 + PROVIDERS.index(provider) * 2 + number)
                step = _record(store, provider, name, row)
            case "join":
                step = receipts.join_left_over(store)
            case "forget":
                step = receipts.forget(store, before=NOW)  # nothing is as old as that
            case _:
                heard.setdefault(key, []).append(what)
                report = Receipt(channel="kannel", account=provider, provider_id=name, state=what, at=NOW)
                step = receipts.accept(store, [report])
        under_way.append(asyncio.create_task(step))
        if not at_once:
            await asyncio.gather(*under_way)
            under_way = []
    await asyncio.gather(*under_way)
    await receipts.join_left_over(pair[0])
    for key, row in recorded.items():
        async with pair[0].read() as connection:
            state = await connection.scalar(select(outbox_parts.c.state).where(outbox_parts.c.outbox_id == row))
        assert DeliveryState(state) is max([DeliveryState.SENT, *heard.get(key, [])])


async def _record(store: Store, provider: str, name: str, row: int) -> None:
    to = Address(channel="kannel", account=provider, user="0900000001")
    part = SentPart(outbox_id=row, number=0, provider_id=name, state=DeliveryState.SENT, at=NOW)
    await sending.record_part(store, Head(person="an", lane=Lane.ANSWER, address=to, owner="test"), part, last=True)
