"""What an operator hears of the calendar of days off without asking: a finding, a log event a day, a metric."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from bot.core.errors import ContentError
from bot.notify.alarm import Alarm
from bot.store.engine import Store
from gateway.calendar_watch import count_days_left, examine_calendar, schedule_calendar, tell_calendar
from gateway.settings import Settings

CALM, NEAR = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC)


def damage(folder: Path) -> Settings:
    (folder / "calendars").mkdir()
    (folder / "calendars" / "2027.toml").write_text("year = 2027\n", encoding="utf-8")
    return Settings(folder=folder)


async def told(store: Store, settings: Settings, moments: Sequence[datetime]) -> list[tuple[str, int]]:
    with structlog.testing.capture_logs() as events:
        for moment in moments:
            await tell_calendar(store, settings, now=moment)
    return [(event["event"], event["days"]) for event in events if event["event"].startswith("calendar.")]


async def test_an_alarm_is_logged_once_a_day_whoever_looks(store: Store, tmp_path: Path):
    settings = Settings(folder=tmp_path)
    assert await told(store, settings, [CALM]) == []
    one_day = [NEAR, NEAR + timedelta(hours=1), NEAR + timedelta(hours=16)]
    assert await told(store, settings, one_day) == [("calendar.provisional", 46)]
    assert await told(store, settings, [NEAR + timedelta(hours=17)]) == [("calendar.provisional", 45)]  # midnight there
    with pytest.raises(ContentError, match="2027-01-01 is missing"):  # nobody starts by a calendar that is wrong
        schedule_calendar(Alarm(), store, damage(tmp_path), clock=lambda: CALM)


def test_the_doctor_says_how_far_the_calendar_reaches_and_what_to_look_up(tmp_path: Path):
    settings = Settings(folder=tmp_path)
    calm, near = examine_calendar(settings, now=CALM), examine_calendar(settings, now=NEAR)
    assert (calm.verdict, calm.detail) == ("ok", "known until 31/12/2027, 8 days off not announced yet")
    assert near.verdict == "warn"
    assert near.detail.startswith("04/02/2027 (")
    assert "tracuu calendar replace FILE" in near.detail
    assert count_days_left(settings, lambda: CALM) == 404


def test_a_file_that_is_wrong_is_a_finding_and_no_number_of_days(tmp_path: Path):
    settings = damage(tmp_path)
    found = examine_calendar(settings, now=CALM)
    assert found.verdict == "fail"
    assert "2027-01-01 is missing" in found.detail
    assert math.isnan(count_days_left(settings, lambda: CALM))
