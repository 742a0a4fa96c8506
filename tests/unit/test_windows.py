"""Windows of a provider: whatever comes in whatever order, none is exceeded, and nobody waits for nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import Address
from gateway.channel import AccountSettings, Capabilities, Channel, Pace, Parsed, Presence, Window
from gateway.limits import Bucket, pace_of

START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
AN, BINH = (Address(channel="x", account="main", user=user) for user in ("an", "binh"))
GROUP = Address(channel="x", account="main", user="-100")
PEOPLE = (AN, BINH, GROUP)


def of_person(address: Address) -> tuple[Window, ...]:
    return (
        (Window(units=4, seconds=20),) if address is GROUP else (Window(units=2, seconds=1), Window(units=5, seconds=9))
    )


PACE = Pace(windows=(Window(units=5, seconds=1), Window(units=17, seconds=10)), bulk=0.6, person=of_person)

Went = tuple[datetime, int, bool, Address]


def fullest(went: Iterable[tuple[datetime, int]], window: Window) -> int:
    """The most units within the window, whenever it begins."""
    ordered = sorted(went)
    length = timedelta(seconds=window.seconds)
    return max((sum(cost for at, cost in ordered if begin <= at < begin + length) for begin, _ in ordered), default=0)


ATTEMPT = st.tuples(
    st.integers(0, 900),  # ms since the one before
    st.integers(1, 3),  # units
    st.booleans(),  # bulk
    st.sampled_from(PEOPLE),
    st.integers(0, 15_000),  # ms until the answer
    st.floats(0, 1),  # when in between the provider counts it
)


def offer(attempts: list[tuple[int, int, bool, Address, int, float]]) -> list[Went]:
    """What went of these attempts, with the moments at which the provider counted it."""
    bucket, now, went = Bucket(PACE), START, []
    answers: list[tuple[datetime, int]] = []
    for pause, cost, bulk, address, length, share in attempts:
        now += timedelta(milliseconds=pause)
        for at, ticket in sorted(answer for answer in answers if answer[0] <= now):
            bucket.done(ticket, at)
        answers = [answer for answer in answers if answer[0] > now]
        if bucket.wait(now, cost, bulk=bulk) or bucket.rest(now, address, cost):
            continue
        taken = timedelta(milliseconds=length)
        answers.append((now + taken, bucket.take(now, cost, bulk=bulk, to=address)))
        went.append((now + taken * share, cost, bulk, address))
    return went


@given(st.lists(ATTEMPT, max_size=120))
def test_no_window_is_exceeded_by_any_sequence(attempts):
    went = offer(attempts)
    for window in PACE.windows:
        assert fullest(((at, cost) for at, cost, _, _ in went), window) <= window.units
        assert fullest(((at, cost) for at, cost, bulk, _ in went if bulk), window) <= int(window.units * PACE.bulk)
    for address in PEOPLE:
        for window in of_person(address):
            # what costs more than a person's window goes alone
            mine = [(at, min(cost, window.units)) for at, cost, _, whose in went if whose is address]
            assert fullest(mine, window) <= window.units


@given(st.lists(ATTEMPT, max_size=60))
def test_whoever_is_told_to_wait_may_go_after_that(attempts):
    bucket, now = Bucket(PACE), START
    for pause, cost, bulk, address, _, _ in attempts:
        now += timedelta(milliseconds=pause)
        now += max(bucket.wait(now, cost, bulk=bulk), bucket.rest(now, address, cost))
        assert not bucket.wait(now, cost, bulk=bulk)
        assert not bucket.rest(now, address, cost)
        bucket.done(bucket.take(now, cost, bulk=bulk, to=address), now)


def test_the_share_of_bulk_is_free_for_answers_and_not_the_other_way_round():
    bucket = Bucket(Pace(windows=(Window(units=100, seconds=60),), bulk=0.6))
    assert (bucket.room(START), bucket.room(START, bulk=True)) == (100, 60)
    for _ in range(60):
        bucket.done(bucket.take(START, bulk=True), START)
    assert (bucket.room(START), bucket.room(START, bulk=True)) == (40, 0)
    for _ in range(40):
        bucket.done(bucket.take(START), START)
    assert bucket.room(START) == 0
    assert (bucket.room(START + 60 * SECOND), bucket.room(START + 60 * SECOND, bulk=True)) == (100, 60)


def test_the_fullest_window_tells_how_full_it_is():
    bucket = Bucket(PACE)
    assert bucket.fullness(START) == Bucket(Pace()).fullness(START) == 0
    bucket.done(bucket.take(START, 4), START)
    assert bucket.fullness(START) == 4 / 5
    assert bucket.fullness(START + SECOND) == 4 / 17


def test_a_share_is_what_the_product_says_whatever_floats_make_of_it():
    assert Bucket(Pace(windows=(Window(units=100),), bulk=0.29)).room(START, bulk=True) == 29


def test_after_somebody_else_each_window_passes_for_everybody_and_each_person():
    bucket = Bucket(PACE)
    bucket.fill(START)
    assert bucket.wait(START) == 10 * SECOND
    assert bucket.wait(START + 10 * SECOND, bulk=True) == timedelta(0)
    assert bucket.rest(START + 10 * SECOND, GROUP) == 10 * SECOND
    assert bucket.rest(START + 10 * SECOND, AN) == timedelta(0)


def test_a_silence_towards_one_person_is_theirs_alone():
    bucket = Bucket(Pace())
    bucket.close(START, 30 * SECOND, AN)
    assert bucket.rest(START + 29 * SECOND, AN) == SECOND
    assert bucket.rest(START, BINH) == bucket.wait(START) == timedelta(0)
    assert bucket.rest(START + 30 * SECOND, AN) == timedelta(0)


def test_people_to_whom_nothing_went_lately_are_forgotten():
    bucket = Bucket(Pace(person=lambda _: (Window(units=1),)))
    now = START
    for number in range(50_000):
        now += SECOND / 100
        address = Address(channel="x", account="main", user=str(number))
        bucket.done(bucket.take(now, to=address), now)
        bucket.close(now, SECOND, address)
    assert len(bucket._people) <= 2500


def test_a_part_counts_until_a_window_after_its_answer_in_each_of_them():
    bucket = Bucket(Pace(windows=(Window(units=1, seconds=60),), person=lambda _: (Window(units=1, seconds=90),)))
    ticket = bucket.take(START, to=AN)
    bucket.done(ticket, START + 15 * SECOND)
    bucket.done(ticket, START + 20 * SECOND)
    assert bucket.wait(START + 74 * SECOND) == SECOND
    assert bucket.wait(START + 75 * SECOND) == timedelta(0)
    assert bucket.rest(START + 75 * SECOND, AN) == 30 * SECOND


def test_a_clock_set_back_neither_gives_nor_takes_room_in_any_window():
    bucket, earlier = Bucket(PACE), START - 7200 * SECOND
    for _ in range(2):
        bucket.done(bucket.take(START, bulk=True, to=AN), START)
    assert bucket.rest(earlier, AN) == SECOND
    assert bucket.room(earlier) == 3
    assert bucket.room(earlier + 10 * SECOND) == 5


def presence(*, rate: float | None, own: float | None, pace: Pace | None) -> Presence:
    channel = Channel(
        name="x",
        capabilities=Capabilities(limit=1, pages=1),
        settings=AccountSettings,
        verify=lambda _hook, _account: None,
        parse=lambda _hook, _account, _now: Parsed(),
        send=_send_nothing,
        rate=rate,
        pace=None if pace is None else lambda _: pace,
    )
    return Presence(channel=channel, account=AccountSettings(channel="x", account="main", rate=own))


async def _send_nothing(*_arguments: object) -> str:
    return ""


def test_a_rate_is_one_window_beside_those_of_the_channel():
    second, minute = Window(units=30), Window(units=100, seconds=60)
    assert pace_of(presence(rate=None, own=None, pace=None)).windows == ()
    assert pace_of(presence(rate=30, own=None, pace=None)).windows == (second,)
    assert pace_of(presence(rate=7, own=30, pace=None)).windows == (second,)
    assert pace_of(presence(rate=None, own=0.5, pace=None)).windows == (Window(units=1, seconds=2),)
    assert pace_of(presence(rate=None, own=30, pace=Pace(windows=(minute,)))).windows == (second, minute)
    assert pace_of(presence(rate=None, own=None, pace=Pace(windows=(minute,), bulk=0.6))).bulk == 0.6


def test_what_costs_more_than_one_of_the_windows_goes_alone_and_keeps_that_one_closed():
    bucket, sent, now = Bucket(Pace(windows=(Window(units=2), Window(units=100, seconds=60)))), [], START
    for _ in range(4):
        now += bucket.wait(now, 5)
        bucket.done(bucket.take(now, 5), now)
        sent.append(now)
    assert [later - earlier for earlier, later in pairwise(sent)] == [2.5 * SECOND] * 3
