"""One reply on every form of channel."""

from dataclasses import replace

import pytest

from bot.core.accounts import Account
from bot.core.messages import Choice, Form, Picture, Reply
from bot.core.sms import count
from bot.core.templates import FormError
from bot.core.text import count_units
from bot.wording.speech import Speech
from gateway.channel import Capabilities, Encoding
from gateway.forms import FORMS, SMS, TELEGRAM, WEB, ZALO
from gateway.render import render, shorten
from tests.support.talk import SHARED, content

OPEN = Account(channel="web", name="main")
CHOICES = tuple(
    Choice(label=f"Diện tích rừng hiện có phân theo địa phương, năm {2015 + n}", value=f"x:{n}") for n in range(5)
)
FIGURE = Reply(
    text="Quảng Ngãi – dân số: 2.161.755 người\nNguồn: Cục Thống kê; giấy phép: CC0.\nMã 7HJN5",
    brief="Quảng Ngãi – dân số: 2.161.755 người. Mã 7HJN5",
    link="https://example.vn/dan-so",
)
MENU = Reply(text="Dữ liệu liên quan đến “rừng”. Chọn một mục:", choices=CHOICES)
LONG = Reply(text="Một câu dài về dữ liệu mở. " * 400, brief="Một câu dài về dữ liệu mở. " * 40)
REPLIES = {"figure": FIGURE, "menu": MENU, "long": LONG, "long menu": Reply(text=LONG.text, choices=CHOICES)}


def speech(account: Account = OPEN, language: str = "vi") -> Speech:
    return Speech(content=content(), language=language, account=account)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_part_fits_its_channel(reply: Reply, form: str, language: str):
    capabilities = FORMS[form]
    parts = render(reply, capabilities, speech(language=language))
    if capabilities.encoding is Encoding.SMS:
        (part,) = parts
        assert count(part.text).segments <= capabilities.pages
        assert count(part.text).encoding == "gsm7"
    else:
        assert 1 <= len(parts) <= capabilities.pages
        assert all(0 < len(part.text) <= capabilities.limit for part in parts)


def test_a_page_holds_as_many_units_as_the_channel_counts():
    text = " ".join(["👍" * 64] * 62)  # 3,968 emoji, twice as many units of UTF-16
    parts = render(Reply(text=text), TELEGRAM, speech())
    assert [count_units(part.text) <= TELEGRAM.limit for part in parts] == [True, True]
    assert " ".join(part.text for part in parts) == text


def test_buttons_stay_buttons_where_the_channel_has_them():
    (part,) = render(MENU, WEB, speech())
    assert part.text == MENU.text
    assert part.choices == CHOICES


@pytest.mark.parametrize("form", [SMS, ZALO], ids=["sms", "zalo"])
def test_without_buttons_every_choice_has_its_digit(form: Capabilities):
    (part,) = render(MENU, form, speech())
    assert part.choices == CHOICES, "so that their numbers can be told"
    lines = part.text.splitlines()
    assert [line[0] for line in lines[1:6]] == ["1", "2", "3", "4", "5"]


def test_a_single_choice_is_one_line_with_what_to_send_for_it():
    (part,) = render(Reply(text="102 xã", choices=CHOICES[:1]), SMS, speech(SHARED))
    assert part.text == "102 xa\nDien tich rung hien co phan theo dia phuong, nam 2015: soan DL 1 gui 8179"


def test_labels_that_are_cut_stay_different():
    begin = "Chỉ số giá tiêu dùng, chỉ số giá vàng và đô la Mỹ"
    labels = [f"{begin} các tháng so với kỳ gốc 2019", f"{begin} tháng 12 so với cùng kỳ năm trước", "Lạm phát cơ bản"]
    assert shorten(labels, 40) == [
        "Chỉ số … các tháng so với kỳ gốc 2019",
        "Chỉ số … tháng 12 so với cùng kỳ năm…",
        "Lạm phát cơ bản",
    ]
    assert shorten(["Một tên dài như nhau"] * 2, 10) == ["Một tên…"] * 2


def test_an_sms_gets_the_brief_text_without_diacritics_and_without_link():
    (part,) = render(FIGURE, SMS, speech())
    assert part.text == "Quang Ngai - dan so: 2.161.755 nguoi. Ma 7HJN5"
    assert part.link is None


def test_accents_on_sms_are_for_those_who_ask():
    (part,) = render(FIGURE, SMS, speech(), accents=True)
    assert "Quảng Ngãi" in part.text


def test_accents_never_cost_a_word_what_does_not_fit_with_them_goes_without():
    for room, encoding in ((134, "ucs2"), (135, "gsm7")):
        brief = f"Quảng Ngãi: 2.161.755 người. {'ă' * (room - 38)} Mã 7HJN5"
        (part,) = render(Reply(text="x", brief=brief), SMS, speech(SHARED), accents=True)
        assert (count(part.text).encoding, count(part.text).segments) == (encoding, 2 if encoding == "ucs2" else 1)
        assert part.text.endswith(("Mã 7HJN5", "Ma 7HJN5"))


def test_a_menu_keeps_its_accents_only_while_its_labels_can_be_told_apart():
    few, many = (Reply(text="Chọn một mục:", choices=CHOICES[:number]) for number in (2, 5))
    (part,) = render(few, SMS, speech(SHARED), accents=True)
    assert count(part.text).encoding == "ucs2"
    assert part.text.endswith("Chọn mục 1: soạn DL 1 gửi 8179")
    (part,) = render(many, SMS, speech(SHARED), accents=True)
    assert part == render(many, SMS, speech(SHARED))[0]


