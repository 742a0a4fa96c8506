"""Whatever stands in a slot, what was put in is what whoever reads the body gets out: for every type of body."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import clean
from gateway.sms.letter import Letter, Request, draw_letter
from gateway.sms.preset import Call
from gateway.sms.slots import SlotError, Template
from gateway.sms.writing import escape_xml

ANY = st.text()
XML = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r")
)
KNOWN = {"word": 'a "secret" with {braces} & <all>', "base": "https://sms.example.vn/api"}


def letter(**changes: object) -> Letter:
    return draw_letter(Call.model_validate({"url": "{base}/send", **changes}), KNOWN)


def write(form: Letter, text: str) -> Request:
    return form.write(lambda name: {"text": text, "now": datetime(2026, 1, 1, tzinfo=UTC)}[name])


JSON = letter(type="json", fields={"a": {"text": ["{text}", "x{text}{{y}}"]}, "word": "{word}", "b?": "{text}", "n": 1})
FORM = letter(type="form", fields={"text": "{text}", "word": "{word}", "b?": "{text}"}, query={"q": "{text}"})
SOAP = letter(type="xml", body='<s:a xmlns:s="urn:x"><s:t n="{text}">{text}</s:t><w>{word}</w></s:a>')
PATH = letter(type="none", method="GET", url="{base}/to/{text}/end?x={text}")


@given(ANY)
def test_json_parses_back_to_the_text(text: str):
    body = json.loads(write(JSON, text).body or b"")
    assert body["a"]["text"] == [text, f"x{text}{{y}}"]
    assert body["word"] == KNOWN["word"]
    assert ("b" in body) == bool(text)


@given(ANY)
def test_a_form_and_an_address_decode_back_to_the_text(text: str):
    request = write(FORM, text)
    fields = dict(parse_qsl((request.body or b"").decode("ascii"), keep_blank_values=True))
    assert fields == {"text": text, "word": KNOWN["word"], **({"b": text} if text else {})}
    assert dict(parse_qsl(request.url.raw_query_string, keep_blank_values=True)) == {"q": text}


@given(ANY)
def test_a_text_in_an_address_stays_in_its_place(text: str):
    url = write(PATH, text).url
    assert url.host == "sms.example.vn"
    steps = str(url).partition("?")[0].split("/")
    assert [unquote(step) for step in steps] == ["https:", "", "sms.example.vn", "api", "to", text, "end"]


@given(XML)
def test_xml_parses_back_to_the_text(text: str):
    root = ET.fromstring(write(SOAP, text).body or b"")  # noqa: S314 – written by ourselves
    element = root[0]
    assert (element.text or "", element.attrib["n"]) == (text, text)
    assert root[1].text == KNOWN["word"]


@given(ANY)
def test_what_no_xml_can_hold_is_left_out_and_no_message_of_ours_has_any(text: str):
    ET.fromstring(write(SOAP, text).body or b"")  # noqa: S314 – written by ourselves
    kept = clean(text).replace("\ufffe", "").replace("\uffff", "")
    assert (ET.fromstring(f"<a>{escape_xml(clean(text))}</a>").text or "") == kept  # noqa: S314


@given(ANY)
def test_a_header_has_one_line(text: str):
    form = letter(type="none", method="GET", headers={"X-Text": "{text}"})
    assert not {"\r", "\n", "\x00"} & set(write(form, text).headers["X-Text"])


def test_numbers_and_truth_are_written_as_such():
    form = letter(type="json", fields={"i": "{word|digits|int}", "b": "{text|bool}", "s": "{text|int}"})
    assert json.loads(write(form, "7").body or b"") == {"i": "", "b": True, "s": 7}


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("{a|number:0}", "+84912345678", "0912345678"),
        ("{a|number:84}", "+84912345678", "84912345678"),
        ("{a|number:+84}", "84912345678", "+84912345678"),
        ("{a|base64}", "dân số", "ZMOibiBz4buR"),
        ("{a|utf16hex}", "ữ", "1eef"),
        ("{a|unaccent|upper}", "Sở Y tế", "SO Y TE"),
        ("{a|choose:text:unicode}", "0", "text"),
        ("{a|choose:text:unicode}", "1", "unicode"),
        ("{a|prefix:Bearer }", "x", "Bearer x"),
        ("{a|prefix:Bearer }", "", ""),
        ("{a|replace:0:1}", "12:0", "12:1"),
        ("{a|url}", "a/b c", "a%2Fb%20c"),
        ("{a|md5}", "abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("{{{a}}}", "x", "{x}"),
    ],
)
def test_a_filter_gives_what_it_promises(text: str, value: str, written: str):
    assert Template.read(text).fill(lambda _: value) == written
    assert Template.read(text).bind({"a": value}).fixed == written


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("time:%Y%m%d%H%M%S", "20261116090000"),
        ("time:%H:%M", "09:00"),
        ("unix", "1794794400"),
        ("millis", "1794794400000"),
    ],
)
def test_the_time_is_written_as_in_vietnam(pattern: str, written: str):
    now = datetime(2026, 11, 16, 2, tzinfo=UTC)
    assert Template.read(f"{{now|{pattern}}}").fill(lambda _: now) == written


@pytest.mark.parametrize("text", ["{", "}", "{a", "a}", "{}", "{a b}", "{a|}", "{a|time}", "{a|number:7}", "{a|md5:x}"])
def test_what_is_no_slot_is_told(text: str):
    with pytest.raises(SlotError):
        Template.read(text)
