"""Remind officers: look at every duty, and queue one digest for each who has to hear of something today.

The look goes by what is (:mod:`bot.core.obligations.planning`); the alarm only wakes it, however often and late.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice

import structlog

from bot.content import Content
from bot.core.accounts import Account
from bot.core.balance import Member
from bot.core.local_time import VIETNAM, local_day
from bot.core.messages import Address, Reply
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.planning import (
    Circumstances,
    Digest,
    Notice,
    OpenDuty,
    Skipped,
    SkipReason,
    find_open,
    gather,
    judge,
)
from bot.core.obligations.progress import Progress
from bot.core.obligations.recording import RemindedItem, record_reminder
from bot.core.obligations.staffing import Staff
from bot.core.obligations.steps import Ladders
from bot.core.office_hours import DIGESTS_FROM, SPANS, end_of_next_day
from bot.core.pools import Pool
from bot.core.record import Entry
from bot.notify.alarm import Alarm
from bot.notify.listing import is_on_list
from bot.register import Register
from bot.store.engine import Store
from bot.store.reminding import Line, Queueing, Said, queue_digests, reached_on, read_told, told_on
from bot.wording.digest import word_digest
from bot.wording.letterhead import Letterhead
from bot.wording.speech import Speech

LOOK_EVERY = timedelta(minutes=5)
FIRST_LOOK = timedelta(seconds=5)
"""After the start: whoever was down for long has waited long enough, and whoever restarts often still looks."""
LOOK_BACK = timedelta(days=60)
"""What was due before is for the authority's list: nobody is reminded of it any more."""
FRESH = timedelta(minutes=10)
"""How long a plan counts. Whoever stood still for longer plans anew: a step may have passed, somebody have answered."""
_MARGIN = timedelta(days=20)
"""How far the nominal date may lie behind the day that counts: a whole Tết."""
_SLICE = 500
_TOGETHER = 4
"""Digests that are queued in one transaction: it holds the write lane of SQLite, for which whoever answers waits."""
_NOTHING = Progress()
_HELD = frozenset({SkipReason.PORTAL_DOWN, SkipReason.TOLD_TODAY, SkipReason.OUT_OF_HOURS})

