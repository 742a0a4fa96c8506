"""The forms that a longer text may begin with, and what only looks like one."""

import pytest

from bot.core.answer_code import make_code
from bot.core.grammar import Command
from tests.support.talk import content

CODE = make_code("an answer")

OPENINGS = (
    # text → command, argument, text, explicit
    ("ĐỀ NGHỊ DỮ LIỆU giá vàng", ("request", "", "giá vàng", False)),
    ("de nghi du lieu: gia vang", ("request", "", "gia vang", True)),
    ("Đề nghị dữ liệu – giá vàng?", ("request", "", "giá vàng?", False)),
    ("GÓP Ý : nhanh hơn", ("feedback", "", "nhanh hơn", True)),
    ("góp ý chữ to hơn", ("feedback", "", "chữ to hơn", False)),
    ("go\u0301p y\u0301 chữ", ("feedback", "", "chữ", False)),
    (f"BÁO SAI {CODE} phải là 5", ("wrong", CODE, "phải là 5", False)),
    (f"báo sai: {CODE} phải là 5", ("wrong", CODE, "phải là 5", False)),
    ("báo sai dân số phải là 5", ("wrong", "", "dân số phải là 5", False)),
    ("bao sai gon", ("wrong", "", "gon", False)),
)
NO_OPENINGS = (
    "báo Sài Gòn",
    "gộp ý kiến",
    "hướng dẫn khai thuế",
    "tình trạng việc làm 2019",
    "dân số",
    "",
    "GÓP Ý",
    "mã xã",
    "stop motion",
)


@pytest.mark.parametrize(("text", "opened"), OPENINGS, ids=[row[0] for row in OPENINGS])
def test_a_report_opens_a_free_text_and_a_colon_makes_it_explicit(text, opened):
    name, argument, rest, explicit = opened
    command = Command(name=name, argument=argument, text=rest, explicit=explicit)
    assert content().grammar.read_opening(text) == command


@pytest.mark.parametrize("text", NO_OPENINGS)
def test_nothing_else_opens_a_free_text(text):
    assert content().grammar.read_opening(text) is None
