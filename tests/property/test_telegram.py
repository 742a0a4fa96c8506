"""Laws of what is sent to Telegram: whatever anybody wrote, the Bot API never refuses it."""

import html
import json

from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import Choice
from bot.core.text import count_units
from gateway.channel import Part
from gateway.telegram.markup import CAPTION, TEXT, arrange, fit, long_values, write_text
from simulator.telegram.call import Call
from simulator.telegram.keyboard import read_markup
from simulator.telegram.markup import parse

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)
TAGS = st.lists(
    st.sampled_from(
        ["<", ">", "&", "</", "<b>", "</b>", "<a href='", "&lt;", "&#", "&#0;", "&amp", ";", '"', "ế", " ", "\n", "👍"]
    )
).map("".join)
LONG = st.tuples(ANYTHING | TAGS, st.integers(1, 3000)).map(lambda pair: pair[0] * (pair[1] // (len(pair[0]) + 1) + 1))
LIMITS = st.sampled_from([TEXT, CAPTION])
LINKS = st.none() | ANYTHING | st.sampled_from(["https://data.example.vn/số", "http://localhost", "javascript:a"])
CHOICES = st.lists(st.builds(Choice, label=ANYTHING | TAGS, value=st.text(min_size=1, max_size=80)), max_size=8)


@given(ANYTHING | TAGS | LONG, LIMITS, LINKS)
def test_any_text_is_shown_as_it_was_written_and_within_the_limit(text: str, limit: int, link: str | None) -> None:
    written = write_text(Part(text=text, link=link), limit)
    shown = parse(written, "HTML")
    assert shown.text
    assert count_units(shown.text) <= limit
    assert (shown.entities, shown.loose) == ((), ())
    assert shown.text == html.unescape(written).strip()
    # signs that count twice leave room for fewer than a hundred, and then the sign of a cut is among them
    assert shown.text.startswith(fit(text, 200)[:100].removesuffix("…").strip())
    written.encode()


@given(ANYTHING | TAGS | LONG, LIMITS)
def test_fitting_twice_changes_nothing(text: str, limit: int) -> None:
    assert fit(fit(text, limit), limit) == fit(text, limit)


@given(CHOICES, CHOICES, LINKS)
def test_any_buttons_are_taken(choices: list[Choice], actions: list[Choice], link: str | None) -> None:
    part = Part(text="a", choices=tuple(choices), actions=tuple(actions), link=link)
    rows = arrange(part, dict.fromkeys(long_values(part), "~" + "d" * 43))
    keyboard = [[_as_json(one.label, one.data, one.url) for one in row] for row in rows]
    values = {"reply_markup": json.dumps({"inline_keyboard": keyboard})}
    assert bool(read_markup(Call(method="sendmessage", values=values))) == bool(rows)
    assert len(rows) >= len(choices)


def _as_json(label: str, data: str | None, url: str | None) -> dict[str, str]:
    return {"text": label} | ({"callback_data": data} if data is not None else {"url": url or ""})
