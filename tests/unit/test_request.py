"""Cookies as a browser sends them, and headers by any spelling of their names."""

import pytest

from gateway.request import Headers, parse_cookies


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        pytest.param("a=1", {"a": "1"}, id="one"),
        pytest.param("a=1; b=2", {"a": "1", "b": "2"}, id="two"),
        pytest.param("a=1;b=2 ", {"a": "1", "b": "2"}, id="without the space, with one behind"),
        pytest.param("a=1; a=2", {"a": "2"}, id="the last of one name"),
        pytest.param('a="1"', {"a": "1"}, id="quoted"),
        pytest.param('a="', {"a": '"'}, id="half quoted"),
        pytest.param("a=1=2", {"a": "1=2"}, id="an equals sign in the value"),
        pytest.param("A=1; a=2", {"A": "1", "a": "2"}, id="names differ by case"),
        pytest.param("a", {"a": ""}, id="a name alone"),
    ],
)
def test_a_cookie_header_is_read_as_browsers_write_it(header: str, cookies: dict[str, str]) -> None:
    assert parse_cookies(header) == cookies


@pytest.mark.parametrize("header", ["", ";", "=", ";;=;", "\x00=\xff", "a" * 8000, ";" * 8000])
def test_no_cookie_header_breaks_the_reader(header: str) -> None:
    assert isinstance(parse_cookies(header), dict)


def test_header_names_come_in_lower_case() -> None:
    headers = Headers({"X-Name": "Value"})
    assert dict(zip(headers, ["Value"], strict=True)) == {"x-name": "Value"}
    assert len(headers) == 1
