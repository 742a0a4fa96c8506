"""Answers for channels that are paid by the part: whole where there is room, cut by what matters least."""

import re
from dataclasses import replace

import pytest

from bot.core import sms
from bot.core.findings import RowForm
from bot.core.text import unaccent
from bot.wording.answer import word_dataset, word_rows
from bot.wording.brief import fullest, recalled_dataset, recalled_rows
from bot.wording.speech import Speech
from tests.support.figures import YEARLY, YEARS
from tests.support.talk import OPEN, PEOPLE, SHARED, SIMPLE, content, people, units

VI = Speech(content=content(), language="vi", account=OPEN)
SMS = Speech(content=content(), language="vi", account=SHARED)


def test_a_brief_answer_keeps_figure_date_source_and_code():
    lines = word_rows(SMS, people(RowForm.CELL, 2, asked=(3,)), "7KQ2M").brief.splitlines()
    assert lines == [
        "Hà Nội – diện tích: 3.359,84 km².",
        "Số liệu đến 30/06/2025, nguồn: Bộ Nội vụ.",
        "Mã 7KQ2M. Xem nguồn: soạn DL 7KQ2M gửi 8179",
    ]


def test_a_brief_answer_gives_up_its_invitation_before_it_takes_a_second_part():
    brief = word_rows(SMS, people(RowForm.CELL, 0, asked=(4,)), "7KQ2M").brief
    assert brief.splitlines() == [
        "Quảng Ngãi – dân số: 2.161.755 người (sáp nhập từ: Quảng Ngãi + Kon Tum).",
        "Số liệu đến 30/06/2025, theo NQ 202/2025/QH15.",
        "Mã 7KQ2M",
    ]
    assert sms.count(unaccent(brief)).segments == 1


def test_a_brief_list_names_the_page_and_the_source_in_two_parts():
    finding = units(RowForm.LIST, *range(1, 25), matched=("an", "giang"))
    brief = word_rows(SMS, finding, "7KQ2M").brief
    lines = brief.splitlines()
    assert lines[0] == "Tỉnh An Giang: 24 kết quả (máy đếm từ bảng)."
    assert lines[1].startswith("Xã An Phú; Xã Đông Hòa 1;")
    assert lines[1].endswith("Xã Đông Hòa 9; và 14 mục khác.")
    assert lines[2] == "Số liệu đến 07/2025, nguồn: Sở Nội vụ. Mã 7KQ2M"
    assert sms.count(unaccent(brief)).segments == 2


def test_a_brief_list_says_how_to_go_on_where_there_is_room():
    hint = "Xem tên vần T: soạn DL XEM T gửi 8179"
    assert word_rows(SMS, people(RowForm.LIST, 0, 1, asked=(4,)), "7KQ2M", hint=hint).brief.endswith(f"7KQ2M\n{hint}")


def test_a_brief_list_of_one_figure_tells_its_unit_once():
    finding = replace(people(RowForm.LIST, 0, 1, asked=(2,)), columns=YEARLY, rows=YEARS)
    assert word_rows(SMS, finding, "7KQ2M").brief.splitlines()[:2] == [
        "An Giang, tổng thu (triệu đồng): 2 năm (máy đếm từ bảng).",
        "2012: 3.439.000; 2013: 8.00E+05.",
    ]
    assert "– 2012: 3.439.000 triệu đồng" in word_rows(VI, finding, "7KQ2M").text


def test_names_too_long_for_two_parts_are_left_out_one_by_one_and_counted():
    finding = units(RowForm.LIST, *range(1, 25), matched=("an", "giang"))
    wide = replace(finding, rows=tuple((*row[:2], f"{row[2]} thuộc vùng ven biển", row[3]) for row in finding.rows))
    brief = word_rows(SMS, wide, "7KQ2M", page=1).brief
    assert sms.count(unaccent(brief)).segments == 2
    assert brief.startswith("Mục 11 đến 20 trong 24.\nXã Đông Hòa 10 thuộc vùng ven biển; ")
    assert re.search(r"ven biển; và \d mục khác\.", brief)


