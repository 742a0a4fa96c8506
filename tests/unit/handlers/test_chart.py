"""BIỂU ĐỒ: of the last answer, of an entry, of a code; else why not, and what can be asked."""

from dataclasses import replace

from bot.core import sms
from bot.core.charts import ChartKind
from bot.core.effects import RecordAnswer
from bot.core.findings import Column, ColumnKind, ColumnRole, Decision, RowForm
from bot.core.text import unaccent
from tests.support.figures import YEARLY
from tests.support.talk import (
    PEOPLE,
    SHARED,
    SIMPLE,
    UNITS,
    WHOLES,
    GivenReads,
    Talk,
    figures,
    people,
    titles,
    units,
)

FIGURE = people(RowForm.CELL, 0, asked=(4,))
LISTED = people(RowForm.LIST, 0, 1, asked=(4,))
COUNTED = units(RowForm.COUNT, *range(1, 25), breakdown=(("xã", 15), ("phường", 9)))
READS = GivenReads(
    found={
        "dân số Quảng Ngãi": figures(FIGURE),
        "dân số các tỉnh": figures(LISTED),
        "bao nhiêu xã": figures(COUNTED),
        "dân số": titles(Decision.MENU, PEOPLE, SIMPLE, UNITS),
    },
    found_in={(PEOPLE.code, "dân số"): figures(LISTED)},
)


ROWS = tuple(
    (name, str(year), f"{n}00{year}") for n, name in enumerate(("An Giang", "Kiên Giang"), 1) for year in (2013, 2012)
)
BUDGET = replace(
    people(RowForm.LIST, 0, 1, 2), columns=YEARLY, rows=ROWS, numbers=(0, 1, 2, 3), total=4, name=0, matched=("thu",)
)


def chart_of(talk):
    (record,) = (effect for effect in talk.outcome.effects if isinstance(effect, RecordAnswer))
    return record.chart


async def test_the_last_answer_is_charted_beside_the_others_and_marked():
    talk = Talk(reads=READS)
    await talk.say("dân số Quảng Ngãi")
    reply = await talk.say("biểu đồ")
    lines = reply.text.splitlines()
    assert lines[:3] == [
        "Dân số (người)",
        "Quảng Ngãi: 2.161.755 người",
        "Cao nhất: 4.022.638 (Phú Thọ); thấp nhất: 2.161.755 (Quảng Ngãi) (máy so sánh 2 mục)",
    ]
    assert lines[-2].startswith("Nguồn: Bộ Nội vụ;")
    assert "số liệu đến 30/06/2025; giấy phép: CC0." in lines[-2]
    chart = chart_of(talk)
    assert chart.source == (lines[-2], lines[-1])
    points = [(point.label, point.printed, point.value is None, point.own) for point in chart.series[0].points]
    assert points == [
        ("Phú Thọ", "4.022.638", False, False),
        ("Quảng Ngãi", "2.161.755", False, True),
        ("Hà Nội", "nguồn không ghi", True, False),
    ]


async def test_a_single_answer_is_also_meant_by_the_number_one():
    talk = Talk(reads=READS)
    await talk.say("dân số Quảng Ngãi")
    named = await talk.say("biểu đồ")
    assert await talk.say("biểu đồ 1") == named
    assert "Chưa có câu trả lời" in (await talk.say("biểu đồ 2")).text


async def test_the_picture_is_named_by_code_and_content_and_its_text_tells_the_figures():
    talk = Talk(reads=READS)
    await talk.say("dân số Quảng Ngãi")
    image = (await talk.say("BIEU DO")).image
    code, _, digest = image.reference.partition("-")
    assert code == next(e.code for e in talk.outcome.effects)
    assert digest == chart_of(talk).digest
    assert image.text.startswith("Biểu đồ cột: Dân số (người). Quảng Ngãi: 2.161.755 người. Cao nhất: 4.022.638")


async def test_the_same_chart_has_the_same_code_and_picture():
    references = set()
    for question in ("dân số Quảng Ngãi", "dân số Quảng Ngãi"):
        talk = Talk(reads=READS)
        await talk.say(question)
        references.add((await talk.say("biểu đồ")).image.reference)
        references.add((await talk.say("biểu đồ")).image.reference)
    assert len(references) == 1


async def test_an_answer_offers_its_chart_as_an_action_that_still_works_later():
    talk = Talk(reads=READS)
    (action,) = (await talk.say("dân số Quảng Ngãi")).actions
    first = await talk.press(action)
    await talk.say("bao nhiêu xã")
    assert (await talk.press(action)) == first


async def test_an_answer_without_figures_offers_no_chart():
    talk = Talk(reads=GivenReads(found={"q": figures(people(RowForm.CELL, 0, asked=(2,)))}))
    assert (await talk.say("q")).actions == ()
    assert (await Talk(reads=READS).say("bao nhiêu xã")).actions == ()


