"""What is charted of a table: years as lines, names as bars, what was asked for, nothing added up twice."""

from decimal import Decimal

import pytest

from bot.core.aggregates import level_of
from bot.core.charts import ChartKind
from bot.core.findings import Column, ColumnKind, ColumnRole
from bot.core.plot import HIGHEST, MOST_BARS, Grid, Plot, Unplottable, choose, read_value

NAME = Column(name="ten", label="Tên", role=ColumnRole.NAME)
PLACE = Column(name="tinh", label="Tỉnh", role=ColumnRole.PLACE)
YEAR = Column(name="nam", label="Năm", kind=ColumnKind.YEAR)
FOUNDED = Column(name="nam_thanh_lap", label="Năm thành lập", kind=ColumnKind.YEAR)
SEX = Column(name="gioi", label="Giới tính")
CODE = Column(name="ma", label="Mã", kind=ColumnKind.CODE)


def number(label, unit="người"):
    return Column(name=label, label=label, unit=unit, kind=ColumnKind.NUMBER)


def grid(columns, rows, **more):
    name = columns.index(NAME)
    known = {
        "adds_up": lambda name: level_of(name) is not None,
        "is_unit": lambda name: name in {"Huế", "Đà Nẵng", "Hà Nội"},
    }
    return Grid(columns=tuple(columns), name=name, rows=tuple(map(tuple, rows)), **{**known, **more})


def drawn(plot, of):
    """The names, years or columns of each line or of the bars, as cells."""
    assert isinstance(plot, Plot)
    return [[of.rows[row][column] for row, column in cells] for cells in plot.series]


PEOPLE = ((NAME, number("Dân số")), [("Huế", "1160220"), ("Hà Nội", "8435650"), ("Đà Nẵng", "3065628")])
BUDGET = (
    (NAME, YEAR, number("Thu"), number("Chi")),
    [(name, year, f"{n}{year[-1]}", "7") for n, name in enumerate("ABCDE", 1) for year in ("2015", "2013", "2014")],
)
WIDE = (
    (NAME, number("2013"), number("2014"), number("2015")),
    [(name, "1", "", f"{n}") for n, name in enumerate("ABCDE", 1)],
)


def test_places_are_compared_by_size_and_other_names_as_printed():
    places = grid(*PEOPLE)
    assert drawn(choose(places), places) == [["8435650", "3065628", "1160220"]]
    tickets = grid((NAME, number("Giá")), [("Trẻ em", "40"), ("Người lớn", "200"), ("Ưu tiên", "100")])
    assert drawn(choose(tickets), tickets) == [["40", "200", "100"]]


def test_one_figure_is_seen_among_all_of_its_column():
    one = grid(*PEOPLE, chosen=(0,), asked=(1,))
    plot = choose(one)
    assert drawn(plot, one) == [["8435650", "3065628", "1160220"]]
    assert plot.own == (0, 1)


def test_one_figure_of_a_unit_is_seen_among_those_of_its_province():
    rows = [("Xã A", "Huế", "1"), ("Xã B", "Huế", "2"), ("Xã C", "Hà Nội", "3")]
    one = grid((NAME, PLACE, number("Dân số")), rows, chosen=(1,))
    assert drawn(choose(one), one) == [["1", "2"]]


def test_only_the_rows_that_were_asked_for_are_compared():
    few = grid(*PEOPLE, chosen=(0, 1))
    plot = choose(few)
    assert drawn(plot, few) == [["8435650", "1160220"]]
    assert plot.own is None


def test_the_asked_column_is_drawn_else_the_first_of_numbers():
    columns, rows = (
        (NAME, CODE, number("Diện tích", "ha"), number("Dân số")),
        [("X", "1", "5", "6"), ("Y", "2", "7", "8")],
    )
    assert drawn(choose(grid(columns, rows)), grid(columns, rows)) == [["5", "7"]]
    asked = grid(columns, rows, asked=(3,))
    assert drawn(choose(asked), asked) == [["6", "8"]]
    name_asked = grid(columns, rows, asked=(0,))
    assert drawn(choose(name_asked), name_asked) == [["5", "7"]]


def test_several_asked_figures_of_one_row_in_one_unit_stand_side_by_side():
    columns = (NAME, number("Người lớn", "đ"), number("Trẻ em", "đ"), number("Diện tích", "ha"))
    rows = [("Đại Nội", "200000", "40000", "5"), ("Lăng", "100000", "20000", "6")]
    one = grid(columns, rows, chosen=(0,), asked=(1, 2))
    plot = choose(one)
    assert (drawn(plot, one), plot.by_column) == ([["200000", "40000"]], True)
    other_units = grid(columns, rows, chosen=(0,), asked=(1, 3))
    assert drawn(choose(other_units), other_units) == [["200000", "100000"]]


@pytest.mark.parametrize("chosen", [(0, 1, 2), (1,)], ids=["all its years", "one of them"])
def test_the_rows_of_one_name_over_the_years_are_a_line_in_their_order(chosen):
    table = grid(*BUDGET, chosen=chosen, asked=(2,))
    plot = choose(table)
    assert plot.kind is ChartKind.LINE
    assert drawn(plot, table) == [["13", "14", "15"]]
    assert plot.own == ((1, 2) if chosen == (1,) else None)


