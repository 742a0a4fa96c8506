"""Codes that people read aloud and type back."""

import pytest

from bot.core.answer_code import ALPHABET, LONGEST, SHORTEST, is_code, make_code, normalise_code


@pytest.mark.parametrize(("length", "code"), [(5, "4GDP8"), (6, "JWFGD8"), (9, "D3CK2APPU")])
def test_an_answer_keeps_its_code_for_ever(length: int, code: str) -> None:
    """Codes were sent to people: this table may grow, never change."""
    assert make_code("dan-so/2025/row-51", length) == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("4GDP8", True, id="as printed"),
        pytest.param("4gdp8", True, id="lower case"),
        pytest.param("  4gDp8\n", True, id="space around"),
        pytest.param("JWFGD8", True, id="a longer one"),
        pytest.param("4GDP9", False, id="wrong check symbol"),
        pytest.param("4GPD8", False, id="two symbols exchanged"),
        pytest.param("4G DP8", False, id="space inside"),
        pytest.param("4GD8", False, id="too short"),
        pytest.param("22222", False, id="sum is right, no letter"),
        pytest.param("AAADX", False, id="sum is right, no digit"),
        pytest.param("222222222A", False, id="too long"),
        pytest.param("4GDPS", False, id="look-alike symbol"),
        pytest.param("dân số 5", False, id="a question"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_code_is_recognised_by_its_check_symbol(text: str, expected: bool) -> None:
    assert is_code(text) is expected


def test_a_code_is_stored_in_capitals() -> None:
    assert normalise_code(" 4gdp8 ") == "4GDP8"


@pytest.mark.parametrize("length", [SHORTEST - 1, LONGEST + 1])
def test_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="5 to 9"):
        make_code("x", length)


def test_the_alphabet_is_a_prime_number_of_symbols_without_look_alikes() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 29
    assert not set(ALPHABET) & set("01ILOSZ")


def test_codes_spread_over_the_whole_range() -> None:
    codes = {make_code(f"answer {number}") for number in range(2_000)}
    assert len(codes) > 1_980
    assert set("".join(codes)) == set(ALPHABET)
