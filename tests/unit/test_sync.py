"""The guard, and codes that two sources would share."""

import pytest

from bot.core.catalogue import Dataset
from gateway.syncing.guard import Shrinkage, measure
from gateway.syncing.reading import Listed, tell_apart

GUARD = {
    "first sync": (0, 5, Shrinkage.NONE),
    "growth": (100, 150, Shrinkage.NONE),
    "as many": (100, 100, Shrinkage.NONE),
    "2 % fewer": (100, 98, Shrinkage.NONE),
    "3 % fewer": (100, 97, Shrinkage.WARN),
    "10 % fewer": (100, 90, Shrinkage.WARN),
    "11 % fewer": (100, 89, Shrinkage.ASK),
    "half": (100, 50, Shrinkage.ASK),
    "less than half": (100, 49, Shrinkage.HALT),
    "one of two": (2, 1, Shrinkage.ASK),
    "one of three": (3, 1, Shrinkage.HALT),
    "nothing left": (100, 0, Shrinkage.HALT),
    "nothing at the first sync": (0, 0, Shrinkage.HALT),
}


@pytest.mark.parametrize(("before", "after", "serious"), GUARD.values(), ids=GUARD)
def test_the_guard_weighs_what_is_lost(before, after, serious):
    assert measure(before, after) is serious


def listed(*codes: str) -> list[Listed]:
    return [Listed(dataset=Dataset(code=code, title=f"Tập {code}")) for code in codes]


def apart(*codes: str, taken=(), known=(), origin="csv\na\nhue") -> list[str]:
    return [each.dataset.code for each in tell_apart(listed(*codes), taken, origin=origin, known=known)]


def test_a_code_of_another_source_gets_an_ending_of_its_own_source():
    first, again = (apart("01", "02", taken={"01"}) for _ in range(2))
    elsewhere = apart("01", "02", taken={"01"}, origin="csv\nb\nhue")
    assert first == again
    assert first[1] == "02"
    assert len({"01", first[0], elsewhere[0]}) == 3


def test_a_code_with_an_ending_keeps_it_when_the_other_source_lets_go():
    (own,) = apart("01", taken={"01"})
    assert apart("01", known={own}) == [own]
    assert apart("01", known={"01"}) == ["01"]