def test_a_line_follows_one_sex_when_the_table_tells_them_apart():
    rows = [("A", sex, year, f"{n}{year}") for n, sex in enumerate(("Nam", "Nữ")) for year in ("2013", "2014")]
    table = grid((NAME, SEX, YEAR, number("Lao động")), rows, chosen=(2,), asked=(3,))
    assert drawn(choose(table), table) == [["12013", "12014"]]


def test_a_few_names_are_a_line_each_and_many_are_bars_of_the_latest_year():
    two = grid(*BUDGET, chosen=tuple(range(6)), asked=(2,))
    assert drawn(choose(two), two) == [["13", "14", "15"], ["23", "24", "25"]]
    everybody = grid(*BUDGET)
    plot = choose(everybody)
    assert (plot.kind, plot.year) == (ChartKind.BARS, "2015")
    assert drawn(plot, everybody) == [["15", "25", "35", "45", "55"]]


def test_rows_of_one_year_are_bars_of_that_year():
    table = grid(*BUDGET, chosen=(1, 4, 7, 10, 13), asked=(2,))
    plot = choose(table)
    assert (plot.year, drawn(plot, table)) == ("2013", [["13", "23", "33", "43", "53"]])


def test_a_year_that_only_describes_its_row_makes_no_line():
    table = grid((NAME, FOUNDED, number("Diện tích", "ha")), [("A", "2002", "5"), ("B", "1992", "6")])
    assert choose(table).kind is ChartKind.BARS


def test_columns_of_years_are_a_line_of_one_row_with_a_gap_where_nothing_is_given():
    table = grid(*WIDE, chosen=(1,), asked=(3,))
    plot = choose(table)
    assert (plot.kind, drawn(plot, table), plot.own) == (ChartKind.LINE, [["1", "", "2"]], (1, 3))
    assert [table.value(cell) for cell in plot.series[0]] == [Decimal(1), None, Decimal(2)]


def test_columns_of_years_over_many_rows_are_bars_of_the_asked_or_the_latest_year_with_figures():
    assert choose(grid(*WIDE)).year == "2015"
    assert choose(grid(*WIDE, asked=(1,))).year == "2013"
    columns, rows = WIDE
    assert choose(grid(columns, [(*row[:3], "..") for row in rows])).year == "2013"


def test_columns_of_years_of_another_figure_or_unit_are_left_out():
    columns = (
        NAME,
        number("Dân số, 2013"),
        number("Dân số, 2014"),
        number("Thu, 2013", "đồng"),
        number("Thu, 2014", "đồng"),
    )
    table = grid(columns, [("A", "1", "2", "3", "4")], chosen=(0,), asked=(3,))
    assert drawn(choose(table), table) == [["3", "4"]]


def test_of_too_many_rows_the_highest_are_kept_and_the_one_that_was_asked_for():
    rows = [(f"Xã {n}", str(n)) for n in range(MOST_BARS + 1)]
    plot = choose(grid((NAME, number("Dân số")), rows, chosen=(3,)))
    assert [row for row, _ in plot.series[0]] == [*range(MOST_BARS, MOST_BARS - HIGHEST, -1), 3]
    assert len(plot.compared) == MOST_BARS + 1
    whole = choose(grid((NAME, number("Dân số")), rows[:MOST_BARS]))
    assert len(whole.series[0]) == MOST_BARS


@pytest.mark.parametrize("total", ["Cả nước", "CẢ NƯỚC", "TỔNG SỐ", "Tổng cộng", "Tây Nguyên", "Đồng bằng sông Hồng"])
def test_rows_that_add_up_others_are_not_compared_with_them(total):
    table = grid((NAME, number("Dân số")), [(total, "100"), ("Huế", "40"), ("Đà Nẵng", "60")])
    assert drawn(choose(table), table) == [["60", "40"]]
    alone = grid((NAME, number("Dân số")), [(total, "100")])
    assert drawn(choose(alone), alone) == [["100"]]


def test_a_row_that_the_table_repeats_is_drawn_once():
    table = grid((NAME, number("Dân số")), [("A", "1"), ("A", "1"), ("B", "2")])
    assert drawn(choose(table), table) == [["1", "2"]]


def test_a_figure_that_the_source_does_not_give_is_a_gap_and_comes_last():
    table = grid((NAME, number("Dân số")), [("Huế", "..."), ("Hà Nội", "-5"), ("Đà Nẵng", "0")])
    assert drawn(choose(table), table) == [["0", "-5", "..."]]


def test_without_numbers_or_without_values_there_is_nothing_to_draw():
    assert choose(grid((NAME, SEX, CODE), [("A", "Nam", "1")])) is Unplottable.NUMBERS
    assert choose(grid((NAME, number("Dân số")), [("A", ".."), ("B", "")])) is Unplottable.VALUES


VALUES = (
    ("1.234.567", Decimal(1234567)),
    ("9361.38", Decimal("9361.38")),
    ("12,5 %", Decimal("12.5")),
    ("8.00E+05", Decimal(800000)),
    ("-3", Decimal(-3)),
    ("..", None),
    ("", None),
    ("khoảng 5", None),
)


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text or "nothing" for text, _ in VALUES])
def test_a_cell_is_read_as_the_number_that_it_prints(text, value):
    assert read_value(text, number("Dân số")) == value
