"""Opening datasets, reading lists, re-opening answers, walking through the catalogue."""

from dataclasses import replace

from bot.core.findings import Decision, RowForm
from tests.support.talk import (
    OLDER,
    PEOPLE,
    SHARED,
    SIMPLE,
    UNITS,
    GivenReads,
    Talk,
    figures,
    people,
    titles,
    units,
)

ALL = units(RowForm.LIST, *range(1, 25), matched=("an", "giang"))
QUESTION = "xa phuong an giang"
LISTED = GivenReads(found={QUESTION: figures(ALL)}, found_in={(UNITS.code, QUESTION): figures(ALL)})


async def test_a_list_is_read_page_by_page_forwards_and_back():
    talk = Talk(reads=LISTED)
    assert "– Xã An Phú\n" in (await talk.say(QUESTION)).text
    assert "Từ 11 đến 20:" in (await talk.say("tiếp")).text
    last = await talk.say("T")
    assert "Từ 21 đến 24:" in last.text
    assert [choice.label for choice in last.choices] == ["Trang trước"]
    assert "Từ 11 đến 20:" in (await talk.say("0")).text


async def test_beyond_the_ends_of_a_list_nothing_is_looked_up_and_the_list_stays_open():
    talk = Talk(reads=LISTED)
    await talk.say(QUESTION)
    assert (await talk.say("trước")).text == "Đây là trang đầu của danh sách."
    await talk.say("tiếp")
    await talk.say("tiếp")
    assert (await talk.say("tiếp")).text == "Đã hết danh sách."
    assert "Từ 11 đến 20:" in (await talk.say("trước")).text
    assert (await Talk().say("TIẾP")).text.startswith("Chưa có danh sách nào đang mở.")


async def test_an_older_button_still_turns_to_its_page():
    talk = Talk(reads=LISTED)
    page = (await talk.say(QUESTION)).choices[0]
    await talk.say("EN")
    assert "From 11 to 20:" in (await talk.press(page)).text


async def test_names_are_found_by_their_initial_behind_the_sort():
    talk = Talk(reads=LISTED, account=SHARED)
    assert "soạn DL XEM T gửi 8179" in (await talk.say(QUESTION)).text
    by_t = await talk.say("DL xem t")
    assert by_t.text.splitlines()[0] == "Tỉnh An Giang, vần T: 9 phường (máy đếm từ bảng)"
    assert "– Phường Tân Châu 1" in by_t.text
    assert "Đông Hòa" not in by_t.text
    by_d = await talk.say("XEM d")
    assert "vần D: 14 xã" in by_d.text
    assert "Từ 11 đến 14:" in (await talk.say("tiếp")).text
    assert (await talk.say("xem z")).text == "Không có mục nào bắt đầu bằng chữ Z."


async def test_an_initial_without_a_list_asks_for_a_question():
    assert (await Talk().say("xem t")).text.startswith("Chưa có danh sách nào đang mở.")


async def test_only_the_part_of_a_long_list_that_is_at_hand_is_read_and_the_end_is_said():
    long = replace(ALL, rows=ALL.rows[:12], numbers=ALL.numbers[:12], total=5000)
    talk = Talk(reads=GivenReads(found={QUESTION: figures(long)}, found_in={(UNITS.code, QUESTION): figures(long)}))
    await talk.say(QUESTION)
    last = await talk.say("tiếp")
    assert "Ở đây chỉ xem được 12 mục đầu." in last.text
    await talk.press((await talk.say(QUESTION)).choices[0])
    assert (await talk.say("xem t")).text.startswith("Ở đây chỉ xem được 12 mục đầu.")


async def test_what_was_counted_can_be_listed():
    counted = replace(ALL, form=RowForm.COUNT, breakdown=(("Xã", 15), ("Phường", 9)))
    talk = Talk(
        reads=GivenReads(found={QUESTION: figures(counted)}, found_in={(UNITS.code, QUESTION): figures(counted)})
    )
    reply = await talk.say(QUESTION)
    assert reply.text.startswith("Tỉnh An Giang: 15 xã, 9 phường, cộng 24 (máy đếm từ bảng)")
    assert "– Xã An Phú" in (await talk.say("1")).text


async def test_an_answer_is_reopened_by_its_code_exactly_as_it_was():
    talk = Talk(reads=GivenReads(found={"q": figures(people(RowForm.CELL, 0, asked=(4,)))}), account=SHARED)
    given = await talk.say("q")
    code = talk.outcome.effects[0].code
    for words in (f"MÃ {code}", code.lower(), f"soạn DL {code} gửi 8179"):
        kept = await talk.say(words)
        assert kept.text == given.text
        assert "giấy phép: CC0." in kept.brief, "the whole source, also where the answer was brief"


async def test_an_unknown_code_is_said_to_be_unknown_and_a_bare_one_is_a_question():
    talk = Talk(reads=GivenReads(found={"q": figures(people(RowForm.CELL, 0, asked=(4,)))}))
    await talk.say("q")
    code = talk.outcome.effects[0].code
    talk.reads.kept.clear()
    assert (await talk.say(f"mã {code}")).text.startswith(f"Không tìm thấy câu trả lời có mã {code}.")
    assert (await talk.say(code)).text.startswith(f"Không tìm thấy câu trả lời có mã {code}.")
    found = {code: figures(people(RowForm.CELL, 0, asked=(4,)))}
    assert "2.161.755" in (await Talk(reads=GivenReads(found=found)).say(code)).text