async def test_an_entry_of_a_menu_is_charted_with_the_question_that_led_to_it():
    talk = Talk(reads=READS)
    await talk.say("dân số")
    chart_text = (await talk.say("biểu đồ 1")).text
    assert "máy so sánh 2 mục" in chart_text
    assert "Biểu đồ vẽ 2 mục được hỏi trong 3 mục của bảng (máy đếm)." in chart_text
    assert talk.conversation.state == "menu"
    assert (await talk.say("biểu đồ 2")).text.startswith("Chưa tra được số liệu của “Số giường bệnh")
    assert (await talk.say("biểu đồ 9")).text.startswith("Danh sách có 3 mục.")


async def test_of_a_list_with_one_entry_that_one_is_charted():
    talk = Talk(reads=GivenReads(found={"dân số": titles(Decision.MENU, PEOPLE)}))
    await talk.say("dân số")
    assert (await talk.say("biểu đồ")).text.startswith("Diện tích (km²)")


TICKETS = (
    Column(name="ten", label="Tên", role=ColumnRole.NAME),
    Column(name="doi_tuong", label="Đối tượng"),
    Column(name="gia", label="Giá vé", unit="đồng", kind=ColumnKind.NUMBER),
)


async def test_rows_of_one_name_are_told_by_what_differs_and_the_name_stands_in_the_title():
    rows = (("Đại Nội", "người lớn", "200000"), ("Đại Nội", "trẻ em", "40000"), ("Lăng Minh Mạng", "trẻ em", "30000"))
    table = replace(BUDGET, columns=TICKETS, rows=rows, numbers=(0, 1, 2), total=3)
    asked = replace(table, rows=rows[:2], numbers=(0, 1), total=2, asked=(2,))
    talk = Talk(reads=GivenReads(found={"q": figures(asked)}, wholes={PEOPLE.code: table}))
    await talk.say("q")
    assert (await talk.say("biểu đồ")).text.splitlines()[:2] == [
        "Đại Nội – giá vé (đồng)",
        "Cao nhất: 200.000 (Người lớn); thấp nhất: 40.000 (Trẻ em) (máy so sánh 2 mục)",
    ]


async def test_columns_that_are_mere_years_are_told_by_the_title_of_the_dataset():
    columns = (TICKETS[0], *(Column(name=y, label=y, kind=ColumnKind.NUMBER) for y in ("2015", "2016")))
    row = ("Quảng Ngãi", "188", "176")
    table = replace(BUDGET, columns=columns, rows=(row,), numbers=(0,), total=1, asked=())
    talk = Talk(reads=GivenReads(found={"q": figures(table)}, wholes={PEOPLE.code: table}))
    await talk.say("q")
    title = "Quảng Ngãi – diện tích, dân số các tỉnh, thành phố sau sắp xếp năm 2025"
    reply = await talk.say("biểu đồ")
    assert reply.text.splitlines()[0] == title
    assert reply.brief.startswith("Quảng Ngãi – diện tích")
    assert (chart_of(talk).title, chart_of(talk).dataset) == (title, "")


async def test_an_entry_that_is_a_row_is_charted():
    talk = Talk(reads=GivenReads(found={"q": figures(people(RowForm.AMBIGUOUS, 0, 1, asked=(3,)))}))
    await talk.say("q")
    assert "Phú Thọ: 9.361,38 km²" in (await talk.say("biểu đồ 2")).text


async def test_the_list_that_is_read_is_charted_whole():
    talk = Talk(reads=READS)
    await talk.say("dân số các tỉnh")
    assert "máy so sánh 2 mục" in (await talk.say("biểu đồ")).text
    assert talk.conversation.state == "rows"


async def test_an_earlier_answer_is_charted_by_its_code_or_after_it_was_opened_again():
    talk = Talk(reads=READS)
    await talk.say("dân số Quảng Ngãi")
    code = next(effect.code for effect in talk.outcome.effects)
    await talk.say("bao nhiêu xã")
    by_code = await talk.say(f"biểu đồ {code}")
    await talk.say("bao nhiêu xã")
    await talk.say(f"mã {code}")
    assert await talk.say("biểu đồ") == by_code


async def test_the_description_of_a_dataset_leads_to_its_main_figure():
    talk = Talk(reads=READS)
    await talk.say("dân số")
    await talk.say("thông tin 1")
    assert (await talk.say("biểu đồ")).text.startswith("Diện tích (km²)\nCao nhất: 14.832,55 (Quảng Ngãi)")


async def test_before_any_answer_the_way_to_one_is_told():
    assert (await Talk().say("biểu đồ")).text.startswith("Chưa có câu trả lời nào để vẽ biểu đồ. Xin hỏi trước, ví dụ:")
    assert (await Talk().say("biểu đồ 2")).text.startswith("Chưa có câu trả lời nào để vẽ biểu đồ.")
    talk = Talk(reads=READS, account=SHARED)
    await talk.say("dân số")
    assert (await talk.say("biểu đồ")).text == "Cần biểu đồ của mục nào? Ví dụ: soạn DL BIỂU ĐỒ 1 gửi 8179."


