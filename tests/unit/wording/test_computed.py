"""Numbers that we computed: always said to be computed, with their unit, in full and in brief."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.core.findings import Computation, Computed, RowFinding, RowForm
from bot.wording.answer import identify, word_rows
from bot.wording.computed import computed, grouped
from bot.wording.speech import Speech
from tests.support.talk import OPEN, SHARED, content, people, units

VI = Speech(content=content(), language="vi", account=OPEN)
EN = Speech(content=content(), language="en", account=OPEN)
SMS = Speech(content=content(), language="vi", account=SHARED)


def with_computed(
    kind: Computation, value: str, *, of: int = 2, form: RowForm = RowForm.LIST, down: bool = True
) -> RowFinding:
    """Two provinces, or one, with a number computed of their population."""
    rows = (0, 1) if form is RowForm.LIST else (0,)
    number = Computed(kind=kind, column=4, value=Decimal(value), of=of, descending=down)
    return replace(people(form, *rows, asked=(4,)), computed=number)


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        pytest.param(
            with_computed(Computation.SUM, "6184393"), "Tổng dân số: 6.184.393 người (máy cộng 2 số từ bảng)", id="sum"
        ),
        pytest.param(
            with_computed(Computation.MEAN, "3092196.50"),
            "Bình quân dân số: 3.092.196,50 người (máy tính từ 2 số trong bảng)",
            id="mean",
        ),
        pytest.param(
            with_computed(Computation.DIFFERENCE, "1860883"),
            "Chênh lệch dân số: 1.860.883 người (máy tính từ bảng)",
            id="difference",
        ),
        pytest.param(
            with_computed(Computation.RANK, "22", of=34, form=RowForm.CELL),
            "Đứng thứ 22 trong 34 về dân số, xếp từ cao xuống thấp (máy xếp từ bảng)",
            id="rank from the top",
        ),
        pytest.param(
            with_computed(Computation.RANK, "3", of=34, form=RowForm.CELL, down=False),
            "Đứng thứ 3 trong 34 về dân số, xếp từ thấp lên cao (máy xếp từ bảng)",
            id="rank from the bottom",
        ),
        pytest.param(people(RowForm.CELL, 0, asked=(4,)), "", id="nothing computed"),
    ],
)
def test_a_computed_number_is_said_to_be_computed(finding: RowFinding, said: str):
    assert computed(VI, finding) == said


def test_it_stands_first_in_a_list_and_behind_the_cell_of_a_rank():
    summed = word_rows(VI, with_computed(Computation.SUM, "6184393"), "7KQ2M").text.splitlines()
    assert summed[0].startswith("Tổng dân số")
    assert "máy đếm" in summed[1]
    ranked = word_rows(VI, with_computed(Computation.RANK, "22", of=34, form=RowForm.CELL), "7KQ2M").text.splitlines()
    assert ranked[0] == "Quảng Ngãi – dân số: 2.161.755 người"
    assert ranked[1].startswith("Đứng thứ 22")


@pytest.mark.parametrize("kind", list(Computation))
def test_a_text_message_says_it_too(kind: Computation):
    form = RowForm.CELL if kind is Computation.RANK else RowForm.LIST
    assert "máy" in word_rows(SMS, with_computed(kind, "22", of=34, form=form), "7KQ2M").brief


def test_an_english_answer_says_it_in_english():
    assert computed(EN, with_computed(Computation.SUM, "6184393")).endswith(
        "(added up by machine from 2 figures of the table)"
    )


def test_a_list_with_a_sum_is_another_answer_than_the_list_alone():
    with_sum = with_computed(Computation.SUM, "6184393")
    assert identify(with_sum, language="vi") != identify(replace(with_sum, computed=None), language="vi")


def test_lines_that_a_table_repeats_are_told_beside_the_count():
    counted = replace(units(RowForm.COUNT, 1, 2, total=85), repeats=3)
    assert word_rows(VI, counted, "7KQ2M").text.splitlines()[0] == (
        "85 kết quả; bảng có 88 dòng, trong đó 3 dòng lặp lại (máy đếm từ bảng)"
    )


@pytest.mark.parametrize(
    ("number", "printed"), [("1234567", "1.234.567"), ("0.5", "0,5"), ("1234.50", "1.234,50"), ("-12", "-12")]
)
def test_a_number_has_dots_between_thousands_and_a_decimal_comma(number: str, printed: str):
    assert grouped(Decimal(number)) == printed


def test_the_difference_between_two_years_names_both():
    found = with_computed(Computation.DIFFERENCE, "70.7", form=RowForm.CELL)
    labels = ("Dân số, 2017", "Dân số, 2019")
    years = tuple(replace(found.columns[place], label=label) for place, label in zip((3, 4), labels, strict=True))
    finding = replace(found, columns=(*found.columns[:3], *years, *found.columns[5:]), asked=(3, 4), total=1)
    assert computed(VI, finding) == "Chênh lệch dân số, 2017 – 2019: 70,7 người (máy tính từ bảng)"
