"""The calendar's files: read strictly, the operator's in place of the shipped one of their year."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.calendars import load_calendar, read_year
from bot.core.errors import ContentError
from bot.core.working_days import DayStatus
from gateway.deployment import DATA

SHIPPED = (DATA / "calendars" / "2027.toml").read_text(encoding="utf-8")

STATUS = {  # every special day of the two years and by what it is so
    "law": """2026-01-01 2026-04-26 2026-04-27 2026-04-30 2026-05-01 2026-11-24
        2027-01-01 2027-04-16 2027-04-30 2027-05-01 2027-05-03 2027-09-02 2027-11-24""",
    "official": """2026-01-02 2026-01-10 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20
        2026-08-22 2026-08-31 2026-09-01 2026-09-02""",
    "provisional": """2027-02-04 2027-02-05 2027-02-06 2027-02-07 2027-02-08 2027-02-09 2027-02-10 2027-09-03""",
}


def row(day: str, kind: str = "off", status: str = "official") -> str:
    return f'\n[[days]]\ndate = {day}\nkind = "{kind}"\nname = "x"\nstatus = "{status}"\nsource = "y"\n'


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str, name: str = "2027.toml") -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_each_special_day_is_listed_with_its_status_and_its_source():
    days = load_calendar(DATA).days
    wanted = {date.fromisoformat(day): status for status, listed in STATUS.items() for day in listed.split()}
    assert {day: special.status for day, special in days.items()} == wanted
    assert {day for day, special in days.items() if not special.off} == {date(2026, 1, 10), date(2026, 8, 22)}
    announced = {s.source for s in days.values() if s.status is DayStatus.OFFICIAL}
    assert all(re.fullmatch(r"Công văn \d+/VPCP-KGVX ngày \d\d/\d\d/\d{4}", source) for source in announced)


WRONG = [  # the file, and what is said of it
    (SHIPPED.replace("year = 2027", "years = 2027"), "2027.toml: line 1: years: unknown key"),
    (SHIPPED.replace("year = 2027", "year = '2027'"), "2027.toml: line 1: year: is no whole number"),
    (SHIPPED.replace("year = 2027", "year = 2026"), "days[0].date: 2027-01-01 is no day of 2026"),
    (SHIPPED + row("2027-02-30"), "TOML: Invalid date"),  # there is no such day
    (SHIPPED + row('"2027-03-01"'), "days[15].date: is no date such as"),
    (SHIPPED + row("2026-03-01"), "2026-03-01 is no day of 2027"),
    (SHIPPED + row("2027-02-08"), "days[15].date: 2027-02-08 is there twice"),
    (SHIPPED + row("2027-03-01", "working"), "days[15].kind: 2027-03-01 is no Saturday or Sunday"),
    (SHIPPED + row("2027-03-06", "worked"), "days[15].kind: is not one of off, working"),
    (SHIPPED + row("2027-03-06", status="likely"), "days[15].status: is not one of official, law, provisional"),
    (SHIPPED + row("2027-03-06") + 'holiday = "z"\n', "days[15].holiday: unknown key"),
    (SHIPPED + row("2027-03-06").replace('"y"', '""'), "days[15].source: is missing"),
    (SHIPPED.replace("date = 2027-04-30", "date = 2027-04-29"), "2027-04-30 is missing, which is a holiday by law"),
    (SHIPPED.replace("date = 2027-11-24", "date = 2027-11-23"), "2027-11-24 is missing, which is a holiday by law"),
    ("year = 2024\ndays = 3\n", "days: is no list"),
    ("year = 2024\nknown_from = 2023-01-01\n", "known_from: 2023-01-01 is no day of 2024"),
    ("year = 2024\nknown_from = 2024-09-03\n" + row("2024-09-02"), "2024-09-02 lies before known_from"),
    ("year = 2025\n" + "".join(map(row, ("2025-01-01", "2025-04-30", "2025-05-01", "2025-09-02"))), "has 4 days off"),
]


def test_what_is_wrong_is_refused_with_file_line_and_reason(write):
    passed = []
    for text, reason in WRONG:
        try:
            read_year(write(text))
        except ContentError as error:
            if reason in str(error) and re.match(r"2027\.toml: line \d+: ", str(error)):
                continue
            passed.append((reason, str(error)))
        else:
            passed.append((reason, "taken"))
    assert not passed


def test_a_file_that_is_not_called_after_its_year_is_refused(write, tmp_path: Path):
    write(SHIPPED, "tet.toml")
    with pytest.raises(ContentError, match=r"must be called 2027\.toml"):
        load_calendar(DATA, tmp_path)


def test_only_the_first_year_may_begin_in_its_course(write, tmp_path: Path):
    write("year = 2028\nknown_from = 2028-12-01\n", "2028.toml")
    with pytest.raises(ContentError, match=r"2028\.toml: known_from: only the first year"):
        load_calendar(DATA, tmp_path)


def test_the_operators_file_replaces_the_shipped_one_of_its_year_and_no_other(write, tmp_path: Path):
    later = SHIPPED.replace("date = 2027-02-04", "date = 2027-02-11").replace('"provisional"', '"official"')
    write(later)
    calendar = load_calendar(DATA, tmp_path)
    assert [calendar.is_day_off(date(2027, 2, day)) for day in (4, 11)] == [False, True]
    assert not calendar.is_provisional(date(2026, 1, 1), date(2027, 12, 31))
    assert calendar.is_day_off(date(2026, 2, 16))
    assert load_calendar(DATA, tmp_path / "none") == load_calendar(DATA)