async def test_what_cannot_be_charted_says_why_and_what_can_be_asked():
    talk = Talk(reads=READS)
    await talk.say("bao nhiêu xã")
    assert (await talk.say("biểu đồ")).text == (
        "“Xã, phường, đặc khu từ 01/7/2025”: không có cột số để vẽ biểu đồ. Có thể hỏi: tỉnh; loại."
    )
    blank = people(RowForm.LIST, 2, asked=(4,))
    reads = GivenReads(found={"q": figures(blank)}, wholes={PEOPLE.code: replace(blank, numbers=(2,))})
    talk = Talk(reads=reads)
    await talk.say("q")
    assert (await talk.say("biểu đồ")).text.startswith("Nguồn không ghi số liệu nào ở phần được hỏi")


async def test_a_list_of_which_only_a_part_is_at_hand_is_not_charted():
    part = replace(LISTED, total=5000)
    whole = replace(WHOLES[PEOPLE.code], total=9000)
    talk = Talk(reads=GivenReads(found={"q": figures(part)}, wholes={PEOPLE.code: whole}))
    await talk.say("q")
    assert (await talk.say("biểu đồ")).text.startswith("Có 5.000 dòng, quá nhiều để vẽ một biểu đồ.")


async def test_an_answer_from_an_older_version_of_the_table_is_not_charted_from_the_newer():
    talk = Talk(reads=READS)
    (action,) = (await talk.say("dân số Quảng Ngãi")).actions
    newer = replace(WHOLES[PEOPLE.code], resource=replace(PEOPLE.resources[0], table="f" * 64))
    talk.reads = replace(READS, wholes={PEOPLE.code: newer})
    assert (await talk.press(action)).text.startswith("Số liệu của câu trả lời này đã được thay bằng bản mới.")


async def test_an_unknown_code_is_said_to_be_unknown():
    assert (await Talk().say("x", choice="chart:7KQ2M")).text.startswith("Không tìm thấy câu trả lời có mã 7KQ2M.")


async def budget(*numbers, account=SHARED):
    asked = replace(BUDGET, rows=tuple(ROWS[n] for n in numbers), numbers=numbers, total=len(numbers), asked=(2,))
    talk = Talk(reads=GivenReads(found={"q": figures(asked)}, wholes={PEOPLE.code: BUDGET}), account=account)
    await talk.say("q")
    return talk, await talk.say("biểu đồ")


async def test_years_are_a_line_with_highest_lowest_and_latest():
    talk, reply = await budget(0, 1)
    assert reply.text.splitlines()[:2] == [
        "An Giang – tổng thu (triệu đồng)",
        "Cao nhất: 1.002.013 (2013); thấp nhất: 1.002.012 (2012); mới nhất: 1.002.013 (2013) (máy so sánh 2 năm)",
    ]
    chart = chart_of(talk)
    assert (chart.kind, [point.label for point in chart.series[0].points]) == (ChartKind.LINE, ["2012", "2013"])
    assert sms.count(unaccent(reply.brief)).segments <= 2
    assert "mới nhất: 1.002.013 (2013)" in reply.brief


async def test_two_names_are_told_apart_in_picture_and_words():
    talk, reply = await budget(0, 1, 2, 3)
    assert [series.name for series in chart_of(talk).series] == ["An Giang", "Kiên Giang"]
    assert reply.text.splitlines()[0] == "Tổng thu (triệu đồng)"
    assert reply.text.splitlines()[2].startswith("Kiên Giang: cao nhất: 2.002.013 (2013)")
    assert sms.count(unaccent(reply.brief)).segments <= 2


async def test_many_rows_are_cut_to_the_highest_and_said_to_be():
    columns = (YEARLY[0], Column(name="n", label="Số hộ", unit="hộ", kind=ColumnKind.NUMBER))
    rows = tuple((f"Xã {n}", str(n)) for n in range(1, 61))
    many = replace(BUDGET, columns=columns, rows=rows, numbers=tuple(range(60)), total=60, asked=(1,))
    talk = Talk(reads=GivenReads(found={"q": figures(many)}, wholes={PEOPLE.code: many}), account=SHARED)
    await talk.say("q")
    reply = await talk.say("bieu do")
    assert "Cao nhất: 60 (Xã 60); thấp nhất: 1 (Xã 1) (máy so sánh 60 mục)" in reply.text
    assert "Biểu đồ chỉ vẽ 10 mục cao nhất trong 60 mục (máy chọn)." in reply.text
    assert chart_of(talk).note in reply.text
    assert sms.count(unaccent(reply.brief)).segments == 1


async def test_figures_that_are_shared_say_so():
    rows = tuple((name, "2013", "5") for name in ("A", "B", "C"))
    equal = replace(BUDGET, rows=rows, numbers=(0, 1, 2), total=3, asked=(2,))
    talk = Talk(reads=GivenReads(found={"q": figures(equal)}, wholes={PEOPLE.code: equal}))
    await talk.say("q")
    assert "Cao nhất: 5 (A và 2 mục khác)" in (await talk.say("biểu đồ")).text


async def test_in_english_too_with_a_code_of_its_own():
    talk = Talk(reads=READS)
    await talk.say("dân số Quảng Ngãi")
    vietnamese = (await talk.say("biểu đồ")).image.reference
    await talk.say("EN")
    reply = await talk.say("chart")
    assert "Highest: 4.022.638 (Phú Thọ)" in reply.text
    assert reply.image.reference != vietnamese
