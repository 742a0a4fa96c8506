"""The guard, and codes that two sources would share."""

import pytest

from bot.core.catalogue import Dataset
from gateway.sync import Shrinkage, measure, tell_apart

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


def test_a_code_of_another_source_gets_an_ending_of_its_own_source():
    mine = [Dataset(code="01", title="Lúa"), Dataset(code="02", title="Ngô")]
    first, again = (tell_apart(mine, {"01"}, origin="csv\na\nhue") for _ in range(2))
    elsewhere = tell_apart(mine, {"01"}, origin="csv\nb\nhue")
    assert first == again
    assert [d.title for d in first] == ["Lúa", "Ngô"]
    assert first[1].code == "02"
    assert len({"01", first[0].code, elsewhere[0].code}) == 3
