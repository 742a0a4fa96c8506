"""Each duty is in exactly the columns of a report in which it should be."""

from datetime import date

from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.progress import ActKind, follow_acts
from bot.core.obligations.reporting import Figures, count, settled_on
from bot.core.replacement import PeriodStatus
from tests.support.registers import MONTHLY, act

SUBJECT = Subject(kind=SubjectKind.ITEM, id="a")


def duty(*, legal: date | None = date(2026, 11, 16), **more) -> Obligation:
    """That of October, nominally due on Sunday 15 November, legally a day later."""
    return Obligation(
        province="ninhthuan",
        rule=MONTHLY,
        subject=SUBJECT,
        period="2026-10",
        opens_on=date(2026, 11, 1),
        nominal_due=date(2026, 11, 15),
        legal_due=legal,
        **more,
    )


def day(number: int) -> date:
    return date(2026, 11, number)


DONE, SEEN = act(1, ActKind.DONE, day(10)), act(2, ActKind.MATCHED, day(12))
ON_THE_LAST_DAY, TOO_LATE = act(1, ActKind.DONE, day(16)), act(1, ActKind.DONE, day(17))
INFORMATION = {"status": PeriodStatus.INFORMATION}
CLOSED = {"status": PeriodStatus.CLOSED, "closed_on": day(16)}
ROWS = (
    ("its period still runs", (), date(2026, 10, 20), {}, {"open": 1}),
    ("the last day", (), day(16), {}, {"open": 1}),
    ("the day after", (), day(17), {}, {"missing": 1, "late": 1}),
    ("no number in the text", (), day(30), {"legal": None}, {"unmet": 1}),
    ("no number, done long after", (TOO_LATE,), day(30), {"legal": None}, {"reported": 1}),
    ("reported", (DONE,), day(30), {}, {"reported": 1}),
    ("reported on the last day", (ON_THE_LAST_DAY,), day(30), {}, {"reported": 1}),
    ("reported too late", (TOO_LATE,), day(30), {}, {"reported": 1, "late": 1}),
    ("reported late, done in time", (act(1, ActKind.DONE, day(18), day=day(16)),), day(30), {}, {"reported": 1}),
    ("reported unchanged", (act(1, ActKind.UNCHANGED, day(10)),), day(30), {}, {"reported": 1, "unchanged": 1}),
    ("seen", (SEEN,), day(30), {}, {"seen": 1}),
    ("reported and seen", (DONE, SEEN), day(30), {}, {"verified": 1}),
    ("seen in time, reported too late", (act(1, ActKind.MATCHED, day(16)), act(2, ActKind.DONE, day(20))), day(30), {},
     {"verified": 1}),
    ("confirmed later", (DONE, act(2, ActKind.VERIFIED, day(20))), day(30), {}, {"verified": 1}),
    ("taken back", (DONE, act(2, ActKind.UNDONE, day(11), undoes=1)), day(30), {}, {"missing": 1, "late": 1}),
    ("refused", (DONE, act(2, ActKind.REFUSED, day(11))), day(12), {}, {"open": 1}),
    ("refused, done again too late", (DONE, act(2, ActKind.REFUSED, day(11)), act(3, ActKind.DONE, day(17))), day(30),
     {}, {"reported": 1, "late": 1}),
    ("a provisional date", (), day(16), {"provisional": True}, {"open": 1, "provisional": 1}),
    ("from before the decision", (), day(30), INFORMATION, {"due": 0, "outside": 1}),
    ("from before, reported all the same", (DONE,), day(30), INFORMATION, {"due": 0, "outside": 1}),
    ("closed by another decision", (), day(30), CLOSED, {"due": 0, "outside": 1}),
    ("closed, done before", (DONE,), day(30), CLOSED, {"reported": 1}),
    ("to be closed", (), day(15), CLOSED, {"open": 1}),
)  # fmt: skip


def test_each_standing_has_its_columns():
    wrong = {}
    for name, acts, today, more, figures in ROWS:
        found = count(duty(**more), follow_acts(acts), today)
        if found != Figures(**{"due": 1, **figures}):
            wrong[name] = found
    assert not wrong


def test_it_was_settled_on_the_first_day_on_which_anybody_says_so():
    assert settled_on(follow_acts([])) is None
    assert settled_on(follow_acts([SEEN, act(3, ActKind.DONE, day(20), day=day(11))])) == day(11)
