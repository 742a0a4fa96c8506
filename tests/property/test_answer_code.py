"""What the check symbol promises."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.answer_code import ALPHABET, LONGEST, SHORTEST, is_code, make_code, normalise_code

IDENTITIES = st.text(st.characters(exclude_categories=()))
CODES = st.builds(make_code, IDENTITIES, st.integers(SHORTEST, LONGEST))


@given(IDENTITIES, st.integers(SHORTEST, LONGEST))
def test_a_code_is_the_same_each_time_and_well_formed(identity: str, length: int) -> None:
    code = make_code(identity, length)
    assert code == make_code(identity, length)
    assert len(code) == length
    assert is_code(code)
    assert is_code(code.lower())
    assert normalise_code(code.lower()) == code
    assert any(symbol.isdigit() for symbol in code)
    assert any(symbol.isalpha() for symbol in code)


@given(CODES)
def test_every_single_wrong_symbol_is_detected(code: str) -> None:
    for place, right in enumerate(code):
        for wrong in ALPHABET.replace(right, ""):
            assert not is_code(code[:place] + wrong + code[place + 1 :])


@given(CODES)
def test_every_exchange_of_neighbours_is_detected(code: str) -> None:
    for place in range(len(code) - 1):
        exchanged = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert exchanged == code or not is_code(exchanged)
