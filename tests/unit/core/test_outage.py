"""Which days a portal that could not be reached has spoiled."""

from datetime import date, datetime, timedelta

import pytest

from bot.core.local_time import VIETNAM
from bot.core.outage import LAPSE, Outage, days_down


def at(text: str) -> datetime:
    """A moment of November 2026 in Việt Nam, written ``16 07:30``."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"2026-11-{day} {clock}").replace(tzinfo=VIETNAM)


def outage(began: str, seen: str, ended: str = "") -> Outage:
    return Outage(began_at=at(began), seen_at=at(seen), ended_at=at(ended) if ended else None)


CASES = (
    ("one office hour", [("16 09:00", "16 09:30", "16 10:00")], (16,)),
    ("less than an hour", [("16 09:00", "16 09:30", "16 09:59")], ()),
    ("two pieces of half an hour", [("16 09:00", "16 09:00", "16 09:30"), ("16 14:00", "16 14:00", "16 14:30")], (16,)),
    ("the same half hour of two sources", [("16 09:00", "16 09:00", "16 09:30")] * 2, ()),
    (
        "sources one after the other",
        [("16 09:00", "16 09:20", "16 09:40"), ("16 09:20", "16 09:40", "16 10:00")],
        (16,),
    ),
    ("a night", [("16 17:00", "17 06:00", "17 07:30")], ()),
    ("three days", [("16 20:00", "19 10:00", "19 10:00")], (17, 18, 19)),
    ("still down, counted as far as it was seen", [("16 08:00", "17 08:00", "")], (16,)),
    ("seen once", [("16 08:00", "16 08:00", "")], ()),
    ("beyond the window", [("13 08:00", "13 12:00", "13 12:00"), ("21 08:00", "21 12:00", "21 12:00")], ()),
    ("only what lies in the window", [("13 08:00", "17 12:00", "17 12:00")], (15, 16, 17)),
)


@pytest.mark.parametrize(("spans", "days"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_day_counts_when_an_hour_of_its_office_hours_was_lost(spans, days):
    found = days_down((outage(*span) for span in spans), date(2026, 11, 15), date(2026, 11, 20))
    assert found == tuple(date(2026, 11, day) for day in days)


def test_an_outage_lasts_until_it_ends_or_nobody_sees_it_any_longer():
    lasting, over = outage("16 08:00", "16 09:00"), outage("16 08:00", "16 09:00", "16 10:00")
    second = timedelta(seconds=1)
    assert not lasting.lasts_at(at("16 08:00") - second)
    assert lasting.lasts_at(at("16 09:00") + LAPSE - second)
    assert not lasting.lasts_at(at("16 09:00") + LAPSE)
    assert over.lasts_at(at("16 09:59"))
    assert not over.lasts_at(at("16 10:00"))
