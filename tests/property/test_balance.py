"""Whatever the accounts show, in whatever order: weights are parts of a hundred, turn slowly and find back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.balance import LIMITS, Reason, Seen, at_rest, choose, step

MEMBERS = (("kannel", "8179"), ("sms", "esms"), ("sms", "vcom"), ("sms", "classic"))
START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SEEN = st.builds(
    Seen,
    errors=st.sampled_from([0, 1, 9, 10, 51, 400]),
    tries=st.sampled_from([0, 10, 20, 1000]),
    taken=st.sampled_from([0, 39, 40, 1000]),
    late=st.sampled_from([0, 6, 39, 150]),
)


@st.composite
def pools(draw: st.DrawFn) -> dict:
    count = draw(st.integers(2, len(MEMBERS)))
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=count - 1, max_size=count - 1)))
    parts = [upper - lower for lower, upper in zip([0, *cuts], [*cuts, 100], strict=True)]
    return dict(zip(MEMBERS, parts, strict=False))


@given(
    weights=pools(),
    history=st.lists(st.tuples(st.lists(SEEN, min_size=4, max_size=4), st.integers(1, 1200)), max_size=60),
)
def test_weights_stay_parts_of_a_hundred_return_slowly_and_find_back(weights, history):
    balance, now = at_rest(weights), START
    given_at: dict = {}
    for seen, seconds in history:
        now += timedelta(seconds=seconds)
        before = balance.weights
        taken = step(balance, dict(zip(MEMBERS, seen, strict=True)), now=now)
        if taken is None:
            continue
        balance, reason = taken
        assert sum(balance.weights.values()) == 100
        assert all(weight >= 0 for weight in balance.weights.values())
        for member, weight in balance.weights.items():
            if weight > before[member]:
                assert now - given_at.get(member, START - LIMITS.quiet) >= LIMITS.quiet
            if weight < before[member] and reason is not Reason.DRIFT:
                assert before[member] - weight <= LIMITS.points
                given_at[member] = now
    for _ in range(4 * 10):
        now += LIMITS.quiet
        taken = step(balance, {}, now=now)
        balance = balance if taken is None else taken[0]
    assert balance.weights == weights


@given(weights=pools(), draw=st.floats(0, 1, exclude_max=True))
def test_an_account_without_weight_is_never_chosen_beside_one_that_has_some(weights, draw):
    chosen = choose(weights, tuple(weights), draw)
    assert weights[chosen] > 0
