"""Laws of wordings, periods, deadlines and freshness."""

import csv
import itertools
import random
import re
import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.catalogue import Dataset
from bot.core.cycle import Cycle, UpdateCycle
from bot.core.cycle_periods import period_of, periods_between
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.freshness import State, freshness_of
from bot.cycles import load_cycles
from gateway.deployment import DATA
from tests.support.source import ROOT

CYCLES = load_cycles(DATA)
SIGNS_COUNT = re.compile(r"://|_|^-|^r?/?p\d|^r/pt", re.IGNORECASE)
SIGNS = [" ", "  ", ", ", " / ", "/", " - ", "; ", " (", ") ", ". "]
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
CODES = st.sampled_from(UpdateCycle)
DUES = st.none() | st.builds(
    DueWording,
    anchor=st.sampled_from(DueAnchor),
    offset_days=st.integers(0, 400),
    unit=st.sampled_from([DueUnit.CALENDAR, DueUnit.WORKING]),
    strictly_before=st.booleans(),
    day=st.integers(1, 31),
    month=st.none() | st.integers(1, 12),
    months_after=st.none() | st.integers(0, 1),
)
SEVERITY = [State.FRESH, State.DUE, State.LATE]


def wordings(name: str) -> list[str]:
    """Wordings of words, in which signs mean nothing."""
    rows = csv.DictReader((ROOT / "tests/data" / f"{name}.csv").read_text(encoding="utf-8").splitlines())
    return [row["printed"] for row in rows if not SIGNS_COUNT.search(row["printed"])]


def disturb(text: str, dice: random.Random) -> str:
    """``text`` with some diacritics lost, in another case, with other signs between its words."""
    words = "".join(char if char.isalnum() else " " for char in text).split()
    letters = [
        "".join(
            mark
            for mark in unicodedata.normalize("NFD", char)
            if not unicodedata.combining(mark) or dice.random() < 0.5
        )
        for char in dice.choice(SIGNS).join(words)
    ]
    bare = unicodedata.normalize(dice.choice(["NFC", "NFD"]), "".join(letters))
    return dice.choice([str.upper, str.lower, str.title, str])(bare.replace("đ", dice.choice("đd")))


@pytest.mark.parametrize("text", wordings("cycle-wordings"))
def test_lost_diacritics_case_and_signs_never_change_what_a_cycle_is(text: str):
    dice = random.Random(text)
    for _ in range(5):
        other = disturb(text, dice)
        assert CYCLES.understand(other).code is CYCLES.understand(text).code, other


@pytest.mark.parametrize("text", wordings("deadline-wordings"))
def test_nor_what_a_deadline_is(text: str):
    dice, expected = random.Random(text), CYCLES.understand_due(text)
    assert expected is not None
    for _ in range(5):
        other = disturb(text, dice)
        found = CYCLES.understand_due(other)
        assert found is not None, other
        assert replace(found, printed="") == replace(expected, printed="")


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["hằng", "tháng", "quý", "năm", "lần", "3", "khi", "hoặc", "một", "trước", "ngày"])).map(
        " ".join
    )
)
@settings(max_examples=60, deadline=None)
def test_any_text_has_an_answer(text: str) -> None:
    assert CYCLES.understand(text).printed == text
    CYCLES.understand_due(text)


@given(CODES, DAYS, DAYS)
@settings(max_examples=60, deadline=None)
def test_periods_cover_each_day_of_a_span_once(code: UpdateCycle, one: date, other: date) -> None:
    first, last = min(one, other), min(max(one, other), min(one, other) + timedelta(days=800))
    periods = periods_between(code, first, last)
    if period_of(code, first) is not None:
        assert periods[0].start <= first
        assert periods[-1].end >= last
        assert len({period.label for period in periods}) == len(periods)
        assert all((after.start - before.end).days == 1 for before, after in itertools.pairwise(periods))


@given(CODES, DUES, DAYS, DAYS, DAYS)
@settings(max_examples=150, deadline=None)
def test_time_makes_nothing_fresher_and_a_change_nothing_later(
    code: UpdateCycle, due: DueWording | None, changed: date, one: date, other: date
) -> None:
    def severity(change: date, today: date) -> int:
        state = freshness_of(Dataset(code="a", title="A", changed_at=change), Cycle(code=code), due, today).state
        return SEVERITY.index(state) if state in SEVERITY else -1

    early, late = sorted((one, other))
    if changed <= early:
        assert severity(changed, early) <= severity(changed, late)
    first, second = sorted((changed, early))
    if second <= late:
        assert severity(second, late) <= severity(first, late)
    if due is None:
        assert severity(changed, late) < SEVERITY.index(State.LATE)