def test_the_code_of_a_brief_answer_re_opens_the_whole_source():
    brief = recalled_rows(SMS, people(RowForm.CELL, 0, asked=(4,)), "7KQ2M")
    assert brief.splitlines() == [
        "Quảng Ngãi – dân số: 2.161.755 người (sáp nhập từ: Quảng Ngãi + Kon Tum).",
        "Bộ dữ liệu: Diện tích, dân số các tỉnh, thành phố sau sắp xếp năm 2025",
        "Nguồn: Bộ Nội vụ; nguồn dân số: NQ 202/2025/QH15; số liệu đến 30/06/2025; giấy phép: CC0.",
        PEOPLE.url,
        "Mã 7KQ2M",
    ]


def test_what_is_re_opened_keeps_licence_and_link_when_the_title_has_no_room():
    long = replace(PEOPLE, title="Diện tích " * 20, publisher="Sở Nội vụ " * 8)
    brief = recalled_rows(SMS, replace(people(RowForm.CELL, 0, asked=(4,)), dataset=long), "7KQ2M")
    assert sms.count(unaccent(brief)).segments == 2
    assert "Bộ dữ liệu" not in brief
    assert "giấy phép: CC0." in brief
    assert PEOPLE.url in brief


FITTING = (
    ("the fullest that fits one part", ["a" * 161, "b" * 160, "c"], [], 0, "b" * 160),
    ("else the fullest that fits two", ["a" * 307, "b" * 306, "c" * 200], [], 0, "b" * 306),
    ("what must not be left out before what may", ["a" * 300], ["b"], 0, "a" * 300),
    ("the last resort when nothing else fits", ["a" * 307], ["b" * 307, "c" * 300], 0, "c" * 300),
    ("room for choices is kept", ["a" * 300, "b" * 270], [], 33, "b" * 270),
    ("accents do not count: they are taken off", ["ẫ" * 160, "b"], [], 0, "ẫ" * 160),
)


@pytest.mark.parametrize(
    ("candidates", "last_resorts", "room", "chosen"), [row[1:] for row in FITTING], ids=[row[0] for row in FITTING]
)
def test_the_fullest_wording_that_costs_least_is_chosen(candidates, last_resorts, room, chosen):
    assert fullest(candidates, last_resorts=last_resorts, room=room) == chosen


ACCENTED = (
    ("the fullest that fits one part with accents", ["ẫ" * 71, "ă" * 70], [], 0, "ă" * 70),
    ("else the fullest that fits two", ["ẫ" * 135, "ă" * 134, "ẵ" * 100], [], 0, "ă" * 134),
    ("what is cut does not win by its accents", ["ẫ" * 300], ["ă" * 100], 0, "ẫ" * 300),
    ("room for choices is kept", ["ẫ" * 134, "ă" * 101], [], 33, "ă" * 101),
)


@pytest.mark.parametrize(
    ("candidates", "last_resorts", "room", "chosen"), [row[1:] for row in ACCENTED], ids=[row[0] for row in ACCENTED]
)
def test_who_wants_accents_gets_the_fullest_whole_wording_that_fits_with_them(candidates, last_resorts, room, chosen):
    assert fullest(candidates, last_resorts=last_resorts, room=room, accents=True) == chosen


def test_what_a_code_re_opens_is_the_same_whoever_was_answered_first():
    finding = people(RowForm.CELL, 0, asked=(4,))
    assert recalled_rows(replace(SMS, accents=True), finding, "7KQ2M") == recalled_rows(SMS, finding, "7KQ2M")


def test_without_any_wording_there_is_nothing_to_choose():
    with pytest.raises(ValueError, match="nothing to choose"):
        fullest([])


def test_a_dataset_without_loaded_rows_gives_its_link_at_once():
    linked = replace(SIMPLE, url="https://example.vn/giuong-benh")
    assert word_dataset(SMS, linked, "7KQ2M").brief.splitlines()[1:] == [
        "Số liệu chưa tra được ở đây, xin xem: https://example.vn/giuong-benh",
        "Nguồn: chưa ghi cơ quan.",
        "Mã 7KQ2M",
    ]
    assert "Chưa tra được số liệu của bộ dữ liệu này ở đây." in word_dataset(SMS, SIMPLE, "7KQ2M").brief


def test_a_description_is_re_opened_with_source_licence_and_link():
    again = recalled_dataset(SMS, replace(PEOPLE, description="34 tỉnh"), "7KQ2M").splitlines()
    assert again[0] == f"{PEOPLE.title}. 34 tỉnh."
    assert again[1:] == ["Nguồn: Bộ Nội vụ; số liệu đến 30/06/2025; giấy phép: CC0.", PEOPLE.url, "Mã 7KQ2M"]
