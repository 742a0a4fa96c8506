"""Answers in words: figure, what it is, source, code – in full and in brief."""

from dataclasses import replace
from datetime import date

import pytest

from bot.core.findings import Column, ColumnRole, RowForm, Succession
from bot.wording.answer import identify, identify_dataset, word_dataset, word_rows
from bot.wording.speech import Speech, clip, ended, inside
from tests.support.figures import YEARLY, YEARS
from tests.support.talk import OLDER, OPEN, PEOPLE, SHARED, SIMPLE, content, people, units

VI = Speech(content=content(), language="vi", account=OPEN)
SMS = Speech(content=content(), language="vi", account=SHARED)
EN = Speech(content=content(), language="en", account=OPEN)

NAMED = (Column(name="ten", label="Tên vườn quốc gia", role=ColumnRole.NAME), *people(RowForm.CELL, 0).columns[1:])
FIRST_LINES = (
    ("one cell", people(RowForm.CELL, 0, asked=(4,)), "Quảng Ngãi – dân số: 2.161.755 người"),
    (
        "two cells",
        people(RowForm.CELL, 0, asked=(3, 4)),
        "Quảng Ngãi – diện tích: 14.832,55 km²; Dân số: 2.161.755 người",
    ),
    ("a value that is missing", people(RowForm.CELL, 2, asked=(4,)), "Hà Nội – dân số: nguồn không ghi"),
    ("the name itself", people(RowForm.CELL, 1, asked=(0,)), "Tên: Phú Thọ"),
    (
        "a cell that the question picked by another column",
        replace(
            people(RowForm.CELL, 0, asked=(4,), matched=("tre", "em")),
            columns=(*people(RowForm.CELL, 0).columns[:5], Column(name="doi_tuong", label="Đối tượng")),
            rows=(("Đại Nội", "Trung", "", "", "40000", "Trẻ em"),),
        ),
        "Đại Nội, Trẻ em – dân số: 40.000 người",
    ),
    ("a cell of a unit", units(RowForm.CELL, 0, asked=(1,)), "Xã An Phú, tỉnh Quảng Ngãi – mã xã: 23338"),
    ("the unit it lies in", units(RowForm.CELL, 0, asked=(0,)), "Xã An Phú – tỉnh: Tỉnh Quảng Ngãi"),
    ("a record", people(RowForm.RECORD, 1), "Phú Thọ"),
    ("a count", units(RowForm.COUNT, 1, 2, total=85), "85 kết quả (máy đếm từ bảng)"),
    (
        "a count by kind",
        units(RowForm.COUNT, 1, 2, total=99, breakdown=(("Xã", 85), ("Phường", 14)), matched=("an", "giang")),
        "Tỉnh An Giang: 85 xã, 14 phường, cộng 99 (máy đếm từ bảng)",
    ),
    (
        "a count of one kind",
        units(RowForm.COUNT, 1, 2, total=85, breakdown=(("Xã", 85),), matched=("an", "giang")),
        "Tỉnh An Giang: 85 xã (máy đếm từ bảng)",
    ),
    (
        "a count of what the heading names",
        replace(people(RowForm.COUNT, 0, 1, matched=()), columns=NAMED),
        "2 vườn quốc gia (máy đếm từ bảng)",
    ),
    (
        "one figure over the years",
        replace(people(RowForm.LIST, 0, 1, asked=(2,)), columns=YEARLY, rows=YEARS),
        "An Giang, tổng thu: 2 năm (máy đếm từ bảng)",
    ),
    (
        "a count of a region",
        people(RowForm.COUNT, 1, 2, total=1234, matched=("bac",)),
        "Miền Bắc: 1.234 kết quả (máy đếm từ bảng)",
    ),
    (
        "which unit it is now",
        units(RowForm.CELL, 0, asked=(2,), succession=Succession(former="Xã Tịnh Kỳ", now="Xã An Phú")),
        "Xã Tịnh Kỳ (cũ), từ 01/07/2025 thuộc xã An Phú, tỉnh Quảng Ngãi",
    ),
    (
        "a unit that was divided",
        units(RowForm.LIST, 0, 2, asked=(2,), succession=Succession(former="Xã Trà Bùi", now="Xã An Phú")),
        "Xã Trà Bùi (cũ), từ 01/07/2025 thuộc xã An Phú, tỉnh Quảng Ngãi; xã Đông Hòa 1, tỉnh An Giang",
    ),
)


@pytest.mark.parametrize(("finding", "line"), [row[1:] for row in FIRST_LINES], ids=[row[0] for row in FIRST_LINES])
def test_the_figure_comes_first_and_computed_numbers_say_so(finding, line):
    assert word_rows(VI, finding, "7KQ2M").text.splitlines()[0] == line


