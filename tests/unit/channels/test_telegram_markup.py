"""How an answer looks on Telegram: its words, its buttons, its link."""

import pytest

from bot.core.messages import Choice
from bot.core.text import count_units
from gateway.channel import Part
from gateway.telegram.markup import (
    CAPTION,
    DATA,
    TEXT,
    Button,
    arrange,
    fits_caption,
    long_values,
    read_address,
    write_text,
)

WRITTEN = (
    ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
    ("<b>đậm</b> &amp;", "&lt;b&gt;đậm&lt;/b&gt; &amp;amp;"),
    ("\"quoted\" 'too'", "\"quoted\" 'too'"),
    ("", "–"),
    (" \n\t ", "–"),
    ("\u200b\u2800\u3164\ufeff", "–"),
    ("dân\x00 số\x1b[31m", "dân số[31m"),
    ("dân\ud800số", "dânsố"),
    ("a\r\nb\u2028c", "a\nb\nc"),
    ("👍", "👍"),
)


@pytest.mark.parametrize(("text", "html"), WRITTEN, ids=[repr(row[0]) for row in WRITTEN])
def test_a_text_says_what_it_said_whatever_stands_in_it(text, html):
    assert write_text(Part(text=text)) == html


def test_a_text_is_measured_as_apps_count_it():
    assert [count_units(text) for text in ("ế", "👍", "𝒳", "\ud800")] == [1, 2, 2, 1]


@pytest.mark.parametrize("letter", ["ế", "👍", "&", "<", "👨‍👩‍👧‍👦"])
def test_a_text_that_is_too_long_is_cut_and_marked(letter):
    from html import unescape

    for limit in (TEXT, CAPTION):
        shown = unescape(write_text(Part(text=letter * 5000), limit))
        assert limit - count_units(letter) - 1 <= count_units(shown) <= limit
        assert shown.endswith(f"{letter}…")
        assert unescape(write_text(Part(text="a" * limit), limit)) == "a" * limit


def test_choices_stand_below_each_other_actions_in_pairs_and_the_link_last():
    choices = tuple(Choice(label=f"Mục {n}", value=f"dataset:{n}") for n in range(2))
    actions = tuple(Choice(label=f"Việc {n}", value=f"chart:{n}") for n in range(3))
    part = Part(text="a", choices=choices, actions=actions, link="https://data.example.vn/bo-du-lieu?id=1")
    assert arrange(part, {}) == (
        (Button(label="Mục 0", data="dataset:0"),),
        (Button(label="Mục 1", data="dataset:1"),),
        (Button(label="Việc 0", data="chart:0"), Button(label="Việc 1", data="chart:1")),
        (Button(label="Việc 2", data="chart:2"),),
        (Button(label="data.example.vn", url="https://data.example.vn/bo-du-lieu?id=1"),),
    )
    assert arrange(Part(text="a"), {}) == ()


def test_labels_are_cut_between_words_and_stay_apart():
    same = "Tình hình dân số của các xã, phường, đặc khu trên địa bàn tỉnh, "
    choices = tuple(Choice(label=same + end, value="a:b") for end in ("nam", "nữ"))
    labels = [row[0].label for row in arrange(Part(text="a", choices=choices), {})]
    assert len(set(labels)) == 2
    assert all(len(label) <= 60 for label in labels)
    (row,) = arrange(Part(text="a", choices=(Choice(label="\u200b", value="a:b"),)), {})
    assert row[0].label == "–"


def test_a_value_that_no_button_can_carry_is_exchanged():
    fits, long = "a:" + "ế" * 20 + "bb", "a:" + "ế" * 21
    assert (len(fits.encode()), len(long.encode())) == (DATA, DATA + 1)
    choices = (Choice(label="1", value=fits), Choice(label="2", value=long))
    part = Part(text="a", choices=choices, actions=(Choice(label="3", value=long),))
    assert long_values(part) == (long,)
    carried = [row[0].data for row in arrange(part, {long: "~digest"})]
    assert carried == [fits, "~digest", "~digest"]


def test_no_more_buttons_than_telegram_takes():
    choices = tuple(Choice(label=f"{n}", value=f"a:{n}") for n in range(150))
    assert len(arrange(Part(text="a", choices=choices), {})) == 100
    wide = tuple(Choice(label=f"{n} " + "ế" * 55, value="a:" + "b" * 60) for n in range(90))
    rows = arrange(Part(text="a", choices=wide), {})
    assert 20 < len(rows) < 60


ADDRESSES = (
    ("https://data.example.vn/a?b=c#d", "https://data.example.vn/a?b=c#d"),
    ("http://data.example.vn", "http://data.example.vn"),
    ("https://data.example.vn/số liệu", "https://data.example.vn/s%E1%BB%91%20li%E1%BB%87u"),
    ("javascript:alert(1)", None),
    ("tg://resolve?domain=a", None),
    ("data.example.vn/a", None),
    ("http://localhost:8080/a", None),
    ("http://[::1", None),
    ("https://data.example.vn:99999/", None),
    ("https://data.example.vn/" + "a" * 1000, None),
    ("https://", None),
)


@pytest.mark.parametrize(("link", "address"), ADDRESSES)
def test_only_an_address_that_telegram_takes_becomes_a_button(link, address):
    read = read_address(link)
    assert (None if read is None else str(read)) == address
    part = Part(text="Nguồn", link=link)
    assert bool(arrange(part, {})) == (address is not None)
    assert (link[:200] in write_text(part)) == (address is None)


def test_a_link_that_is_no_button_stays_whole_behind_a_text_that_is_cut():
    shown = write_text(Part(text="a " * 5000, link="http://localhost/a"))
    assert shown.endswith("…\nhttp://localhost/a")
    assert count_units(shown) <= TEXT
    assert write_text(Part(text="xem http://localhost/a", link="http://localhost/a")) == "xem http://localhost/a"


def test_only_words_that_stay_whole_stand_under_a_picture():
    assert fits_caption(Part(text="a" * CAPTION))
    assert not fits_caption(Part(text="a" * (CAPTION + 1)))
    assert not fits_caption(Part(text="a" * CAPTION, link="http://localhost/a"))
    assert not fits_caption(Part(text="👍" * 600))
