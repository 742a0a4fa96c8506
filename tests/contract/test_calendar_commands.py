"""``tracuu calendar`` in this process: what is known, what the package says otherwise, what a new year's file moves."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.calendars import load_calendar
from gateway.calendar_check import compare
from gateway.calendar_state import look_at
from gateway.commands.calendar import add_commands
from gateway.deployment import DATA
from gateway.terminal import Terminal
from tests.conftest import KEY

APP = typer.Typer()
add_commands(APP)
SHIPPED = (DATA / "calendars" / "2027.toml").read_text(encoding="utf-8")


@pytest.fixture
def terminal(migrated_file: Path, tmp_path: Path) -> Terminal:
    database = tmp_path / "calendar.db"
    database.write_bytes(migrated_file.read_bytes())
    config = tmp_path / "tracuu.toml"
    config.write_text(f'[store]\nurl = "sqlite:///{database}"\n[security]\nkey = "{KEY.hex()}"\n', encoding="utf-8")
    return Terminal(config=config)


def text(terminal: Terminal, *words: str) -> str:
    result = CliRunner().invoke(APP, ["calendar", *words], obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def document(terminal: Terminal, *words: str) -> Any:
    """What a command prints with --json."""
    return json.loads(text(terminal, *words, "--json"))


def test_the_days_of_a_year_are_shown_with_status_and_source(terminal: Terminal):
    shown = document(terminal, "show", "2026")
    assert (shown["known"], shown["since"]) == ([2025, 2026, 2027], "2025-09-03")
    swapped = next(day for day in shown["days"] if day["date"] == "2026-01-10")
    assert swapped == {
        "date": "2026-01-10",
        "weekday": "Sat",
        "kind": "working",
        "name": "Làm bù cho thứ Sáu 02/01/2026",
        "status": "official",
        "source": "Công văn 12729/VPCP-KGVX ngày 25/12/2025",
    }
    lines = text(terminal, "show", "2027").splitlines()
    assert len(lines) == 15
    assert lines[1].startswith("Thu 04/02/2027  off      provisional  Tết Đinh Mùi")
    assert text(terminal, "show", "2030").startswith("2030 is not known: weekends")


def test_the_package_differs_only_where_that_is_known(terminal: Terminal):
    checked = document(terminal, "check")
    told = {each["date"]: (each["calendar"], each["package"], each["known"]) for each in checked["differences"]}
    assert told == {"2026-01-02": ("off", "worked", True), "2026-01-10": ("worked", "off", True)}
    assert [day["date"] for day in checked["provisional"]] == [
        *(f"2027-02-{day:02}" for day in range(4, 11)),
        "2027-09-03",
    ]
    lines = text(terminal, "check").splitlines()
    assert any(line.startswith("≠ Fri 02/01/2026: the calendar says off") and "the swap" in line for line in lines)
    assert any(line.startswith("? Thu 04/02/2027 is provisional") for line in lines)
    assert any(line.startswith("known until Fri 31/12/2027") for line in lines) or "!" in "".join(lines)


def test_a_day_on_which_nobody_knows_who_is_right_is_named_with_what_each_says(tmp_path: Path):
    later = SHIPPED.replace("date = 2027-02-04", "date = 2027-02-11")
    (tmp_path / "2027.toml").write_text(later, encoding="utf-8")
    found = [each for each in compare(load_calendar(DATA, tmp_path)) if each.day.year == 2027]
    assert [(each.day, each.off, each.package.off, each.explained) for each in found] == [
        (date(2027, 2, 4), False, True, ""),
        (date(2027, 2, 11), True, False, ""),
    ]
    assert found[0].package.name


ALARMS = [  # a day, and which alarms it gives, with the days that are left
    ("2026-11-22", {}),
    ("2026-12-05", {}),
    ("2026-12-06", {"calendar.provisional": 60}),
    ("2027-02-20", {"calendar.provisional": -16}),  # it passed, and nobody wrote down what was announced
    ("2027-11-02", {"calendar.ends": 59, "calendar.provisional": -271}),
    ("2028-01-01", {"calendar.expired": 0, "calendar.provisional": -331}),
]


def test_an_operator_is_told_60_days_before_a_day_is_needed_that_is_not_certain():
    calendar = load_calendar(DATA)
    for today, alarms in ALARMS:
        state = look_at(calendar, date.fromisoformat(today))
        assert {alarm.event: alarm.left for alarm in state.alarms} == alarms, today
    assert look_at(calendar, date(2027, 11, 1)).left == 60
    assert look_at(calendar, date(2028, 1, 1)).left == 0