def test_a_full_answer_goes_on_with_dataset_source_and_code():
    reply = word_rows(VI, people(RowForm.CELL, 0, asked=(4,)), "7KQ2M")
    assert reply.text.splitlines()[1:] == [
        "Sáp nhập từ: Quảng Ngãi + Kon Tum",
        "Bộ dữ liệu: Diện tích, dân số các tỉnh, thành phố sau sắp xếp năm 2025",
        "Nguồn: Bộ Nội vụ; nguồn dân số: NQ 202/2025/QH15; số liệu đến 30/06/2025; giấy phép: CC0.",
        "Mã 7KQ2M",
    ]
    assert reply.link == PEOPLE.url


def test_what_the_record_lacks_is_said_to_be_lacking():
    bare = replace(PEOPLE, publisher="", licence="", url="", changed_at=None)
    reply = word_rows(VI, replace(people(RowForm.CELL, 2, asked=(3,)), dataset=bare), "7KQ2M")
    assert "Nguồn: chưa ghi cơ quan; ngày số liệu: chưa ghi; giấy phép: chưa ghi." in reply.text.splitlines()
    assert reply.link is None
    assert "Nguồn: chưa ghi cơ quan." in reply.brief.splitlines()


DATES = (
    ({"changed_at": date(2026, 3, 12), "published_at": date(2026, 2, 12)}, "12/03/2026"),
    ({"published_at": date(2026, 2, 12), "issued_at": date(2026, 1, 12)}, "12/02/2026"),
    ({"issued_at": date(2026, 1, 12)}, "12/01/2026"),
    ({"changed_at": date(2026, 3, 1)}, "03/2026"),
)


@pytest.mark.parametrize(("dates", "printed"), DATES, ids=["changed", "published", "issued", "known to the month"])
def test_the_date_is_the_best_one_known(dates, printed):
    assert f"số liệu đến {printed};" in word_dataset(VI, replace(SIMPLE, **dates), "7KQ2M").text


def test_a_record_gives_every_value_and_none_that_is_missing():
    lines = word_rows(VI, people(RowForm.RECORD, 2), "7KQ2M").text.splitlines()
    assert lines[:4] == ["Hà Nội", "Miền: Bắc", "Sáp nhập từ: Giữ nguyên", "Diện tích: 3.359,84 km²"]
    assert not any(line.startswith(("Dân số", "Nguồn dân số")) for line in lines)


def test_an_extreme_that_two_rows_share_names_both():
    text = word_rows(VI, people(RowForm.CELL, 0, 1, asked=(4,)), "7KQ2M").text
    assert "Quảng Ngãi – dân số: 2.161.755 người\nPhú Thọ – dân số: 4.022.638 người\n" in text


PRICES = replace(
    people(RowForm.LIST, 0, asked=(2,)),
    columns=(
        Column(name="name", label="Điểm", role=ColumnRole.NAME),
        Column(name="customerTypeName", label="Đối tượng"),
        Column(name="price", label="Giá vé", unit="đồng"),
        Column(name="ticketTypeID", label="ticketTypeID"),
    ),
    rows=(("Cung Mẫu", "Người lớn", "90000", "1"), ("Cung Mẫu", "Trẻ em", "0", "2")),
    numbers=(0, 1),
    total=2,
    matched=("cung", "mau"),
)


def test_rows_of_one_name_are_told_apart_by_what_differs():
    told = word_rows(VI, PRICES, "7KQ2M")
    assert told.text.splitlines()[1:3] == ["– Người lớn: 90000 đồng", "– Trẻ em: 0 đồng"]
    assert "Người lớn: 90000; Trẻ em: 0." in told.brief


def test_rows_of_two_names_are_told_apart_with_their_names():
    rows = (*PRICES.rows, ("Lăng Thử", "Trẻ em", "0", "3"))
    told = word_rows(VI, replace(PRICES, rows=rows, numbers=(0, 1, 2), total=3), "7KQ2M").text
    assert told.splitlines()[1] == "– Cung Mẫu, Người lớn: 90000 đồng"


def test_the_number_by_which_a_program_knows_a_row_is_not_told():
    one = replace(PRICES, form=RowForm.RECORD, asked=(), rows=PRICES.rows[:1], numbers=(0,), total=1)
    assert "ticketTypeID" not in word_rows(VI, one, "7KQ2M").text


def test_one_thing_over_the_years_comes_with_its_figures():
    finding = replace(people(RowForm.LIST, 0, 1), columns=YEARLY, rows=YEARS)
    assert all(": " in line for line in word_rows(VI, finding, "7KQ2M").text.splitlines()[1:3])


def test_a_list_shows_a_page_and_does_not_repeat_what_all_share():
    finding = units(RowForm.LIST, *range(1, 25), matched=("an", "giang"))
    assert word_rows(VI, finding, "7KQ2M").text.splitlines()[:3] == [
        "Tỉnh An Giang: 24 kết quả (máy đếm từ bảng)",
        "– Xã An Phú",
        "– Xã Đông Hòa 1",
    ]
    last = word_rows(VI, finding, "7KQ2M", page=2).text.splitlines()
    assert last[0] == "Tỉnh An Giang: 24 kết quả (máy đếm từ bảng). Từ 21 đến 24:"
    assert last[4] == "– Phường Tân Châu 9"


