"""Duties, officers and what is told of them, made without a store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache

from bot.core.due import DueAnchor, DueWording
from bot.core.local_time import VIETNAM
from bot.core.obligations.agency import Officer
from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.planning import (
    Circumstances,
    Digest,
    Notice,
    Skipped,
    find_open,
    gather,
    judge,
)
from bot.core.obligations.progress import Progress
from bot.core.obligations.rule import Rule, Term, Trigger
from bot.core.obligations.staffing import Staffing
from bot.core.obligations.steps import Ladders
from bot.core.working_days import DayStatus, SpecialDay, WorkCalendar

TET = {date(2026, 2, day): "Tết" for day in range(16, 21)}
FREE = {**TET, date(2026, 1, 1): "Tết Dương lịch", date(2026, 11, 24): "Ngày Văn hóa Việt Nam"}
RULE = Rule(
    id="update-monthly",
    article="khoản 6 Điều 4 QC",
    title="Cập nhật dữ liệu",
    title_en="Update the data",
    trigger=Trigger.ITEM,
    due=DueWording(anchor=DueAnchor.PERIOD_END, offset_days=15),
    unchanged=True,
)
PROVINCE = "ninhthuan"


@cache
def year_2026() -> WorkCalendar:
    """2026 with Tết and a few other days off."""
    days = {
        day: SpecialDay(day=day, off=True, name=name, status=DayStatus.OFFICIAL, source="test")
        for day, name in FREE.items()
    }
    return WorkCalendar(days=days, known=frozenset({2025, 2026, 2027}))


def duty(
    nominal: date,
    *,
    legal: date | None = None,
    opens: date | None = None,
    item: str = "i1",
    title: str = "Danh mục cơ sở khám chữa bệnh",
    agency: int | None = 1,
    rule: Rule = RULE,
    province: str = PROVINCE,
    provisional: bool = False,
) -> Obligation:
    """A duty of a catalogue item; ``legal`` is ``nominal`` unless it is given, None where the rule has no term."""
    return Obligation(
        province=province,
        rule=rule,
        subject=Subject(kind=SubjectKind.ITEM, id=item, title=title),
        period=nominal.isoformat()[:7],
        opens_on=opens or nominal.replace(day=1),
        nominal_due=nominal,
        legal_due=None if rule.term is Term.NONE else legal or nominal,
        agency=agency,
        provisional=provisional,
    )


def at(day: date, clock: str = "08:00") -> datetime:
    """That time of the day in Việt Nam."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=VIETNAM)


@dataclass(slots=True)
class Office:
    """Everybody who may be reminded, what was said of duties, and the ledger: the planner with a store in memory."""

    staff: dict[int, Staffing] = field(default_factory=lambda: {1: Staffing(officers=(officer(1),))})
    calendar: WorkCalendar = field(default_factory=year_2026)
    confirmed: frozenset[str] = frozenset({PROVINCE})
    down: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    progress: dict[str, Progress] = field(default_factory=dict)
    told: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    digests: dict[tuple[int, date], Digest] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    ladders: Ladders = field(init=False)

    def __post_init__(self) -> None:
        self.ladders = Ladders(self.calendar)

    def circumstances(self, now: datetime) -> Circumstances:
        """What counts at ``now``."""
        everybody = {one.id: one for each in self.staff.values() for one in each.officers}
        today = now.astimezone(VIETNAM).date()
        return Circumstances(
            now=now,
            calendar=self.calendar,
            officers=everybody,
            staff=lambda agency: self.staff.get(agency, Staffing(vacant=True)),
            bound={PROVINCE},
            confirmed=self.confirmed,
            down=self.down,
            heads=self.heads,
            told_today={one for one, day in self.digests if day == today},
        )

    def tick(self, duties: Iterable[Obligation], now: datetime) -> tuple[Digest, ...]:
        """One look at ``now``; what it finds is told and written down."""
        around = self.circumstances(now)
        with_progress = ((each, self.progress.get(each.key, Progress())) for each in duties)
        open_ones = list(find_open(with_progress, self.ladders, around.today))
        found = [each for one in open_ones for each in judge(one, self.told, around)]
        self.skipped = [each for each in found if isinstance(each, Skipped)]
        digests = gather(each for each in found if isinstance(each, Notice))
        for digest in digests:
            assert (digest.officer, around.today) not in self.digests
            self.digests[digest.officer, around.today] = digest
            for notice in digest.notices:
                self.told[notice.duty.obligation.key, digest.officer].add(notice.duty.step)
        return digests

    def steps(self, duties: Iterable[Obligation], days: Iterable[date], clock: str = "08:00") -> list[tuple[str, str]]:
        """What is told from day to day: the day (MM-DD) and the steps of its digests."""
        duties = list(duties)
        return [
            (f"{day:%m-%d}", notice.duty.step)
            for day in days
            for digest in self.tick(duties, at(day, clock))
            for notice in digest.notices
        ]


def officer(number: int, *, reachable: bool = True) -> Officer:
    """Somebody who may be reminded."""
    return Officer(id=number, name=f"Cán bộ đầu mối {number:02}", reachable=reachable)


def reasons(skipped: Iterable[Skipped]) -> Mapping[str, int]:
    """How often each reason was given."""
    found: dict[str, int] = {}
    for each in skipped:
        found[each.reason] = found.get(each.reason, 0) + 1
    return found
