"""A reminder that is put off: when it comes, and that the others of the focal unit are reminded as before."""

from datetime import date, timedelta

from bot.core.obligations.progress import Act, ActKind, Progress, follow_acts
from bot.core.obligations.staffing import Staffing
from tests.support.duties import Office, at, duty, officer, year_2026

DAY = timedelta(days=1)
JULY = date(2026, 7, 15)


def put_off(key: str, until: date) -> Progress:
    return follow_acts([Act(id=1, key=key, kind=ActKind.POSTPONED, at=at(JULY - 14 * DAY), day=until, officer=1)])


def test_a_reminder_that_is_put_off_comes_that_day_and_never_behind_the_day_itself():
    rows = [
        ("between two steps", JULY, JULY - 5 * DAY, [("07-10", "-3"), ("07-14", "-1"), ("07-15", "0")]),
        (
            "onto a day without a step",
            JULY,
            JULY - 6 * DAY,
            [("07-09", "-4"), ("07-10", "-3"), ("07-14", "-1"), ("07-15", "0")],
        ),
        ("onto a day off", JULY, date(2026, 7, 12), [("07-10", "-3"), ("07-14", "-1"), ("07-15", "0")]),
        ("behind the day", JULY, JULY + 9 * DAY, [("07-15", "0")]),
        ("of what is due on a day off", date(2026, 8, 15), date(2026, 8, 13), [("08-13", "-2"), ("08-14", "0")]),
    ]
    wrong = []
    for name, nominal, until, expected in rows:
        office, one = Office(), duty(nominal, legal=year_2026().working_day_on_or_after(nominal))
        office.steps([one], [nominal - 14 * DAY])
        office.progress[one.key] = put_off(one.key, until)
        told = office.steps([one], (nominal - n * DAY for n in range(8, -1, -1)))
        wrong += [] if told == expected else [f"{name}: {told}"]
        after = office.steps([one], (nominal + n * DAY for n in range(1, 11)))
        wrong += [] if [step for _, step in after] == ["+1", "+3"] else [f"{name}, after: {after}"]
    assert not wrong


def test_whoever_puts_a_reminder_off_puts_off_their_own_only():
    one = duty(JULY)
    office = Office(staff={1: Staffing(officers=(officer(1), officer(2)))})
    office.steps([one], [JULY - 14 * DAY])
    office.progress[one.key] = put_off(one.key, JULY - DAY)
    heard = {
        day: [digest.officer for digest in office.tick([one], at(day))]
        for day in (JULY - n * DAY for n in range(6, -1, -1))
    }
    assert {f"{day:%m-%d}": whom for day, whom in heard.items() if whom} == {
        "07-10": [2],
        "07-14": [1, 2],
        "07-15": [1, 2],
    }
