"""Parts and price of an SMS are known before it leaves: as many as a handset's own count bills, on every kind of text."""

import os
from collections import Counter

import pytest

from bot.core.messages import Choice, Reply
from bot.core.price import Cost, foresee
from bot.core.text import unaccent
from bot.wording.speech import Speech
from gateway.forms import SMS, WEB
from gateway.price import foresee_reply
from gateway.render import render
from simulator.sms.phone import is_plain, parts
from tests.support.odd_texts import odd_texts
from tests.support.talk import SHARED, content

EACH = 300
TEXTS = 10_000
SOAK_TEXTS = int(os.environ.get("PRICED_TEXTS", "100000"))
SPEECH = Speech(content=content(), language="vi", account=SHARED)
CHOICES = tuple(Choice(label=f"Diện tích rừng năm {2015 + number}", value=f"x:{number}") for number in range(3))


def billed(text: str) -> Cost:
    """What the double of a provider bills for ``text``; it counts by itself."""
    count = parts(text)
    return Cost(encoding="gsm7" if is_plain(text) else "ucs2", segments=count, price=count * EACH)


def price(number: int, *, seed: int) -> Counter[tuple[str, int]]:
    """Compare the two on so many texts, each as it is and as an answer of ours; how many there were of each kind."""
    kinds: Counter[tuple[str, int]] = Counter()
    for place, text in enumerate(odd_texts(number, seed=seed)):
        cost = foresee(text, each=EACH)
        assert cost == billed(text), repr(text)
        kinds[cost.encoding, cost.segments] += 1
        if place % 4 == 0:
            reply = Reply(text=text, brief=text if place % 8 else None, choices=CHOICES[: place % 3])
            foreseen = foresee_reply(reply, SMS, SPEECH, each=EACH)
            for accents, answer in ((False, foreseen.unaccented), (True, foreseen.accented)):
                (part,) = render(reply, SMS, SPEECH, accents=accents)
                assert answer == billed(part.text), repr(text)
                assert answer.segments <= 2
    return kinds


def test_parts_and_price_are_those_of_the_handset_on_texts_of_every_kind():
    kinds = price(TEXTS, seed=1)
    assert {*kinds} >= {(encoding, segments) for encoding in ("gsm7", "ucs2") for segments in (1, 2, 3, 4)}
    assert min(kinds[encoding, segments] for encoding in ("gsm7", "ucs2") for segments in (1, 2, 3)) > TEXTS // 100


@pytest.mark.soak
def test_parts_and_price_are_those_of_the_handset_on_a_hundred_thousand_texts():
    kinds = price(SOAK_TEXTS, seed=2)
    assert kinds.total() == SOAK_TEXTS
    print(f"\n{SOAK_TEXTS:,} texts: {dict(sorted(kinds.items()))}")


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        pytest.param("a" * 160, 1, id="a full part"),
        pytest.param("a" * 161, 2, id="a septet more"),
        pytest.param("a" * 152 + "{" + "a" * 151, 2, id="an escape pair moves on whole and leaves room behind"),
        pytest.param("a" * 152 + "{" + "a" * 152, 3, id="an escape pair moves on whole and leaves too little"),
        pytest.param("ệ" * 70, 1, id="a full part of UCS-2"),
        pytest.param("ệ" * 66 + "😀" + "ệ" * 66, 3, id="a surrogate pair moves on whole"),
        pytest.param("", 1, id="nothing is billed as one"),
    ],
)
def test_a_price_is_that_of_each_part_begun(text: str, segments: int):
    encoding = "ucs2" if "ệ" in text else "gsm7"
    assert foresee(text, each=EACH) == Cost(encoding=encoding, segments=segments, price=segments * EACH)
    assert foresee(text, each=None).price is None
    assert foresee(text, each=0).price == 0


def test_diacritics_are_said_to_cost_more_and_only_where_they_are_kept():
    short, long = "Quảng Ngãi – dân số: 2.161.755 người. " * 2, "Quảng Ngãi – dân số: 2.161.755 người. " * 6
    foreseen = foresee_reply(Reply(text=short, brief=short), SMS, SPEECH, each=EACH)
    assert (foreseen.unaccented.price, foreseen.accented.price) == (EACH, 2 * EACH)
    assert (foreseen.unaccented.encoding, foreseen.accented.encoding) == ("gsm7", "ucs2")
    foreseen = foresee_reply(Reply(text=long, brief=long), SMS, SPEECH, each=EACH)
    assert foreseen.accented == foreseen.unaccented == foresee(unaccent(long).strip(), each=EACH)


def test_what_is_no_sms_has_no_such_price():
    with pytest.raises(ValueError, match="only SMS"):
        foresee_reply(Reply(text="a"), WEB, SPEECH, each=EACH)


def test_a_handset_that_counts_in_octets_only_would_be_found_out():
    """The comparison can fail: a count that divides pairs differs on these texts."""
    careless = sum(-(-len(text.encode("utf-16-be")) // 134) != parts(text) for text in odd_texts(2000, seed=3))
    assert careless > 100
