"""Menus: what a person can choose from, told apart."""

from dataclasses import replace

import pytest

from bot.core.findings import Column, ColumnRole, RowForm, Succession
from bot.wording.menu import dataset_choices, word_former, word_rows_menu
from bot.wording.speech import Speech
from tests.support.talk import OLDER, OPEN, PEOPLE, SIMPLE, content, people, units

VI = Speech(content=content(), language="vi", account=OPEN)


def test_datasets_of_several_provinces_are_told_apart_by_them():
    here, there = replace(SIMPLE, province="quangngai"), replace(SIMPLE, code="x", province="Huế")
    assert [choice.label for choice in dataset_choices(VI, (here, there))] == [
        "Số giường bệnh phân theo địa phương – Quảng Ngãi",
        "Số giường bệnh phân theo địa phương – Huế",
    ]
    assert [choice.label for choice in dataset_choices(VI, (here,))] == [SIMPLE.title]


def test_rows_with_one_name_are_told_apart_by_where_they_lie():
    reply = word_rows_menu(VI, units(RowForm.AMBIGUOUS, 0, 1, asked=(1,)))
    assert reply.text == "Có 2 mục tên “Xã An Phú”. Cần hỏi mục nào?"
    assert [(choice.label, choice.value) for choice in reply.choices] == [
        ("Xã An Phú, tỉnh Quảng Ngãi", "row:mau-00000002:bbbbbbbb:0:1"),
        ("Xã An Phú, tỉnh An Giang", "row:mau-00000002:bbbbbbbb:1:1"),
    ]


def test_former_units_are_told_apart_by_where_they_lay_not_by_what_they_became():
    finding = units(RowForm.AMBIGUOUS, 0, 1, asked=(2,), succession=Succession(former="Xã Tân Lập", now="Xã An Phú"))
    merged = Column(name="sap_nhap_tu", label="Sáp nhập từ", role=ColumnRole.MERGED)
    former = ("Xã Tân Lập (huyện Yên Mỹ), Xã Tân Minh", "Xã Trung Hòa và Xã Tân Lập")
    rows = tuple((*row, written) for row, written in zip(finding.rows, former, strict=True))
    reply = word_rows_menu(VI, replace(finding, columns=(*finding.columns, merged), rows=rows))
    assert reply.text == "Có 2 xã Tân Lập (cũ). Cần hỏi nơi nào?"
    assert [choice.label for choice in reply.choices] == [
        "Huyện Yên Mỹ, tỉnh Quảng Ngãi (nay xã An Phú)",
        "Tỉnh An Giang (nay xã An Phú)",
    ]


def test_rows_without_a_unit_are_told_apart_by_the_first_column_that_differs():
    rows = (("Lễ hội A", "xã Quảng An", "1"), ("Lễ hội A", "xã Hương Hồ", "2"))
    finding = replace(people(RowForm.AMBIGUOUS, 0, 1), columns=people(RowForm.CELL, 0).columns[:3], rows=rows, name=0)
    assert [choice.label for choice in word_rows_menu(VI, finding).choices] == [
        "Lễ hội A, xã Quảng An",
        "Lễ hội A, xã Hương Hồ",
    ]


def test_of_many_rows_the_first_are_offered_and_a_narrower_question_is_asked_for():
    reply = word_rows_menu(VI, units(RowForm.AMBIGUOUS, *range(2, 14)))
    assert len(reply.choices) == 5
    assert reply.text.startswith("Có 12 mục khớp với câu hỏi, đây là 5 mục đầu.")


def test_rows_that_the_table_repeats_are_offered_once():
    finding = units(RowForm.AMBIGUOUS, 0, 1)
    twice = replace(finding, rows=finding.rows * 2, numbers=(0, 1, 30, 31), total=4)
    reply = word_rows_menu(VI, twice)
    assert len(reply.choices) == 2
    assert "Có 2 mục" in reply.text


def test_a_figure_of_a_former_unit_is_offered_only_under_the_name_of_its_successor():
    finding = people(RowForm.AMBIGUOUS, 1, asked=(4,), succession=Succession(former="Vĩnh Phúc", now="Phú Thọ"))
    from tests.support.talk import figures

    reply = word_former(VI, finding, figures(finding, OLDER, PEOPLE).hits)
    assert reply.text == "Vĩnh Phúc nay thuộc Phú Thọ (từ 01/07/2025). Cần số liệu nào?"
    assert [choice.label for choice in reply.choices] == [
        "Dân số – Phú Thọ (hiện nay)",
        "Dân số trung bình phân theo địa phương 2019",
    ]
    assert "4.022.638" not in reply.text


def test_without_a_former_unit_there_is_nothing_to_offer():
    with pytest.raises(ValueError, match="no former unit"):
        word_former(VI, people(RowForm.CELL, 1), ())


def test_a_value_of_a_row_fits_into_a_button():
    assert all(
        len(choice.value.encode()) <= 60 for choice in word_rows_menu(VI, units(RowForm.AMBIGUOUS, 0, 1)).choices
    )