def test_a_list_of_one_figure_gives_it_for_each_row_and_an_opened_table_its_first_columns():
    figures = word_rows(VI, people(RowForm.LIST, 0, 1, asked=(4,)), "7KQ2M").text
    assert "– Phú Thọ: 4.022.638 người" in figures
    opened = word_rows(VI, people(RowForm.LIST, 0, 1), "7KQ2M").text
    assert (
        "– Phú Thọ: Sáp nhập từ: Phú Thọ + Vĩnh Phúc + Hòa Bình; Diện tích: 9.361,38 km²; Dân số: 4.022.638" in opened
    )


def test_a_dataset_is_described_by_what_is_known_of_it():
    assert word_dataset(VI, SIMPLE, "7KQ2M").text.splitlines() == [
        "Số giường bệnh phân theo địa phương",
        "Định dạng: PX-Web",
        "Chưa tra được số liệu của bộ dữ liệu này ở đây.",
        "Nguồn: chưa ghi cơ quan; ngày số liệu: chưa ghi; giấy phép: chưa ghi.",
        "Mã 7KQ2M",
    ]
    full = replace(
        PEOPLE, province="quangngai", description="34 tỉnh", cycle="Hằng năm", fields=("Tên", "Dân số"), format="CSV"
    )
    assert word_dataset(VI, full, "7KQ2M").text.splitlines()[1:7] == [
        "Mô tả: 34 tỉnh",
        "Địa phương: Quảng Ngãi",
        "Thông tin có trong dữ liệu: Tên; Dân số",
        "Cập nhật: Hằng năm",
        "Định dạng: CSV",
        "Số dòng tra cứu được ở đây: 3 (máy đếm)",
    ]


def test_an_english_answer_keeps_values_and_titles_as_they_are():
    text = word_rows(EN, people(RowForm.CELL, 0, asked=(4,)), "7KQ2M").text
    assert text.startswith("Quảng Ngãi – dân số: 2.161.755 người\n")
    assert "Dataset: Diện tích, dân số các tỉnh" in text
    assert "data as of 30/06/2025; licence: CC0." in text


CELL = people(RowForm.CELL, 0, asked=(4,))
OTHERS = {
    "another row": people(RowForm.CELL, 1, asked=(4,)),
    "another column": people(RowForm.CELL, 0, asked=(3,)),
    "another form": people(RowForm.RECORD, 0, asked=(4,)),
    "another version": replace(CELL, resource=replace(CELL.resource, table="c" * 64)),
    "another dataset": replace(CELL, dataset=OLDER),
    "a former name": replace(CELL, succession=Succession(former="Kon Tum", now="Quảng Ngãi")),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_answer_has_another_name(other):
    assert identify(other, language="vi") != identify(CELL, language="vi")


def test_the_same_answer_has_the_same_name_however_it_was_asked():
    assert identify(replace(CELL, score=0.9, matched=("quang", "ngai")), language="vi") == identify(CELL, language="vi")
    assert identify(CELL, language="en") != identify(CELL, language="vi")
    assert identify(CELL, language="vi", page=1) != identify(CELL, language="vi")
    assert identify_dataset(PEOPLE, language="vi") != identify_dataset(replace(PEOPLE, licence=""), language="vi")


INVITATIONS = (
    (VI, "trả lời 2"),
    (SMS, "soạn DL 2 gửi 8179"),
    (EN, "reply with 2"),
    (replace(SMS, account=replace(SHARED, number=None)), "soạn DL 2"),
    (replace(EN, account=SHARED), "text DL 2 to 8179"),
)


@pytest.mark.parametrize(("speech", "text"), INVITATIONS, ids=[text for _, text in INVITATIONS])
def test_an_invitation_says_what_must_really_be_sent(speech, text):
    assert speech.invite("2") == text


CLIPPED = (
    ("ngắn", 10, "ngắn"),
    ("một hai ba bốn", 10, "một hai…"),
    ("mộthaibabốn năm", 8, "mộthaib…"),
    ("hai\ndòng  thừa", 20, "hai dòng thừa"),
)


@pytest.mark.parametrize(("text", "limit", "short"), CLIPPED, ids=[row[0] for row in CLIPPED])
def test_a_text_is_clipped_between_words_and_marked(text, limit, short):
    assert clip(text, limit) == short
    assert len(short) <= limit


def test_a_label_inside_a_sentence_keeps_abbreviations():
    assert [inside("Dân số"), inside("GRDP"), inside("")] == ["dân số", "GRDP", ""]
    assert [ended("Xong"), ended("Xong."), ended("Xong…")] == ["Xong.", "Xong.", "Xong…"]