def test_the_invitation_on_a_shared_number_names_keyword_and_number():
    (part,) = render(MENU, SMS, speech(SHARED))
    assert part.text.endswith("\nChon muc 1: soan DL 1 gui 8179")


def test_on_a_number_of_ones_own_the_digits_to_send_are_said():
    few, many = (Reply(text="Chọn một mục:", choices=CHOICES[:number]) for number in (2, 5))
    assert render(few, ZALO, speech())[0].text.endswith("\nTrả lời 1 hoặc 2 để chọn.")
    assert render(many, ZALO, speech())[0].text.endswith("\nTrả lời số từ 1 đến 5 để chọn.")
    assert render(few, TELEGRAM, speech())[0].text == "Chọn một mục:"


def test_where_charts_are_shown_without_buttons_it_is_said_how_to_get_one():
    reply = replace(FIGURE, actions=(Choice(label="Biểu đồ", value="chart:7HJN5"),))
    assert render(reply, ZALO, speech())[0].text.splitlines()[-1] == "Biểu đồ: trả lời BIỂU ĐỒ"
    assert "BIEU DO" not in render(reply, SMS, speech())[0].text
    assert "BIỂU ĐỒ" not in render(reply, TELEGRAM, speech())[0].text


def test_a_button_that_leads_away_says_that_there_is_the_source_and_where():
    (part,) = render(replace(FIGURE, link="https://data.example.vn/a"), TELEGRAM, speech())
    assert part.link_label == "Nguồn – data.example.vn"


def test_a_text_that_is_cut_says_so_and_keeps_its_choices():
    (part,) = render(REPLIES["long menu"], ZALO, speech())
    assert "…\n1 " in part.text
    assert "\n5 " in part.text


def test_a_link_is_a_line_of_its_own_where_there_is_no_button_for_it():
    (zalo,) = render(FIGURE, ZALO, speech())
    assert zalo.text.splitlines()[-1] == FIGURE.link
    (telegram,) = render(FIGURE, TELEGRAM, speech())
    assert telegram.link == FIGURE.link
    assert str(FIGURE.link) not in telegram.text


def test_only_the_last_page_carries_the_choices():
    small = Capabilities(limit=50, pages=3, buttons=True)
    pages = render(Reply(text="từ " * 40, choices=CHOICES), small, speech())
    assert [len(page.choices) for page in pages] == [0, 0, 5]


CHART = Reply(
    text="Dân số (người)\nCao nhất: 5 (A)",
    brief="Dân số. Cao nhất: 5 (A)",
    image=Picture(reference="7KQ2M-ab", text="Biểu đồ cột: Dân số. Cao nhất: 5 (A)."),
    actions=(Choice(label="Biểu đồ", value="chart:7KQ2M"),),
)


@pytest.mark.parametrize("form", FORMS)
def test_a_chart_is_a_picture_only_where_pictures_are_shown_and_words_everywhere(form: str):
    (part,) = render(CHART, FORMS[form], speech())
    assert (part.image is not None) == FORMS[form].images
    assert "5 (A)" in part.text


@pytest.mark.parametrize("form", FORMS)
def test_an_action_is_a_button_without_a_number_or_the_words_to_send_for_a_picture(form: str):
    (part,) = render(CHART, FORMS[form], speech())
    assert part.choices == ()
    assert part.actions == (CHART.actions if FORMS[form].buttons else ())
    assert ("Biểu đồ: trả lời BIỂU ĐỒ" in part.text) == (form == "zalo")
    assert "Bieu do" not in part.text


BRANDNAME = replace(SMS, worded=True)
FORM = Form(
    name="nhac-han",
    values=(
        ("agency", "Sở Y tế"),
        ("dataset", "Danh sách nhà thuốc"),
        ("due", "30/11/2026"),
        ("article", "Điều 13"),
        ("contact", "Bộ phận Cổng"),
    ),
)


def test_a_brandname_says_the_registered_words_of_the_form_and_nothing_else():
    (part,) = render(replace(MENU, form=FORM), BRANDNAME, speech(Account(channel="sms", name="b", one_way=True)))
    assert part.text == (
        "Kinh gui So Y te: bo du lieu Danh sach nha thuoc den han cap nhat ngay 30/11/2026 (Dieu 13). "
        "Neu da hoan thanh, xin bo qua tin nay. Lien he: Bo phan Cong."
    )
    assert part.form == FORM
    (accented,) = render(replace(MENU, form=FORM), BRANDNAME, speech(), accents=True)
    assert accented.text.startswith("Kính gửi Sở Y tế")


def test_a_form_that_does_not_fit_its_template_is_not_sent():
    for form in (replace(FORM, name="khac"), replace(FORM, values=FORM.values[1:])):
        with pytest.raises(FormError):
            render(replace(MENU, form=form), BRANDNAME, speech())


@pytest.mark.parametrize("capabilities", [SMS, ZALO], ids=["sms", "zalo"])
def test_nobody_is_invited_to_answer_on_a_one_way_account(capabilities: Capabilities):
    account = replace(SHARED, one_way=True)
    action = replace(FIGURE, actions=(Choice(label="Biểu đồ", value="chart:1"),), choices=CHOICES)
    for reply in (MENU, action):
        text = " ".join(part.text for part in render(reply, capabilities, speech(account)))
        invited = " ".join(part.text for part in render(reply, capabilities, speech(SHARED)))
        assert "8179" in invited
        assert "8179" not in text
        assert "1 Di" not in text
