"""A running service follows the files of its rules and its calendar."""

from datetime import date
from pathlib import Path

import pytest
import structlog

from bot.core.errors import ContentError
from bot.rulebook import RulebookFiles
from gateway.deployment import DATA

SHIPPED = (DATA / "calendars" / "2027.toml").read_text(encoding="utf-8")


def test_an_announced_year_counts_as_soon_as_it_is_there_and_a_wrong_one_never(tmp_path: Path):
    files, own = RulebookFiles(DATA, tmp_path), tmp_path / "2027.toml"
    first = files()
    assert files() is first
    own.write_text(SHIPPED.replace("date = 2027-02-04", "date = 2027-02-11"), encoding="utf-8")
    announced = files().calendar
    assert [announced.is_day_off(date(2027, 2, day)) for day in (4, 11)] == [False, True]
    own.write_text("year = 2027\n", encoding="utf-8")
    with structlog.testing.capture_logs() as events:
        assert files().calendar == files().calendar == announced
    assert [event["event"] for event in events] == ["rulebook.refused"]
    with pytest.raises(ContentError, match="2027-01-01 is missing"):
        RulebookFiles(DATA, tmp_path)
    own.unlink()
    assert files().calendar == first.calendar
