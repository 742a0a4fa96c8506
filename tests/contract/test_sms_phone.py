"""What the double's telephone bills is what the standard says: three counts that share nothing agree."""

import smsutil
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.sms import count
from simulator.sms import phone

LETTERS = st.sampled_from("aZ09 àèé@£€^{}[]~|\\\n\fđắươ–“”😀ß¡Ω_")
TEXTS = st.one_of(st.text(LETTERS, max_size=400), st.text(max_size=200))


@given(TEXTS)
@example("a" * 160)
@example("a" * 161)
@example("a" * 159 + "{")
@example("a" * 152 + "{" + "a" * 8)
@example("đ" * 70)
@example("đ" * 71)
@example("đ" * 66 + "😀" + "đ" * 4)
@example("")
def test_the_parts_of_a_text_are_those_that_we_predict(text: str) -> None:
    assert phone.parts(text) == count(text).segments
    assert phone.is_plain(text) == (count(text).encoding == "gsm7")


@given(st.text(LETTERS, min_size=1, max_size=400))
@example("a" * 152 + "{" + "a" * 8)
@example("đ" * 66 + "😀" + "đ" * 4)
def test_the_parts_of_a_text_are_those_of_another_library(text: str) -> None:
    assert phone.parts(text) == len(smsutil.split(text).parts)


def test_a_letter_outside_arrives_as_a_question_mark() -> None:
    assert phone.in_plain("Dân số {x} €") == "D?n s? {x} €"


def test_numbers_have_one_spelling() -> None:
    spellings = ("0912345678", "84912345678", "+84912345678")
    assert {phone.international(number) for number in spellings} == {"+84912345678"}
    assert phone.is_mobile("+84912345678")
    assert not any(phone.is_mobile(number) for number in ("+84255382222", "+8491234567", "VIETTEL", "8179"))
