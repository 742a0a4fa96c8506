"""How people stand to us: what they did comes to the same however often and in whatever order it is reported."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from bot.core.messages import Address, Sign, SignKind
from bot.store.engine import Store
from bot.store.standing import LEFT, note, read_standing
from tests.support.rows import NOW

WHO = Address(channel="zalo", account="4000000000000000004", user="9007199254740994001")


def did(kind: SignKind, minute: int) -> Sign:
    return Sign(address=WHO, kind=kind, at=NOW + timedelta(minutes=minute))


CAME_BACK = (did(SignKind.INTERACTED, 0), did(SignKind.LEFT, 1), did(SignKind.INTERACTED, 2))
WENT_AWAY = (did(SignKind.INTERACTED, 0), did(SignKind.INTERACTED, 1), did(SignKind.LEFT, 2))


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_who_came_back_can_be_reached_however_late_the_leaving_is_reported(store: Store, order: tuple[int, ...]):
    for number in (*order, *order):
        await note(store, [CAME_BACK[number]])
    standing = await read_standing(store, store.vault.person(WHO))
    assert (standing.interacted_at, standing.unreachable_at) == (NOW + timedelta(minutes=2), None)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_who_went_away_stays_away_however_late_the_words_before_are_reported(
    store: Store, order: tuple[int, ...]
):
    for number in (*order, *order):
        await note(store, [WENT_AWAY[number]])
    standing = await read_standing(store, store.vault.person(WHO))
    assert standing.unreachable_at == NOW + timedelta(minutes=2)
    assert standing.unreachable_code == LEFT
    assert standing.interacted_at == NOW + timedelta(minutes=1)


async def test_of_many_who_write_in_one_moment_the_last_moment_of_each_counts(store: Store):
    people = [replace(WHO, user=f"{WHO.user}{number}") for number in range(40)]
    moments = (3, 1, 2)
    await note(
        store,
        [
            Sign(address=one, kind=SignKind.INTERACTED, at=NOW + timedelta(minutes=minute))
            for minute in moments
            for one in people
        ],
    )
    for one in people:
        standing = await read_standing(store, store.vault.person(one))
        assert standing.interacted_at == NOW + timedelta(minutes=3)
