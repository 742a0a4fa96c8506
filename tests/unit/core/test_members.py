"""One-time codes: easy to read aloud, told from words, and never from questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.answer_code import ALPHABET, is_code
from bot.core.budget import Allowance, Usage
from bot.core.members import BEGINNING, CODE_LENGTH, attempt_at, looks_like_invitation, make_invitation_code

ALLOWED = Allowance(users=50, messages=3000)


@given(st.text(min_size=1, max_size=40))
def test_every_code_has_its_check_and_no_look_alikes_and_is_taken_for_one(secret: str) -> None:
    code = make_invitation_code(secret)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(ALPHABET)
    assert is_code(code)
    assert looks_like_invitation(code.lower())


@given(st.text(min_size=1, max_size=40), st.integers(0, CODE_LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_code_with_one_wrong_symbol_is_no_code_of_ours(secret: str, place: int, symbol: str) -> None:
    code = make_invitation_code(secret)
    wrong = code[:place] + symbol + code[place + 1 :]
    assert is_code(wrong) == (wrong == code)


@given(st.text(min_size=1, max_size=40), st.integers(0, CODE_LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_slip_of_the_finger_is_no_attempt_at_an_invitation(secret: str, place: int, symbol: str) -> None:
    code = make_invitation_code(secret)
    wrong = code[:place] + symbol + code[place + 1 :]
    assert attempt_at(wrong.lower()) == (code[:BEGINNING] if wrong == code else "")
    assert attempt_at("") == attempt_at(f"{code}2") == ""


@pytest.mark.parametrize("text", ["", "khai thác", "012345678", "chungthuc", "7KQ2M4HX", "7KQ2M4HXAB", "7kq2m4hxế"])
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    assert not looks_like_invitation(text)


@pytest.mark.parametrize(
    ("received", "sent", "users", "level"),
    [
        (0, 0, 0, 0),
        (1200, 1199, 39, 0),
        (1200, 1200, 0, 80),
        (0, 0, 40, 80),
        (1500, 1499, 49, 80),
        (3000, 0, 0, 100),
        (0, 3000, 0, 100),
        (0, 0, 50, 100),
        (4000, 0, 60, 100),
    ],
)
def test_the_level_is_that_of_whatever_is_nearer_to_its_end(received: int, sent: int, users: int, level: int) -> None:
    assert Usage(month="2026-11", received=received, sent=sent, users=users).level(ALLOWED) == level
