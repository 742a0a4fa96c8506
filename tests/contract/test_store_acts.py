"""What was said of duties in the store: a row each, which says nothing twice; and the numbers that officers type."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from bot.core.errors import ConflictError
from bot.core.obligations.progress import Act, ActKind, follow_acts
from bot.core.obligations.task_numbers import KEEP
from bot.store import task_numbers
from bot.store.acts import read_acts, record_act
from bot.store.engine import Store
from bot.store.tables import acts, officers
from bot.store.transaction import Transaction
from tests.support.rows import NOW, rows

MONTH, QUARTER = "quangngai/update-period/item:a/2026-09", "quangngai/update-period/item:b/2026-Q3"
LATER = NOW + timedelta(minutes=1)


async def say(store: Store, kind: ActKind, *, key: str = MONTH, officer: int = 1, undoes: int | None = None) -> Act:
    return await store.write(
        lambda connection: record_act(connection, key=key, kind=kind, at=NOW, officer=officer, undoes=undoes)
    )


async def test_acts_are_read_by_duty_in_the_order_in_which_they_were_said(store: Store):
    done = await say(store, ActKind.DONE)
    await say(store, ActKind.UNCHANGED, key=QUARTER)
    undone = await say(store, ActKind.UNDONE, undoes=done.id)
    assert (await read_acts(store))[MONTH] == [done, undone]
    assert set(await read_acts(store, keys=[QUARTER, "unknown"])) == {QUARTER}
    assert await read_acts(store, keys=()) == {}


async def test_the_same_report_twice_is_one_and_a_new_one_after_undoing_is_another(store: Store):
    first = await say(store, ActKind.DONE)
    again = await store.write(
        lambda connection: record_act(connection, key=MONTH, kind=ActKind.DONE, at=LATER, officer=1)
    )
    assert again == first
    assert (await say(store, ActKind.DONE, officer=2)).id != first.id, "a colleague says it for themselves"
    for _ in range(2):
        await say(store, ActKind.UNDONE, undoes=first.id)
    assert len(await rows(store, acts, "id")) == 3
    await say(store, ActKind.DONE)
    assert len((await read_acts(store))[MONTH]) == 4


async def test_every_field_of_an_act_is_kept(store: Store):
    said = await store.write(
        lambda connection: record_act(
            connection,
            key=MONTH,
            kind=ActKind.TRANSFERRED,
            at=NOW,
            officer=3,
            by="Sở KH&CN",
            day=date(2026, 9, 1),
            to=7,
            note="theo đề nghị",
        )
    )
    (kept,) = (await read_acts(store, keys=[MONTH]))[MONTH]
    assert kept == said
    assert follow_acts([kept]).bearer == 7


async def number(store: Store, keys: list[str], *, officer: int = 1, days: float = 0, still: tuple[str, ...] = ()):
    at = NOW + timedelta(days=days)
    return await store.write(
        lambda connection: task_numbers.number_tasks(connection, officer, keys, at, still_open=still)
    )


async def test_a_number_stays_with_its_duty_while_it_is_open_and_a_month_after(store: Store):
    assert await number(store, ["a", "b"]) == {"a": 1, "b": 2}
    assert await number(store, ["c", "b"], days=20) == {"c": 3, "b": 2}
    assert await number(store, ["b"], officer=2) == {"b": 1}, "each officer counts for themselves"
    assert await number(store, ["d"], days=29, still=("c",)) == {"d": 4}
    over = KEEP.days + 1
    assert await number(store, ["e"], days=over, still=("c",)) == {"e": 1}, "a was over for a month"
    assert await task_numbers.numbers_of(store, 1) == {"e": 1, "b": 2, "c": 3, "d": 4}
    assert await task_numbers.forget(store, now=NOW + 13 * KEEP) == 3
    assert await task_numbers.forget(store, now=NOW + 20 * KEEP) == 2


async def test_numbers_that_were_listed_are_kept_as_they_were_or_not_at_all(store: Store):
    await number(store, ["a"])

    async def keep(numbers: dict[str, int]) -> None:
        await store.write(lambda connection: task_numbers.keep_numbers(connection, 1, numbers, NOW))

    await keep({"a": 1, "b": 2})
    for taken in ({"c": 2}, {"a": 3}):
        with pytest.raises(ConflictError):
            await keep(taken)
    assert await task_numbers.numbers_of(store, 1) == {"a": 1, "b": 2}


async def test_two_who_number_at_once_give_no_number_twice(store: Store):
    async def add(connection: Transaction) -> int:
        officer = insert(officers).values(name="Cán bộ đầu mối 01", imported_at=NOW).returning(officers.c.id)
        return int((await connection.execute(officer)).scalar_one())

    officer = await store.write(add)
    await asyncio.gather(*(number(store, [key], officer=officer) for key in "abcd"))
    assert sorted((await task_numbers.numbers_of(store, officer)).values()) == [1, 2, 3, 4]
