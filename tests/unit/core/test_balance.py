"""Weights between accounts: they follow the table, and nothing makes them flap."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.balance import Balance, Reason, Seen, Share, at_rest, choose, step

A, B, C = ("kannel", "8179"), ("sms", "esms"), ("sms", "vcom")
START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FAILING, SLOW, WELL = Seen(errors=51, tries=500), Seen(taken=100, late=15), Seen(tries=30, taken=450)


def rest() -> Balance:
    return at_rest({A: 51, B: 49})


def moved(balance: Balance, seen: dict, at: datetime = START) -> tuple[int, ...]:
    taken = step(balance, seen, now=at)
    return tuple((balance if taken is None else taken[0]).weights.values())


@pytest.mark.parametrize(
    ("seen", "weights"),
    [
        ({A: Seen(errors=51, tries=5000)}, (41, 59)),
        ({A: Seen(errors=50, tries=5000)}, (51, 49)),
        ({A: Seen(errors=30, tries=30)}, (41, 59)),
        ({A: Seen(errors=10, tries=20)}, (41, 59)),
        ({A: Seen(errors=10, tries=21)}, (51, 49)),
        ({A: Seen(errors=7, tries=7)}, (51, 49)),
        ({A: Seen(errors=1, tries=1)}, (51, 49)),
        ({A: SLOW}, (41, 59)),
        ({A: Seen(taken=100, late=14)}, (51, 49)),
        ({A: Seen(taken=39, late=39)}, (51, 49)),
        ({A: SLOW, B: SLOW}, (51, 49)),
        ({A: FAILING, B: FAILING}, (51, 49)),
        ({A: FAILING, B: SLOW}, (51, 49)),
        ({B: FAILING}, (61, 39)),
        ({}, (51, 49)),
    ],
    ids=[
        "more than 50 errors",
        "50 errors of many",
        "30 a minute that all fail",
        "ten errors, half of the tries",
        "ten errors, less than half",
        "one message tried for a minute",
        "a single error",
        "15 in 100 slow",
        "14 in 100 slow",
        "too few to be called slow",
        "both slow",
        "both fail",
        "one fails, the other is slow",
        "the other fails",
        "nothing seen",
    ],
)
def test_what_is_seen_moves_the_weights_as_the_table_says(seen, weights):
    assert moved(rest(), seen) == weights


@pytest.mark.parametrize(
    ("seen", "pause", "reason"), [(FAILING, MINUTE, Reason.ERRORS), (SLOW, 5 * MINUTE, Reason.SLOW)]
)
def test_each_reason_moves_at_most_once_in_its_pause(seen, pause, reason):
    first, why = step(rest(), {A: seen}, now=START)
    assert why is reason
    assert step(first, {A: seen}, now=START + pause - SECOND) is None
    again, _ = step(first, {A: seen}, now=START + pause)
    assert again.weights == {A: 31, B: 69}


def test_no_weight_falls_below_nothing():
    balance = Balance(shares=(Share(member=A, weight=4, rest=51), Share(member=B, weight=96, rest=49)))
    assert moved(balance, {A: FAILING}) == (0, 100)
    assert moved(Balance(shares=(replace(balance.shares[0], weight=0), balance.shares[1])), {A: FAILING}) == (4 - 4, 96)


def test_after_a_quiet_quarter_of_an_hour_weights_drift_back_and_stop_at_rest():
    balance, _ = step(rest(), {A: FAILING}, now=START)
    balance, _ = step(balance, {A: FAILING}, now=START + MINUTE)
    quiet = START + 16 * MINUTE
    assert step(balance, {}, now=quiet - SECOND) is None
    balance, why = step(balance, {}, now=quiet)
    assert (why, balance.weights) == (Reason.DRIFT, {A: 41, B: 59})
    assert step(balance, {}, now=quiet + 14 * MINUTE) is None
    balance, _ = step(balance, {}, now=quiet + 15 * MINUTE)
    assert balance.weights == {A: 51, B: 49}
    assert step(balance, {}, now=quiet + timedelta(days=1)) is None


def test_nothing_drifts_back_to_what_is_still_in_trouble():
    balance, _ = step(rest(), {A: FAILING}, now=START)
    drained = replace(balance, shares=(replace(balance.shares[0], weight=0), replace(balance.shares[1], weight=100)))
    assert step(drained, {A: FAILING}, now=START + timedelta(hours=1)) is None


def test_what_fails_again_when_it_is_tried_again_loses_its_points_at_once():
    balance, _ = step(rest(), {A: FAILING}, now=START)
    balance, _ = step(balance, {}, now=START + 15 * MINUTE)
    assert moved(balance, {A: FAILING}, START + 15 * MINUTE + SECOND) == (41, 59)


def test_points_do_not_go_back_to_an_account_that_has_just_lost_them():
    balance, _ = step(rest(), {A: FAILING}, now=START)
    assert step(balance, {B: FAILING}, now=START + 14 * MINUTE) is None
    back, _ = step(balance, {B: FAILING}, now=START + 15 * MINUTE)
    assert back.weights == {A: 51, B: 49}


def test_the_points_of_one_are_spread_over_the_others_that_are_well():
    pool = at_rest({A: 40, B: 30, C: 30})
    assert moved(pool, {A: FAILING}) == (30, 35, 35)
    assert moved(pool, {A: FAILING, B: FAILING}) == (30, 20, 50)
    assert moved(pool, {A: FAILING, B: SLOW}) == (30, 30, 40)


def test_a_clock_that_was_ahead_holds_no_step_up():
    balance, _ = step(rest(), {A: FAILING}, now=START + timedelta(days=1))
    assert moved(balance, {A: FAILING}) == (31, 69)


def test_weights_that_are_no_parts_of_a_hundred_are_refused():
    for weights in ({A: 50, B: 49}, {A: 110, B: -10}):
        with pytest.raises(ValueError, match="parts of 100"):
            at_rest(weights)


@pytest.mark.parametrize(
    ("draw", "among", "chosen"),
    [
        (0.0, (A, B), A),
        (0.509, (A, B), A),
        (0.511, (A, B), B),
        (0.999, (A, B), B),
        (0.9, (A,), A),
        (0.5, (C,), C),
        (0.5, (), None),
    ],
)
def test_an_account_is_chosen_in_proportion_to_its_weight(draw, among, chosen):
    assert choose(rest().weights, among, draw) == chosen


@dataclass
class Day:
    """Twenty-four hours at a look every ten seconds: what moved, and when."""

    steps: list[tuple[datetime, Reason, Balance]]
    balance: Balance

    def directions(self) -> list[tuple[datetime, int]]:
        """When points went towards the first account (+1) or away from it (-1)."""
        known, found = 51, []
        for at, _, balance in self.steps:
            weight = balance.weights[A]
            found.append((at, 1 if weight > known else -1))
            known = weight
        return found

    def reversals(self) -> list[timedelta]:
        """How long after points had left an account in trouble they began to return to it."""
        left = {at for at, reason, _ in self.steps if reason is not Reason.DRIFT}
        pairs = itertools.pairwise(self.directions())
        return [later - earlier for (earlier, one), (later, other) in pairs if one != other and earlier in left]


def live(seen_at: Callable[[timedelta], dict]) -> Day:
    balance, steps = rest(), []
    for look in range(24 * 360):
        at = START + look * 10 * SECOND
        taken = step(balance, seen_at(at - START), now=at)
        if taken is not None:
            balance, reason = taken
            assert sum(balance.weights.values()) == 100
            assert all(weight >= 0 for weight in balance.weights.values())
            steps.append((at, reason, balance))
    return Day(steps=steps, balance=balance)


def within(age: timedelta, first_hour: float, last_hour: float) -> bool:
    return timedelta(hours=first_hour) <= age < timedelta(hours=last_hour)


def test_s8_a_burst_of_errors_moves_the_weights_and_they_come_back():
    day = live(lambda age: {A: FAILING if within(age, 6, 6.05) else WELL, B: WELL})
    assert [reason for _, reason, _ in day.steps] == [Reason.ERRORS] * 3 + [Reason.DRIFT] * 3
    assert day.balance.weights == {A: 51, B: 49}
    assert day.reversals() == [15 * MINUTE]


def test_s8_an_outage_of_two_hours_drains_the_account_once():
    day = live(lambda age: {A: FAILING if within(age, 6, 8) else WELL, B: WELL})
    assert min(balance.weights[A] for _, _, balance in day.steps) == 0
    assert len(day.reversals()) == 1
    assert day.balance.weights == {A: 51, B: 49}


def test_s8_slow_receipts_move_ten_points_every_five_minutes():
    day = live(lambda age: {A: SLOW if within(age, 6, 6.25) else WELL, B: WELL})
    slow = [at for at, reason, _ in day.steps if reason is Reason.SLOW]
    assert [later - earlier for earlier, later in itertools.pairwise(slow)] == [5 * MINUTE] * 2
    assert day.balance.weights == {A: 51, B: 49}


def test_s8_when_both_are_slow_nothing_moves():
    assert live(lambda age: {A: SLOW, B: SLOW} if within(age, 6, 12) else {A: WELL, B: WELL}).steps == []


def test_s8_a_single_error_an_hour_moves_nothing():
    assert live(lambda age: {A: Seen(errors=1, tries=1) if age % timedelta(hours=1) < MINUTE else WELL}).steps == []


def test_s8_at_low_volume_a_few_switched_off_handsets_move_nothing():
    assert live(lambda _: {A: Seen(tries=1, taken=15, late=5), B: Seen(tries=1, taken=14)}).steps == []


def test_s8_at_low_volume_an_account_that_fails_altogether_loses_its_weight():
    day = live(lambda age: {A: Seen(errors=12, tries=12) if age >= timedelta(hours=20) else WELL, B: WELL})
    assert day.balance.weights == {A: 0, B: 100}


def test_s8_an_account_that_fails_whenever_it_is_tried_again_is_tried_four_times_an_hour():
    day = live(lambda age: {A: FAILING if age // MINUTE % 20 < 3 else WELL, B: WELL})
    assert all(pause >= 15 * MINUTE for pause in day.reversals())
    assert len(day.reversals()) <= 24 * 4


@pytest.mark.parametrize("period", [2, 3, 5, 7, 11, 13, 16, 29, 45], ids=lambda minutes: f"{minutes} min")
@pytest.mark.parametrize("trouble", [FAILING, SLOW], ids=["errors", "slow"])
def test_s8_trouble_that_goes_from_one_to_the_other_never_makes_the_weights_flap(trouble, period):
    def seen(age: timedelta) -> dict:
        first = (age // (period * MINUTE)) % 2 == 0
        return {A: trouble if first else WELL, B: WELL if first else trouble}

    day = live(seen)
    assert day.steps
    assert all(pause >= 15 * MINUTE for pause in day.reversals())
    assert len(day.reversals()) <= 24 * 4