AsSent = Callable[[Reply, Address, str], str]
"""The text of a reply as it reaches an address in a language."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be told at ``now`` by ``register``: ``digests``, and what is ``skipped``. ``open_keys`` are the open
    duties of each agency, by its id; ``listed`` is what is on the authority's list."""

    now: datetime
    register: Register
    digests: Sequence[Digest]
    skipped: Sequence[Skipped]
    open_keys: Mapping[int, Sequence[str]]
    listed: Sequence[OpenDuty] = ()

    @property
    def planned(self) -> int:
        """How many duties somebody has still to be told of, each person counted: now or when nothing holds it up."""
        held = sum(each.reason in _HELD for each in self.skipped)
        return sum(len(digest.notices) for digest in self.digests) + held

    def open_for(self, officer: int) -> Collection[str]:
        """The duties that are open for an officer: those of every agency where they hold a post."""
        agencies = {post.agency for post in self.register.officers[officer].posts}
        return [key for agency in sorted(agencies) for key in self.open_keys.get(agency, ())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secretary:
    """How digests are worded, recorded and sent: by ``accounts`` of ours, in the name of ``letterhead``.

    ``as_sent`` gives the text that reaches an address. Where the way to somebody is in one of ``pools``, ``draw``
    chooses the account by its weights.
    """

    content: Content
    accounts: Mapping[Member, Account]
    as_sent: AsSent
    contact: str = ""
    pools: Sequence[Pool] = ()
    draw: Callable[[], float] = field(default=lambda: 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    """The words of a secretary about the duties of a register."""

    secretary: Secretary
    register: Register

    def word(self, _officer: int, lines: Sequence[Line], address: Address, language: str) -> Reply:
        """The digest as it is said at ``address``."""
        known = self.secretary.accounts.get((address.channel, address.account))
        account = known or Account(channel=address.channel, name=address.account)
        speech = Speech(content=self.secretary.content, language=language, account=account)
        return word_digest(speech, lines, self._letterhead)

    def entries(self, said: Said, at: datetime) -> Sequence[Entry]:
        """An entry for each decision and agency that it is about."""
        whose = defaultdict[tuple[str, int | None], list[Line]](list)
        for line in said.lines:
            obligation = line.notice.duty.obligation
            whose[obligation.province, obligation.agency].append(line)
        text = self.secretary.as_sent(said.reply, said.address, said.language)
        letterhead = self._letterhead
        return [
            record_reminder(
                [
                    RemindedItem(
                        obligation=line.notice.duty.obligation,
                        step=line.notice.duty.step,
                        cite=letterhead.cite(line.notice.duty.obligation),
                        number=line.number,
                    )
                    for line in lines
                ],
                at=at,
                agency=agency,
                agency_name=letterhead.agency(lines[0].notice.duty.obligation),
                officer=said.officer,
                officer_name=self.register.officers[said.officer].name,
                channel=said.address.channel,
                text=text,
                message=said.message,
            )
            for (_, agency), lines in whose.items()
        ]

    @property
    def _letterhead(self) -> Letterhead:
        return Letterhead(
            rule_sets=self.register.rule_sets, agencies=self.register.agencies, contact=self.secretary.contact
        )


def schedule_reminding(
    alarm: Alarm,
    look: Callable[[], Awaitable[object]],
    *,
    clock: Callable[[], datetime],
    every: timedelta = LOOK_EVERY,
) -> None:
    """Set the alarm for ``look``, which is spared the hours at which nobody is reminded."""

    async def wake() -> None:
        if DIGESTS_FROM <= clock().astimezone(VIETNAM).time() < SPANS[-1][1]:
            await look()

    alarm.every(every, "reminding", wake, first=min(every, FIRST_LOOK))


async def plan_digests(
    store: Store,
    register: Register,
    *,
    now: datetime,
    down: Collection[str] = (),
    ours: Container[Member] | None = None,
) -> Plan:
    """What is to be told at ``now`` by that register, to whoever can be reached on accounts of ``ours`` (None = on
    any); ``down`` are the profiles whose portal cannot be reached."""
    if ours is not None:
        register = replace(register, officers=await reached_on(store, register.officers, ours))
    today, ladders, staff = local_day(now), Ladders(register.calendar), Staff(register.officers.values())
    at = Circumstances(
        now=now,
        calendar=register.calendar,
        officers=register.officers,
        staff=lambda agency: staff.of(agency, today),
        bound={agency.rule_set for agency in register.agencies.values()},
        confirmed=register.confirmed,
        down=down,
        heads={rules.id for rules in register.rule_sets.values() if rules.urging.heads},
        told_today=await told_on(store, today),
    )
    notices, skipped, listed = list[Notice](), list[Skipped](), list[OpenDuty]()
    open_keys = defaultdict[int, list[str]](list)
    open_duties = find_open(_duties(register, today), ladders, today)
    while some := list(islice(open_duties, _SLICE)):
        for duty in some:
            if duty.obligation.agency is not None:
                open_keys[duty.obligation.agency].append(duty.obligation.key)
        listed += [duty for duty in some if is_on_list(duty, register, ladders, today)]
        come = [duty for duty in some if duty.has_come]
        told = await read_told(store, (duty.obligation.key for duty in come))
        for found in _judge_all(come, told, at):
            if isinstance(found, Notice):
                notices.append(found)
            else:
                skipped.append(found)
    return Plan(
        now=now, register=register, digests=gather(notices), skipped=skipped, open_keys=open_keys, listed=listed
    )


async def release(
    store: Store, plan: Plan, secretary: Secretary, *, clock: Callable[[], datetime], rehearse: bool = False
) -> list[Said]:
    """Queue the digests of ``plan``, a few in each step and each as a whole or not at all; what is left when it is
    stale is for the next look.

    ``rehearse``: nothing is written. Returns what was said.
    """
    calendar, voice, said = plan.register.calendar, _Voice(secretary=secretary, register=plan.register), []
    for start in range(0, len(plan.digests), _TOGETHER):
        if clock() - plan.now > FRESH:
            break
        how = Queueing(
            now=plan.now,
            expires_at=end_of_next_day(plan.now, calendar),
            accounts=secretary.accounts,
            voice=voice,
            open_for=plan.open_for,
            pools=secretary.pools,
            draw=secretary.draw,
        )
        said += await queue_digests(store, plan.digests[start : start + _TOGETHER], how, rehearse=rehearse)
    return said


def _duties(register: Register, today: date) -> Iterator[tuple[Obligation, Progress]]:
    """Every duty of which somebody may have to hear today."""
    ahead = max(
        (max(rule.steps.before, default=0) for rules in register.rule_sets.values() for rule in rules.rules), default=0
    )
    last = register.calendar.add(today, ahead + 1) + _MARGIN
    for obligation in register.between(today - LOOK_BACK, last):
        yield obligation, register.progress(obligation.key) if obligation.key in register.acts else _NOTHING


def _judge_all(
    come: Iterable[OpenDuty], told: Mapping[tuple[str, int], Collection[str]], at: Circumstances
) -> Iterator[Notice | Skipped]:
    for duty in come:
        yield from judge(duty, told, at)
