"""A session proves that we gave it, and nothing else is one."""

import pytest

from gateway.session import COOKIE, cookie_header, issue, verify

KEY = b"0123456789abcdef0123456789abcdef"
ENTROPY = bytes(range(16))
USER = ENTROPY.hex()
GIVEN = issue(ENTROPY, KEY)
VERSION, _, SIGNATURE = GIVEN.split(".")


def test_a_session_we_gave_names_its_person() -> None:
    assert verify(GIVEN, KEY) == USER


@pytest.mark.parametrize(
    ("value", "key"),
    [
        pytest.param(GIVEN, b"another key of thirty-two bytes.", id="signed with another key"),
        pytest.param(f"{VERSION}.{'f' * 32}.{SIGNATURE}", KEY, id="the signature of another person"),
        pytest.param(f"{VERSION}.{USER}.{'0' * 64}", KEY, id="a guessed signature"),
        pytest.param(f"v2.{USER}.{SIGNATURE}", KEY, id="another version"),
        pytest.param(GIVEN.upper(), KEY, id="upper case"),
        pytest.param(f"{GIVEN}\n", KEY, id="a line end behind it"),
        pytest.param(f" {GIVEN}", KEY, id="a space before it"),
        pytest.param(f"{VERSION}.{USER}", KEY, id="no signature"),
        pytest.param(f"{VERSION}.{USER}.{'٣' * 64}", KEY, id="digits of another script"),
        pytest.param("", KEY, id="nothing"),
        pytest.param("v1." * 100_000, KEY, id="very long"),
    ],
)
def test_anything_else_is_nobody(value: str, key: bytes) -> None:
    assert verify(value, key) is None


def test_a_short_id_is_not_issued() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        issue(b"short", KEY)


@pytest.mark.parametrize(
    ("secure", "rules"),
    [
        pytest.param(False, {"SameSite=Lax"}, id="on plain http"),
        pytest.param(True, {"SameSite=None", "Secure", "Partitioned"}, id="on https, in a frame too"),
    ],
)
def test_the_cookie_is_out_of_reach_of_scripts_and_lasts_half_a_year(secure: bool, rules: set[str]) -> None:
    value, *attributes = cookie_header(GIVEN, secure=secure).split("; ")
    assert value == f"{COOKIE}={GIVEN}"
    assert set(attributes) == {"Max-Age=15552000", "Path=/", "HttpOnly"} | rules
