"""A whole table: all its rows where it is not too large, else only those that are asked for."""

from bot.core.catalogue import Dataset, Resource, Table
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup
from bot.search.places import load_places
from bot.search.table import TableIndex
from bot.search.whole import MOST_WHOLE, find_whole
from tests.support.talk import DATA

TABLES = {
    name: TableIndex.build(
        Table(hash=name, columns=("ten", "so_ho"), rows=tuple((f"Xã {n}", str(n)) for n in range(count)))
    )
    for name, count in (("abc1", 3), ("abd2", MOST_WHOLE + 1))
}
HOLDER = Dataset(
    code="d-1",
    title="Số hộ",
    province="quangngai",
    resources=(Resource(position=0), *(Resource(position=n, table=name) for n, name in enumerate(TABLES, 1))),
)
LOOKUP = Lookup.build(
    (HOLDER,), lexicon=load_lexicon(DATA / "synonyms"), places=load_places(DATA / "places"), version=1
)


async def load(content):
    return TABLES[content]


async def find(code, table, rows=(), *, provinces=()):
    return await find_whole(LOOKUP, code, table, rows, load_table=load, provinces=provinces)


async def test_a_table_is_found_by_the_beginning_of_its_hash_else_the_first():
    first, second = await find("d-1", ""), await find("d-1", "abd")
    assert (first.resource.table, first.total, first.numbers) == ("abc1", 3, (0, 1, 2))
    assert first.rows[2] == ("Xã 2", "2")
    assert (second.resource.table, second.total) == ("abd2", MOST_WHOLE + 1)


async def test_of_a_very_large_table_only_the_rows_that_were_asked_for_are_given():
    assert (await find("d-1", "abd")).rows == ()
    asked = await find("d-1", "abd", (4000, MOST_WHOLE, MOST_WHOLE + 1))
    assert asked.numbers == (4000, MOST_WHOLE)
    assert asked.rows == (("Xã 4000", "4000"), (f"Xã {MOST_WHOLE}", str(MOST_WHOLE)))


async def test_a_table_that_is_gone_or_of_another_province_is_not_found():
    assert await find("d-1", "f") is None
    assert await find("d-2", "") is None
    assert await find("d-1", "", provinces=("angiang",)) is None
