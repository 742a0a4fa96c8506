"""What follows a dataset, gives it up, and what only sounds like it."""

import pytest

from bot.core.answer_code import make_code
from bot.core.grammar import Command
from tests.support.talk import content

CODE = make_code("an answer")
QUESTIONS = (
    "theo dõi sức khỏe bà mẹ",
    "theo doi suc khoe ba me va tre em",
    "theo doi dien bien rung",
    "theo doi 2019",
    "tỷ lệ trẻ được theo dõi",
    "bộ này theo dõi gì",
    "thẻo dơi",
    "tự theo dõi",
    "bo theo doi thi dua",
    "huy theo doi hop dong",
    "dang theo doi cach ly",
    "td dt",
    "followers",
)
COMMANDS = (
    ("THEO DÕI", "follow", ""),
    ("theo doi 2 ạ", "follow", "2"),
    ("td 1", "follow", "1"),
    (f"theo dõi {CODE.lower()}", "follow", CODE.lower()),
    (f"follow {CODE}", "follow", CODE),
    ("theo doi bo du lieu nay", "follow", ""),
    ("Tôi muốn theo dõi ạ", "follow", ""),
    ("thôi không theo dõi nữa", "unfollow", ""),
    ("bo theo doi", "unfollow", ""),
    ("Bỏ theo dõi mục 12", "unfollow", "12"),
    ("bỏ theo dõi tất cả", "unfollow_all", ""),
    ("HUY THEO DOI", "unfollow_all", ""),
    ("ngừng theo dõi nhé", "unfollow_all", ""),
    ("stop following", "unfollow_all", ""),
    ("dang theo doi", "followed", ""),
    ("đang theo dõi những gì", "followed", ""),
    ("đang theo dõi gì ạ", "followed", ""),
)


@pytest.mark.parametrize("text", QUESTIONS)
def test_what_only_sounds_like_following_is_a_question(text):
    assert content().grammar.read(text) is None


@pytest.mark.parametrize(("text", "name", "argument"), COMMANDS, ids=[row[0] for row in COMMANDS])
def test_a_complete_form_follows_or_gives_up(text, name, argument):
    assert content().grammar.read(text) == Command(name=name, argument=argument)
