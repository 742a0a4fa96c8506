"""A session proves that we gave it, and nothing else is one."""

import pytest

from gateway.session import BOUND_COOKIE, COOKIE, cookie_headers, find, issue, verify

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
    (header,) = cookie_headers(GIVEN, secure=secure, known={})
    value, *attributes = header.split("; ")
    assert value == f"{COOKIE}={GIVEN}"
    assert set(attributes) == {"Max-Age=15552000", "Path=/", "HttpOnly"} | rules


def test_by_https_the_name_is_one_that_no_other_host_can_set_and_the_former_goes():
    new, gone = cookie_headers(GIVEN, secure=True, bound=True, known={COOKIE: GIVEN})
    assert new.startswith(f"__Host-tracuu_session={GIVEN}; Max-Age=15552000; Path=/; HttpOnly; SameSite=None; Secure;")
    assert gone == "tracuu_session=; Max-Age=0; Path=/; HttpOnly; SameSite=None; Secure; Partitioned"


def test_who_has_the_better_name_keeps_it_and_has_one_cookie():
    (kept,) = cookie_headers(GIVEN, secure=True, bound=False, known={BOUND_COOKIE: GIVEN})
    assert kept.startswith(BOUND_COOKIE)


def test_a_session_of_before_is_still_one():
    assert find({COOKIE: GIVEN}) == GIVEN
    assert find({BOUND_COOKIE: GIVEN, COOKIE: "other"}) == GIVEN
    assert find({}) == ""
