"""What waits when a commit ends goes into the next one together, and nobody's trouble becomes another's."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.core.errors import StoreUnavailableError
from bot.store.group import Group


class Paper:
    """Takes what is written on it; ``odd`` numbers are refused, and without a ``base`` everything is."""

    def __init__(self, *, base: bool = True) -> None:
        self.base = base
        self.batches: list[list[int]] = []

    async def write(self, batch: Sequence[int]) -> None:
        await asyncio.sleep(0)
        if not self.base:
            raise StoreUnavailableError("away")
        if any(number % 2 for number in batch):
            raise ValueError("odd")
        self.batches.append(list(batch))


async def test_those_who_come_during_a_commit_share_the_next_one():
    paper = Paper()
    group = Group(paper.write, size=256)
    await asyncio.gather(*(group.add(number) for number in (2, 4, 6)))
    assert paper.batches == [[2, 4, 6]]


async def test_what_is_refused_fails_alone():
    paper = Paper()
    group = Group(paper.write, size=256)
    results = await asyncio.gather(*(group.add(number) for number in (2, 3, 4)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert paper.batches == [[2], [4]]


async def test_a_database_that_is_away_is_asked_once_for_all():
    group = Group(Paper(base=False).write, size=256)
    results = await asyncio.gather(*(group.add(number) for number in (2, 4)), return_exceptions=True)
    assert [type(result) for result in results] == [StoreUnavailableError] * 2


async def test_somebody_who_goes_away_does_not_take_the_others_along():
    paper = Paper()
    group = Group(paper.write, size=256)
    impatient, patient = asyncio.create_task(group.add(2)), asyncio.create_task(group.add(4))
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert paper.batches == [[2, 4]]
