"""The wishes that a duty goes to somebody else, as the operator sees and decides them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.errors import TracuuError
from bot.core.obligations.agency import Officer, PostRole
from bot.core.obligations.obligation import Obligation, split_key
from bot.core.obligations.progress import SETTLED, Act, ActKind, Said, status_of
from bot.register import Register

_REACH = timedelta(days=800)


class HandingError(TracuuError):
    """No such wish is open; the sentence says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """That the duty is to go to another officer by ``act``, which nobody has decided. ``heads`` can be asked for it;
    without any it waits for the operator."""

    act: Act
    duty: Obligation
    heads: Sequence[Officer] = ()


def open_wishes(register: Register, today: date) -> Iterator[Wish]:
    """Every wish that is open on the day ``today``, the oldest first. What is settled goes to nobody."""
    asked = {key: found for key in register.acts if (found := register.progress(key).asked) is not None}
    duties = {
        duty.key: duty
        for province, rule in {split_key(key)[:2] for key in asked}
        for duty in register.between(today - _REACH, today + _REACH, province=province, rule=rule)
    }
    for key, act in sorted(asked.items(), key=lambda each: each[1].id):
        duty = duties.get(key)
        if duty is not None and status_of(duty, register.progress(key), today) not in SETTLED:
            yield Wish(act=act, duty=duty, heads=_heads(register, duty, act, today))


def decide(register: Register, number: int, *, agrees: bool, by: str, at: datetime, today: date) -> tuple[Wish, Said]:
    """The wish with that number, and what is to be kept of the decision of ``by``. Raises HandingError."""
    wish = next((one for one in open_wishes(register, today) if one.act.id == number), None)
    if wish is None:
        raise HandingError(f"no handover {number} is open; tracuu handovers list shows those that are")
    act = Act(id=0, key=wish.duty.key, kind=ActKind.UNDONE, at=at, by=by, undoes=wish.act.id)
    if agrees:
        act = Act(id=0, key=wish.duty.key, kind=ActKind.TRANSFERRED, at=at, by=by, to=wish.act.to)
    agency = register.agencies.get(wish.duty.agency) if wish.duty.agency is not None else None
    cite = register.rule_sets[wish.duty.province].cite(wish.duty.rule)
    return wish, Said(act=act, duty=wish.duty, cite=cite, agency=agency.name if agency else wish.duty.owner)


def _heads(register: Register, duty: Obligation, act: Act, today: date) -> Sequence[Officer]:
    by_role = {} if duty.agency is None else register.officers_of(duty.agency, today)
    return [head for head in by_role.get(PostRole.HEAD, ()) if head.reachable and head.id != act.officer]
