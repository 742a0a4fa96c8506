"""Tell officers what became of the wish that a duty goes to somebody else: whoever asked, and whoever has it now.

The look goes by what is: a decision of the last working days is told, once, however often anybody looks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.content import Content
from bot.core.accounts import Account
from bot.core.balance import Member
from bot.core.local_time import local_day
from bot.core.messages import Reply
from bot.core.obligations.progress import Act, ActKind
from bot.core.office_hours import end_of_next_day, is_office_time
from bot.desk import Desk, Task
from bot.register import Register
from bot.store.engine import Store
from bot.store.handovers import Telling, queue_telling
from bot.store.officers import BoundAddress
from bot.wording.brief import fullest
from bot.wording.duty import deadline
from bot.wording.speech import Speech, clip

FRESH = 2
"""Working days after which a decision is no news any more: whoever can be reached has heard of it."""
_TITLES = (120, 60, 40, 28, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """That ``act`` grants (or not) what ``wish`` asked for; a head may hand over without anybody's wish."""

    act: Act
    wish: Act | None

    @property
    def granted(self) -> bool:
        return self.act.kind is ActKind.TRANSFERRED

    @property
    def to(self) -> int | None:
        return self.act.to if self.granted or self.wish is None else self.wish.to

    @property
    def concerned(self) -> set[int]:
        """Who is to hear of it: nobody of what they decided themselves."""
        asked = self.wish.officer if self.wish else None
        found = {asked, self.to} if self.granted else {asked}
        return {one for one in found if one is not None and one != self.act.officer}


async def tell_decisions(
    store: Store, register: Register, accounts: Mapping[Member, Account], content: Content, *, now: datetime
) -> int:
    """Queue what was decided for those whom it concerns, in office hours. Returns how many messages there are."""
    if not is_office_time(now, register.calendar):
        return 0
    tellings = list(_tellings(register, accounts, content, local_day(now)))
    for telling in tellings:
        expires_at = end_of_next_day(now, register.calendar)
        await queue_telling(store, telling, accounts.keys(), now=now, expires_at=expires_at)
    return len(tellings)


def _tellings(
    register: Register, accounts: Mapping[Member, Account], content: Content, today: date
) -> Iterator[Telling]:
    for key, acts in register.acts.items():
        for decision in _decisions(register, acts, today):
            for officer in sorted(decision.concerned & register.officers.keys()):
                desk = Desk(register=register, officer=register.officers[officer], numbers={}, today=today)
                task = desk.task(key)
                if task is None:
                    continue

                def word(
                    way: BoundAddress, number: int, task: Task = task, desk: Desk = desk, about: _Decision = decision
                ) -> Reply:
                    account = accounts[way.address.channel, way.address.account]
                    speech = Speech(content=content, language=way.language, account=account)
                    return _word(speech, desk, task, about, number)

                still_open = tuple(one.duty.key for one in desk.open)
                yield Telling(officer=officer, act=decision.act.id, key=key, still_open=still_open, word=word)


def _decisions(register: Register, acts: Iterable[Act], today: date) -> Iterator[_Decision]:
    by_id = {act.id: act for act in acts}
    undone = {act.undoes for act in by_id.values() if act.kind is ActKind.UNDONE}
    wish: Act | None = None
    for act in sorted(by_id.values(), key=lambda each: each.id):
        about = by_id.get(act.undoes or 0) if act.kind is ActKind.UNDONE else wish
        is_no = act.kind is ActKind.UNDONE and about is not None and about.kind is ActKind.TRANSFER_ASKED
        if act.kind is ActKind.TRANSFER_ASKED and act.id not in undone:
            wish = act
        is_yes = act.kind is ActKind.TRANSFERRED and act.id not in undone
        if (is_yes or is_no) and register.calendar.between(local_day(act.at), today) <= FRESH:
            yield _Decision(act=act, wish=about)
        wish = None if is_yes else wish


def _word(speech: Speech, desk: Desk, task: Task, about: _Decision, number: int) -> Reply:
    who = desk.name_of(about.act.officer) or speech.say("duty.office")
    name, to, due = desk.officer.name, desk.name_of(about.to), deadline(task.duty)
    detail = speech.invite(speech.say("duty.word_detail", number=number))

    def worded(length: int) -> str:
        title = clip(task.title, length)
        if about.granted:
            return speech.say(
                "duty.hand_told", name=name, who=who, number=number, title=title, due=due, to=to, detail=detail
            )
        return speech.say("duty.hand_told_not", name=name, who=who, number=number, title=title, due=due, to=to)

    texts = [worded(length) for length in _TITLES]
    return Reply(text=texts[0], brief=fullest(texts[1:2], last_resorts=texts[2:]))
