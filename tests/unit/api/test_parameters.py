"""Parameters: what is read from an address, and what is refused with the parameter's name."""

from datetime import date

import pytest

from gateway.api.parameters import Kind, Parameter, read_code, read_parameters
from gateway.api.problems import ProblemError

KNOWN = (
    Parameter(name="q", kind=Kind.TEXT, least=1, most=10, required=True, vi="", en=""),
    Parameter(name="limit", kind=Kind.NUMBER, least=1, most=100, default=10, vi="", en=""),
    Parameter(name="since", kind=Kind.DATE, vi="", en=""),
    Parameter(name="after", kind=Kind.CURSOR, vi="", en=""),
    Parameter(name="province", kind=Kind.CHOICE, choices=("hue", "hanoi"), vi="", en=""),
)


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("q=d%C3%A2n+s%E1%BB%91", "q", "dân số"),
        ("q=a%2Bb", "q", "a+b"),
        ("q=a%2525", "q", "a%25"),
        ("q=a;b", "q", "a;b"),
        ("q=%F0%9F%8C%BE", "q", "🌾"),
        ("q=a", "limit", 10),
        ("q=a&limit=007", "limit", 7),
        ("q=a&since=2026-02-28", "since", date(2026, 2, 28)),
        ("q=a", "since", None),
        ("q=a&after=12.c-1.b", "after", (12, "c-1.b")),
        ("q=a&after=0.", "after", (0, "")),
        ("q=a&province=hue", "province", "hue"),
    ],
)
def test_a_parameter_means_its_value(query, name, value):
    assert read_parameters(query, KNOWN)[name] == value


@pytest.mark.parametrize(
    ("query", "kind", "parameter"),
    [
        ("", "missing-parameter", "q"),
        ("q=", "wrong-length", "q"),
        ("q=aaaaaaaaaaa", "wrong-length", "q"),
        ("q=a%00", "wrong-length", "q"),
        ("q=a%0A", "wrong-length", "q"),
        ("q=a%C2%85", "wrong-length", "q"),
        ("q=a&q=b", "repeated-parameter", "q"),
        ("q=a&Q=b", "unknown-parameter", "Q"),
        ("q=a&api_key=x", "unknown-parameter", "api_key"),
        ("q=a&%00x=1", "unknown-parameter", "x"),
        ("q=a&limit=0", "not-a-number", "limit"),
        ("q=a&limit=101", "not-a-number", "limit"),
        ("q=a&limit=-1", "not-a-number", "limit"),
        ("q=a&limit=1.5", "not-a-number", "limit"),
        ("q=a&limit=%D9%A1", "not-a-number", "limit"),
        ("q=a&limit=", "not-a-number", "limit"),
        ("q=a&limit=99999999999999999999", "not-a-number", "limit"),
        ("q=a&since=2026-02-30", "not-a-date", "since"),
        ("q=a&since=20260228", "not-a-date", "since"),
        ("q=a&since=2026-W08-1", "not-a-date", "since"),
        ("q=a&after=12", "not-a-cursor", "after"),
        ("q=a&after=.x", "not-a-cursor", "after"),
        ("q=a&after=1.%07", "not-a-cursor", "after"),
        ("q=a&province=Hue", "not-a-choice", "province"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(query, kind, parameter):
    with pytest.raises(ProblemError) as refused:
        read_parameters(query, KNOWN)
    assert (refused.value.kind, refused.value.fields["parameter"]) == (kind, parameter)


@pytest.mark.parametrize("text", ["%FF", "%ED%A0%80", "%", "%zz", "%C3", "%C0%80", "a%2"])
def test_what_is_no_utf_8_is_refused_wherever_it_stands(text):
    for read in (
        lambda: read_parameters(f"q={text}", KNOWN),
        lambda: read_parameters(f"{text}=1", KNOWN),
        lambda: read_code(text),
    ):
        with pytest.raises(ProblemError) as refused:
            read()
        assert refused.value.kind == "not-utf-8"


@pytest.mark.parametrize(
    ("segment", "code"), [("nso-3fe7d9", "nso-3fe7d9"), ("a%2Fb", "a/b"), ("a+b", "a+b"), ("%C4%91", "đ")]
)
def test_a_code_is_read_from_its_segment(segment, code):
    assert read_code(segment) == code


@pytest.mark.parametrize("segment", ["a%00b", "a" * 201])
def test_a_code_that_cannot_be_one_is_refused(segment):
    with pytest.raises(ProblemError) as refused:
        read_code(segment)
    assert refused.value.kind == "wrong-length"
