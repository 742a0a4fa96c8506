"""Where acts on a duty lead, and how it stands by them on a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.progress import SETTLED, Act, ActKind, Status, follow_acts, says_again, status_of
from bot.core.obligations.rule import Rule, Trigger
from bot.core.replacement import PeriodStatus

NOW = datetime(2026, 10, 1, 2, tzinfo=UTC)
RULE = Rule(id="update-monthly", article="khoản 6 Điều 4 QC", title="Cập nhật", title_en="Update", trigger=Trigger.ITEM)
DUTY = Obligation(
    province="ninhthuan",
    rule=RULE,
    subject=Subject(kind=SubjectKind.ITEM, id="a", title="Danh mục"),
    period="2026-09",
    opens_on=date(2026, 10, 1),
    nominal_due=date(2026, 10, 15),
    legal_due=date(2026, 10, 16),
)


def acts(*kinds: ActKind | tuple[ActKind, int]) -> list[Act]:
    """Acts in this order, numbered from 1; a pair is an act and the one that it undoes."""
    return [
        Act(id=place, key=DUTY.key, kind=kind, at=NOW, officer=1, undoes=undoes)
        for place, (kind, undoes) in enumerate(((k if isinstance(k, tuple) else (k, None)) for k in kinds), 1)
    ]


STANDINGS = [
    ((), date(2026, 9, 30), Status.UPCOMING),
    ((), date(2026, 10, 1), Status.OPEN),
    ((), date(2026, 10, 16), Status.OPEN),
    ((), date(2026, 10, 17), Status.OVERDUE),
    ((ActKind.DONE,), date(2026, 10, 17), Status.REPORTED),
    ((ActKind.UNCHANGED,), date(2026, 10, 2), Status.REPORTED),
    ((ActKind.MATCHED,), date(2026, 10, 2), Status.MATCHED),
    ((ActKind.DONE, ActKind.MATCHED), date(2026, 10, 2), Status.VERIFIED),
    ((ActKind.VERIFIED,), date(2026, 10, 2), Status.VERIFIED),
    ((ActKind.DONE, (ActKind.UNDONE, 1)), date(2026, 10, 17), Status.OVERDUE),
    ((ActKind.DONE, ActKind.REFUSED), date(2026, 10, 2), Status.OPEN),
    ((ActKind.VERIFIED, ActKind.REFUSED), date(2026, 10, 2), Status.OPEN),
    ((ActKind.MATCHED, ActKind.REFUSED, ActKind.DONE), date(2026, 10, 2), Status.REPORTED),
    ((ActKind.VERIFIED, ActKind.REFUSED, (ActKind.UNDONE, 2)), date(2026, 10, 2), Status.VERIFIED),
    ((ActKind.POSTPONED, ActKind.TRANSFER_ASKED), date(2026, 10, 2), Status.OPEN),
]


def test_a_duty_stands_by_what_counts_of_what_was_said():
    wrong = [
        (kinds, day, stands)
        for kinds, day, expected in STANDINGS
        if (stands := status_of(DUTY, follow_acts(acts(*kinds)), day)) is not expected
    ]
    assert wrong == []


def test_what_no_text_calls_late_is_only_not_updated_yet():
    endless = replace(DUTY, legal_due=None)
    assert status_of(endless, follow_acts(()), date(2026, 10, 16)) is Status.UNMET
    assert status_of(replace(DUTY, status=PeriodStatus.INFORMATION), follow_acts(()), date(2027, 1, 1)) in SETTLED


def test_the_same_said_again_is_known_by_what_counts():
    done, undone = acts(ActKind.DONE, (ActKind.UNDONE, 1))
    again = replace(done, id=0, at=NOW + timedelta(hours=1))
    assert says_again(again, [done]) is done
    assert says_again(again, [done, undone]) is None
    assert says_again(again, [replace(done, day=date(2026, 9, 1))]) is None
    assert says_again(replace(undone, id=0), [done, undone]) is undone
