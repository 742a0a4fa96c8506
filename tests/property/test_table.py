"""Whatever a table holds: its index says of names, codes and figures what reading all rows says, mapped or not."""

import math
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalogue import Table
from bot.core.findings import ColumnKind
from bot.core.text import tokens
from bot.search.columns import read_number
from bot.search.packed import write_packed
from bot.search.table import TableIndex, open_table
from bot.search.table_builder import TableBuilder

CELLS = st.one_of(
    st.sampled_from(
        ["Xã Tịnh Khê", "xã  tịnh khê", "Tịnh Kỳ (cũ)", "Xã Tịnh Kỳ, Xã Tịnh Châu; Huế", "", " ", "..", "(An)"]
    ),
    st.sampled_from(
        ["Hà Nội", " Hà Nội ", "Hà Nội, Huế,Huế", "tỉnh Kon Tum và tỉnh Quảng Ngãi", "a b c d e f g h i k"]
    ),
    st.sampled_from(["1.234", "12,5", "7", "-3", "0,5", "02", "2019", "1e3"]),
    st.text(alphabet="aàbc,; (1)", max_size=8),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 4))
    names = ["ten", "dan_so", "năm", "mã"][:width]
    rows = draw(st.lists(st.tuples(*[CELLS] * width), max_size=12))
    return Table(hash="t", columns=tuple(names), rows=tuple(rows))


def opened(table: Table) -> TableIndex:
    """The index of ``table`` as another process maps it, built from rows that came in two portions."""
    builder = TableBuilder(table.hash, table.columns)
    builder.add(table.rows[:5])
    builder.add(table.rows[5:])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.table"
        packed = builder.packed()
        write_packed(file, packed.arrays, packed.facts)
        return open_table(file)


def phrases(table: Table) -> set[tuple[str, ...]]:
    """All runs of words in the cells, and one that is in none."""
    words = [tokens(cell) for row in table.rows for cell in row]
    runs = {each[start:end] for each in words for start in range(len(each)) for end in range(start + 1, len(each) + 1)}
    return runs | {("khong", "co")}


@given(tables())
def test_rows_come_back_as_they_were(table: Table):
    index = opened(table)
    assert tuple(index.rows) == table.rows
    assert index.rows[1:3] == table.rows[1:3]
    assert index.columns == table.columns
    assert not table.rows or index.rows[-1] == table.rows[-1]
    with pytest.raises(IndexError):
        index.rows[len(table.rows)]


@given(tables())
def test_a_part_is_in_exactly_the_rows_whose_cells_print_it(table: Table):
    index = opened(table)
    for part in index.parts:
        printing = [number for number, row in enumerate(table.rows) if part.text in row[part.column]]
        assert set(part.rows.tolist()) <= set(printing)
        whole = [number for number, row in enumerate(table.rows) if row[part.column].strip() == part.text]
        assert set(whole) <= set(part.rows.tolist())
        assert part.rows.tolist() == sorted(set(part.rows.tolist()))
    for column, kind in enumerate(index.kinds):
        for number, row in enumerate(table.rows if kind is not ColumnKind.NUMBER else ()):
            held = [part for part in index.parts if part.column == column and number in part.rows]
            assert bool(tokens(row[column])) == any(part.text == row[column].strip() for part in held)


@given(tables())
def test_names_are_found_by_their_words_as_by_looking_at_every_part(table: Table):
    index = opened(table)
    parts = [(part.column, part.words) for part in index.parts]
    for phrase in phrases(table):
        size = len(phrase)
        short = [key for key, (_, words) in enumerate(parts) if len(words) <= 9]
        named = [key for key in short if parts[key][1][-size:] == phrase and len(parts[key][1]) <= size + 2]
        assert index.named.get(phrase, ()) == tuple(named)
        assert index.containing.get(phrase[0], ()) == tuple(
            key for key, (_, words) in enumerate(parts) if phrase[0] in words
        )
        assert index.holding(phrase) == tuple(
            key
            for key, (_, words) in enumerate(parts)
            if any(words[at : at + size] == phrase for at in range(len(words)))
        )
        for column in range(len(table.columns)):
            begin = tuple(key for key, (at, words) in enumerate(parts) if at == column and words[:size] == phrase)
            assert index.beginning(column, phrase) == begin
            whole = tuple(key for key, part in enumerate(parts) if part == (column, phrase))
            assert index.whole(column, phrase) == (whole if size <= 9 else ())
            leads = any(words[:size] == phrase for at, words in parts if at == column) and size <= 2
            assert (phrase in index.leading[column]) == leads


@given(tables(), st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_columns_are_read_as_row_by_row(table: Table, some: set[int], others: set[int]):
    index = opened(table)
    rows = np.array(sorted(number for number in some if number < len(table.rows)), np.int32)
    beside = np.array(sorted(number for number in others if number < len(table.rows)), np.int32)
    for column, kind in enumerate(index.kinds):
        texts = [table.rows[number][column] for number in rows]
        assert list(index.texts(column, rows)) == texts
        assert dict(index.counts(column, rows)) == Counter(texts)
        assert index.differ(column, rows) == (len(set(texts)) > 1)
        where = {table.rows[number][column] for number in beside}
        assert index.alike(column, rows, beside).tolist() == [n for n in rows if table.rows[n][column] in where]
        short = [n for n in rows if len(table.rows[n][column]) < 5]
        assert index.where(column, rows, lambda text: len(text) < 5).tolist() == short
        if kind is ColumnKind.NUMBER:
            figures = [read_number(text, index.marks[column]) for text in texts]
            assert [f for f in index.figures(column, rows) if not math.isnan(f)] == [
                f for f in figures if not math.isnan(f)
            ]


@given(tables(), st.sets(st.integers(0, 11)))
def test_of_rows_that_repeat_each_other_the_first_is_kept(table: Table, some: set[int]):
    rows = [number for number in sorted(some) if number < len(table.rows)]
    first: dict[tuple[str, ...], int] = {}
    for number in rows:
        first.setdefault(table.rows[number], number)
    assert opened(table).distinct(np.array(rows, np.int32)).tolist() == list(first.values())


@given(tables())
def test_a_slip_is_put_right_with_a_word_that_is_there(table: Table):
    vocabulary = opened(table).vocabulary
    assert set(vocabulary) == {word for part in opened(table).parts for word in part.words}
    assert all(word in vocabulary and vocabulary[vocabulary.number(word) or 0] == word for word in vocabulary)
    for word in vocabulary:
        if len(word) > 3 and word.isalpha():
            assert word in vocabulary.near(word[:-2] + word[-1] + word[-2]) or word[-1] == word[-2]
