"""How long a listener waits after trouble."""

from random import Random

import pytest

from bot.core.errors import StoreUnavailableError
from gateway.errors import MisconfiguredError, ThrottledError, UnreachableError
from gateway.listening import LONGEST_PAUSE, pause_after


class Least(Random):
    """Chance that always gives the least."""

    def random(self) -> float:
        return 0.0


class Most(Random):
    """Chance that always gives the most."""

    def random(self) -> float:
        return 1.0


TROUBLE = (UnreachableError("away"), StoreUnavailableError("locked"), KeyError("a bug"))


@pytest.mark.parametrize("error", TROUBLE, ids=lambda error: type(error).__name__)
def test_no_trouble_is_answered_by_asking_again_at_once(error: Exception):
    assert all(pause_after(error, tries, jitter=Least()) >= 0.5 for tries in range(1, 100))


@pytest.mark.parametrize("error", TROUBLE, ids=lambda error: type(error).__name__)
def test_pauses_grow_to_a_minute_and_no_further(error: Exception):
    pauses = [pause_after(error, tries, jitter=Most()) for tries in range(1, 100)]
    assert pauses[:7] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_PAUSE]
    assert set(pauses[7:]) == {LONGEST_PAUSE}


def test_what_only_an_administrator_can_mend_is_not_hammered():
    assert pause_after(MisconfiguredError("wrong token"), 1, jitter=Least()) == LONGEST_PAUSE


@pytest.mark.parametrize(("asked", "waited"), [(7.0, 7.0), (0.0, 1.0), (-3.0, 1.0)])
def test_a_provider_that_asks_for_a_pause_gets_it(asked: float, waited: float):
    assert pause_after(ThrottledError("slower", after=asked), 1, jitter=Least()) == waited
