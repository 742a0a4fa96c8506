"""``tracuu calendar`` in this process: what is known, what the package says otherwise, what a new year's file moves."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.calendars import load_calendar
from bot.core.errors import ContentError
from bot.register import Register
from bot.rulebook import load_rulebook
from gateway.calendar_check import compare
from gateway.calendar_replacing import find_moved_duties
from gateway.calendar_state import look_at
from gateway.commands.calendar import add_commands
from gateway.deployment import DATA
from gateway.terminal import Terminal

APP = typer.Typer()
add_commands(APP)
EARLY = ("--now", "2026-12-06T09:00")
SHIPPED = (DATA / "calendars" / "2027.toml").read_text(encoding="utf-8")


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
    checked = document(terminal, "check", *EARLY)
    told = {each["date"]: (each["calendar"], each["package"], each["known"]) for each in checked["differences"]}
    assert told == {"2026-01-02": ("off", "worked", True), "2026-01-10": ("worked", "off", True)}
    assert [day["date"] for day in checked["provisional"]] == [
        *(f"2027-02-{day:02}" for day in range(4, 11)),
        "2027-09-03",
    ]
    lines = text(terminal, "check", *EARLY).splitlines()
    assert any(line.startswith("≠ Fri 02/01/2026: the calendar says off") and "the swap" in line for line in lines)
    assert lines[1].startswith("? provisional: chưa có thông báo của Thủ tướng")
    assert lines[2] == "    Thu 04/02/2027  Tết Đinh Mùi: hai ngày trước mùng 1"
    assert lines[0] == "known until Fri 31/12/2027, 390 days from today"
    assert any(
        line.startswith("! 04/02/2027 (Tết Đinh Mùi: hai ngày trước mùng 1) is the first of 8 days") for line in lines
    )
    assert (checked["days_left"], len(checked["alarms"])) == (390, 1)


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


LONGER = SHIPPED.replace('"provisional"', '"official"') + "".join(
    f'\n[[days]]\ndate = 2027-02-{day}\nkind = "off"\nname = "x"\nstatus = "official"\nsource = "y"\n'
    for day in (11, 12, 15)
)
"""Tết to 15 February, so that the data of January are due a day later."""


def moves(told: Any) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {
        (each["province"], each["rule"], each["period"]): (each["legal_due"]["before"], each["legal_due"]["after"])
        for each in told["moved"]
    }


def test_before_a_year_is_replaced_every_deadline_that_moves_is_named_old_and_new(terminal: Terminal, tmp_path: Path):
    file = tmp_path / "thong-bao.toml"
    file.write_text(LONGER, encoding="utf-8")
    tried = document(terminal, "replace", str(file), *EARLY, "--dry-run")
    assert tried["installed"] is None
    assert moves(tried)["ninhthuan", "update-monthly", "2027-01"] == ("2027-02-15", "2027-02-16")
    changed = {day["date"]: (day["before"], day["after"]) for day in tried["days"]}
    assert (len(changed), changed["2027-02-10"], changed["2027-02-15"]) == (11, ("off", "off"), ("worked", "off"))
    assert load_calendar(DATA, tmp_path / "calendars") == load_calendar(DATA)
    lines = text(terminal, "replace", str(file), *EARLY).splitlines()
    assert any("ninhthuan · update-monthly" in line and "legal 2027-02-15 → 2027-02-16" in line for line in lines)
    assert lines[-1].endswith("calendars/2027.toml")
    assert (tmp_path / "calendars" / "2027.toml").read_text(encoding="utf-8") == LONGER
    again = document(terminal, "replace", str(file), *EARLY)
    assert (again["days"], again["moved"]) == ([], [])
    assert document(terminal, "check", *EARLY)["provisional"] == []


def test_a_file_that_is_wrong_replaces_nothing(terminal: Terminal, tmp_path: Path):
    file = tmp_path / "2027.toml"
    file.write_text(LONGER.replace("date = 2027-09-02", "date = 2027-09-01"), encoding="utf-8")
    with pytest.raises(ContentError, match="2027-09-02 is missing"):
        text(terminal, "replace", str(file), *EARLY)
    assert not (tmp_path / "calendars").exists()


def test_a_duty_whose_date_moves_keeps_its_key_so_that_nothing_is_sent_of_it_again(tmp_path: Path):
    (tmp_path / "2027.toml").write_text(LONGER, encoding="utf-8")
    rule_sets = load_rulebook(DATA).rule_sets
    register = Register(rule_sets=rule_sets, calendar=load_calendar(DATA))
    moved = find_moved_duties(register, load_calendar(DATA, tmp_path), today=date(2026, 12, 1))
    assert moved
    assert all(each.before.key == each.after.key for each in moved)
    assert all(each.after.nominal_due >= each.before.nominal_due for each in moved)
