"""Heads of agencies hear of what stays late, where the profile says so."""

from datetime import date, timedelta

from bot.core.obligations.staffing import Staffing
from tests.support.duties import PROVINCE, Office, duty, officer

DAY = timedelta(days=1)
JULY = date(2026, 7, 15)


def test_heads_hear_of_what_stays_late_only_where_the_profile_says_so():
    one, head = duty(JULY), officer(5)
    staff = {1: Staffing(officers=(officer(1),), heads=(head, officer(6, reachable=False)))}
    span = [JULY + ahead * DAY for ahead in range(-14, 15)]
    silent, told = Office(staff=staff), Office(staff=staff, heads=frozenset({PROVINCE}))
    for office in (silent, told):
        office.steps([one], span)
    assert {number for _, number in silent.told} == {1}
    assert told.told[one.key, 5] == {"+3"}
    assert {number for _, number in told.told} == {1, 5}
    (notice,) = told.digests[5, date(2026, 7, 20)].notices
    assert notice.as_head
