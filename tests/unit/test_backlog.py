"""The alarm of a queue begins once, ends once, and does not go off at a step of the clock."""

from datetime import timedelta

from bot.notify.backlog import Overdue
from tests.contract.harness import every_log

LIMIT = timedelta(seconds=30)
SHORT, LONG = LIMIT, LIMIT + timedelta(seconds=1)


def said(*ages: timedelta) -> list[str]:
    overdue = Overdue("alarm.example", LIMIT)
    with every_log() as logged:
        for age in ages:
            overdue.see(age)
    return [state for line in logged().splitlines() for state in ("begins", "ends") if state in line]


def test_an_age_that_stays_too_high_is_told_once():
    assert said(SHORT, LONG, LONG, LONG, LONG) == ["begins"]


def test_the_end_is_told_once_and_the_alarm_can_go_off_again():
    assert said(LONG, LONG, SHORT, SHORT, LONG, LONG) == ["begins", "ends", "begins"]


def test_one_look_that_is_too_high_is_no_alarm():
    assert said(LONG, SHORT, LONG, SHORT) == []