async def test_a_dataset_is_described_and_then_opened():
    opened = figures(people(RowForm.LIST, 0, 1, 2))
    reads = GivenReads(found={"q": titles(Decision.MENU, SIMPLE, PEOPLE)}, found_in={(PEOPLE.code, ""): opened})
    talk = Talk(reads=reads)
    await talk.say("q")
    about = await talk.say("thông tin 2")
    assert about.text.startswith(PEOPLE.title)
    assert "giấy phép: CC0." in about.text
    assert "– Quảng Ngãi: " in (await talk.say("1")).text


async def test_about_a_page_or_a_row_is_about_the_dataset_it_stands_in():
    talk = Talk(reads=LISTED)
    await talk.say(QUESTION)
    assert (await talk.say("thông tin 1")).text.startswith(UNITS.title)


async def test_about_an_entry_that_is_not_there_or_no_dataset_says_so_and_keeps_the_list():
    talk = Talk()
    assert (await talk.say("thông tin 1")).text.startswith("Chưa có danh sách nào đang mở cho số 1.")
    await talk.say("danh mục")
    assert (await talk.say("thông tin 9")).text == "Danh sách có 3 mục. Xin chọn số từ 1 đến 3."
    assert (await talk.say("thông tin 1")).text.startswith("Mục 1 không phải là bộ dữ liệu")
    assert (await talk.say("1")).text.startswith("Chủ đề Dân số")


async def test_from_what_a_dataset_is_a_way_leads_back_to_the_list():
    talk = Talk(reads=GivenReads(found={"q": titles(Decision.MENU, SIMPLE, PEOPLE)}))
    menu = await talk.say("q")
    about = await talk.say("thông tin 2")
    assert [choice.label for choice in about.choices] == ["Xem số liệu", "Quay lại danh sách"]
    assert (await talk.say("2")).choices == menu.choices
    await talk.say("thông tin 2")
    assert (await talk.say("quay lại")).choices == menu.choices
    await talk.say("danh mục")
    theme = await talk.say("1")
    await talk.say("thông tin 1")
    assert (await talk.say("trước")).choices == theme.choices


async def test_a_dataset_that_was_taken_down_is_said_to_be_gone():
    assert (await Talk().say("", choice="dataset:mau-99999999")).text.startswith("Bộ dữ liệu này không còn")


async def test_a_row_of_an_older_version_of_the_table_no_longer_counts():
    opened = {(UNITS.code, ""): figures(units(RowForm.LIST, 0, 1, 2))}
    talk = Talk(reads=GivenReads(found_in=opened))
    assert "30337" in (await talk.say("", choice="row:mau-00000002:bbbbbbbb:1:1")).text
    assert "30414" in (await talk.say("", choice="row:mau-00000002:bbbbbbbb:15:1")).text
    for value in ("row:mau-00000002:cccccccc:1:1", "row:mau-00000002:bbbbbbbb:999:1", "row:x", "row:::"):
        assert (await talk.say("", choice=value)).text == "Danh sách này đã cũ. Xin hỏi lại."


async def test_a_row_whose_question_is_forgotten_is_told_whole_not_by_its_name_alone():
    talk = Talk(reads=GivenReads(found_in={(UNITS.code, ""): figures(units(RowForm.LIST, 0, 1, 2))}))
    reply = await talk.say("", choice="row:mau-00000002:bbbbbbbb:1:2")
    assert reply.text.splitlines()[:2] == ["Xã An Phú, tỉnh An Giang", "Mã xã: 30337"]
    repeated = await talk.say("", choice="row:mau-00000002:bbbbbbbb:1:1,1,1")
    assert repeated.text.startswith("Xã An Phú, tỉnh An Giang – mã xã: 30337\n")


async def test_a_look_up_of_nothing_is_a_button_that_lapsed():
    assert (await Talk().say("", choice="lookup:")).text.startswith("Lựa chọn này không còn dùng được.")


async def test_the_catalogue_is_read_by_theme():
    talk = Talk()
    themes = await talk.say("danh mục")
    assert [choice.label for choice in themes.choices] == ["Dân số (2)", "Y tế (1)", "Địa giới hành chính (1)"]
    assert [choice.label for choice in (await talk.say("1")).choices] == [PEOPLE.title, OLDER.title]
    assert (await talk.say("2")).text.startswith(OLDER.title)
    assert (await talk.say("", choice="catalogue:open:0:Xổ số")).text.startswith("Không còn chủ đề này.")


async def test_another_page_takes_the_place_of_the_page_before_it():
    talk = Talk(reads=LISTED)
    first = await talk.say(QUESTION)
    assert not first.turns
    second = await talk.press(first.choices[0])
    assert second.turns
    assert (await talk.press(second.choices[1])).turns
    assert not (await talk.say("", choice="rows:next:mau-99999999:1::q")).turns


async def test_a_list_that_is_opened_from_a_count_leaves_the_count_where_it_is():
    counted = units(RowForm.COUNT, *range(1, 25), matched=("an", "giang"))
    talk = Talk(reads=GivenReads(found={QUESTION: figures(counted)}, found_in={(UNITS.code, QUESTION): figures(ALL)}))
    count = await talk.say(QUESTION)
    listed = await talk.press(count.choices[0])
    assert len(listed.choices) == 1
    assert not listed.turns


async def test_pages_of_the_catalogue_turn_and_what_leads_there_from_elsewhere_does_not():
    talk = Talk()
    assert not (await talk.say("danh mục")).turns
    assert not (await talk.say("1")).turns
    about = await talk.say("thông tin 1")
    assert not (await talk.press(about.choices[1])).turns
    for way in ("next", "back"):
        assert (await talk.say("", choice=f"catalogue:{way}:0:Dân số")).turns
        assert (await talk.say("", choice=f"catalogue:{way}:0:")).turns
