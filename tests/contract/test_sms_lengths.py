"""What every kind of answer costs on SMS, over all tables of the sample: one part where it can, never more than two."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from bot.answering import only_row
from bot.core import sms
from bot.core.aggregates import level_of
from bot.core.findings import Column, ColumnKind, ColumnRole, RowFinding, RowForm
from bot.core.plot import Grid, Plot, choose
from bot.core.text import unaccent
from bot.library import Library
from bot.search.lexicon import load_lexicon
from bot.search.places import load_places
from bot.search.whole import find_whole
from bot.wording.answer import word_dataset, word_rows
from bot.wording.brief import recalled_dataset, recalled_rows
from bot.wording.chart import Charted
from bot.wording.source import brief_source
from bot.wording.speech import Speech
from gateway.sample import ensure_sample
from tests.support.rows import NOW
from tests.support.talk import DATA, SHARED, content

SPEECH = Speech(content=content(), language="vi", account=SHARED)
CODE = "7KQ2M"
ROWS = 40
"""Rows of each table, from its beginning and its end."""


@pytest.fixture
async def wholes(store) -> list[RowFinding]:
    """Every table of the sample, whole."""
    await ensure_sample(store, now=NOW)
    library = Library(store, lexicon=load_lexicon(DATA / "synonyms"), places=load_places(DATA / "places"))
    await library.refresh()
    found = []
    for number in library.lookup.catalogue.with_tables.tolist():
        code = library.lookup.datasets[number].code
        whole = await find_whole(library.lookup, code, "", (), load_table=library.table)
        assert whole is not None
        found.append(whole)
    return found


def single_rows(whole: RowFinding) -> Iterator[RowFinding]:
    """Each row as a whole, and each of its figures."""
    pairs = list(zip(whole.numbers, whole.rows, strict=True))
    for number, row in dict.fromkeys((*pairs[:ROWS], *pairs[-ROWS:])):
        yield only_row(whole, number, row, ())
        for place in range(len(whole.columns)):
            yield only_row(whole, number, row, (place,))


def lists(whole: RowFinding) -> Iterator[RowFinding]:
    """The table as a list, as a count, and as a list of each of its figures."""
    carried = replace(whole, rows=whole.rows[:200], numbers=whole.numbers[:200], form=RowForm.LIST)
    yield carried
    yield replace(carried, form=RowForm.COUNT)
    for place, column in enumerate(whole.columns):
        if column.kind is ColumnKind.NUMBER:
            yield replace(carried, asked=(place,))


def segments(brief: str | None) -> int:
    assert brief is not None
    counted = sms.count(unaccent(brief))
    assert counted.encoding == "gsm7", brief
    return counted.segments


def shortest(finding: RowFinding, fact: str) -> str:
    """The least that an answer of one figure must say: the figure, its source, its code."""
    return "\n".join((fact, brief_source(SPEECH, finding.dataset, finding, limit=45), f"Ma {CODE}"))


async def test_a_figure_costs_one_part_where_figure_source_and_code_fit_into_one(wholes):
    paid = {1: 0, 2: 0}
    for whole in wholes:
        for finding in single_rows(whole):
            brief = word_rows(SPEECH, finding, CODE).brief
            parts = segments(brief)
            paid[parts] += 1  # a third part is a KeyError
            if parts > 1 and finding.asked:
                assert sms.count(unaccent(shortest(finding, brief.partition("\n")[0]))).segments > 1, brief
            assert segments(recalled_rows(SPEECH, finding, CODE)) <= 2
    assert paid[1] > paid[2]


async def test_lists_counts_and_descriptions_cost_two_parts_at_most(wholes):
    for whole in wholes:
        for finding, page in product(lists(whole), (0, 1)):
            if page * 10 < len(finding.rows):
                assert segments(word_rows(SPEECH, finding, CODE, page=page).brief) <= 2
                assert segments(recalled_rows(SPEECH, finding, CODE, page=page)) <= 2
        assert segments(word_dataset(SPEECH, whole.dataset, CODE).brief) <= 2
        assert segments(recalled_dataset(SPEECH, whole.dataset, CODE)) <= 2


def charts_of(whole: RowFinding) -> Iterator[Charted]:
    provinces = set(content().provinces.values())

    def charted(chosen: tuple[int, ...], asked: tuple[int, ...]) -> Charted | None:
        grid = Grid(
            columns=whole.columns,
            name=whole.name,
            rows=whole.rows,
            chosen=chosen,
            asked=asked,
            adds_up=lambda name: level_of(name) is not None,
            is_unit=lambda name: name in provinces,
        )
        plot = choose(grid)
        return Charted(SPEECH, whole, grid, plot) if isinstance(plot, Plot) else None

    asked = [(place,) for place, column in enumerate(whole.columns) if column.kind is ColumnKind.NUMBER]
    chosen = [(), (0,), (len(whole.rows) - 1,), tuple(range(min(3, len(whole.rows))))]
    yield from filter(None, (charted(*pair) for pair in product(chosen, asked)))


async def test_charts_in_words_cost_two_parts_at_most_and_one_where_their_figures_leave_room(wholes):
    parts = []
    for whole in wholes:
        for charted in charts_of(whole):
            chart = charted.chart()
            reply = charted.reply(chart, CODE)
            parts.append(segments(reply.brief))
            assert segments(charted.recalled(CODE)) <= 2
            assert "..." not in reply.text
            if not any(point.own for series in chart.series for point in series.points):
                facts = reply.brief.split("\n")[1]
                bare = "\n".join(
                    (reply.brief.split("\n")[0], facts, brief_source(SPEECH, whole.dataset, None, limit=45))
                )
                assert parts[-1] == 1 or sms.count(unaccent(f"{bare} Ma {CODE}")).segments > 1, reply.brief
    assert len(parts) > 50
    assert max(parts) <= 2


def test_the_worst_names_still_fit():
    columns = (
        Column(name="ten", label="Tên", role=ColumnRole.NAME),
        *(
            Column(name=f"{2010 + n}", label=f"{2010 + n}", unit="nghìn tỷ đồng", kind=ColumnKind.NUMBER)
            for n in range(9)
        ),
    )
    row = (
        "Trường Tiểu học và Trung học cơ sở Nguyễn Thị Minh Khai số 2 xã Tịnh Khê " * 4,
        *(f"{n}123456789012345" for n in range(9)),
    )
    whole = replace(
        _people(), columns=columns, name=0, rows=(row, row[:1] + row[2:] + row[1:2]), numbers=(0, 1), total=2
    )
    for charted in charts_of(whole):
        assert segments(charted.reply(charted.chart(), CODE).brief) <= 2
        assert segments(charted.recalled(CODE)) <= 2


def _people() -> RowFinding:
    from tests.support.talk import people

    return people(RowForm.LIST, 0, 1)
