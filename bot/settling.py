"""That something was done, as the operator says it for an agency: which duty is meant, what the record keeps. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.errors import TracuuError
from bot.core.obligations.agency import Agency, same_name
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Act, ActKind, Said, Status, counting, status_of
from bot.core.obligations.rule import Trigger
from bot.register import Register

_REACH = timedelta(days=800)
_SHOWN = 5
_NOT_BINDING = frozenset({Status.CLOSED, Status.INFORMATION})


class SettlingError(TracuuError):
    """What was said fits no duty, or several; the sentence says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The ``duty`` that is meant; ``said`` is what is to be kept, None when it is known already."""

    duty: Obligation
    said: Said | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What the operator says: that ``what`` – a rule, an item or a dataset, by its id or code – was done by ``agency``
    ``on`` a day, for ``period`` (empty = the one that was to be done then), as ``by`` says ``at`` that moment."""

    what: str
    agency: str
    on: date
    at: datetime
    period: str = ""
    by: str = ""


def settle(register: Register, asked: Settling) -> Settled:
    """That it was done, as the agency's own officers could not say it better. Raises SettlingError."""
    agency = find_agency(register, asked.agency)
    duties = list(_meant(register, agency, asked))
    known = next((duty for duty in duties if _said_by_office(register, duty, asked.on)), None)
    if known is not None:
        return Settled(duty=known, said=None)
    duty = _one(register, duties, asked)
    act = Act(id=0, key=duty.key, kind=ActKind.VERIFIED, at=asked.at, by=asked.by, day=asked.on)
    return Settled(duty=duty, said=_told(register, agency, duty, act))


def unsettle(register: Register, asked: Settling) -> Settled:
    """That it was not done after all: what :func:`settle` kept for that day does not count any more.

    Raises SettlingError when nothing was kept.
    """
    agency = find_agency(register, asked.agency)
    for duty in _meant(register, agency, asked):
        before = _said_by_office(register, duty, asked.on)
        if before is not None:
            act = Act(id=0, key=duty.key, kind=ActKind.UNDONE, at=asked.at, by=asked.by, undoes=before.id)
            return Settled(duty=duty, said=_told(register, agency, duty, act))
    raise SettlingError(f"nothing was recorded of {asked.what} by {agency.name} on {asked.on.isoformat()}")


def find_agency(register: Register, name: str) -> Agency:
    """The agency with that id, name or alias. Raises SettlingError when there is none, or several."""
    found = [
        agency
        for agency in register.agencies.values()
        if name == str(agency.id) or any(same_name(name, known) for known in (agency.name, *agency.aliases))
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise SettlingError(f"no agency is called {name}: see tracuu people list")
    same = ", ".join(f"{agency.id} ({agency.province})" for agency in found)
    raise SettlingError(f"several agencies are called {name}, give the number of one: {same}")


def following(register: Register, duty: Obligation) -> Obligation | None:
    """The same duty the next time, by what ``register`` knows."""
    later = (
        each
        for each in register.between(duty.nominal_due + timedelta(days=1), duty.nominal_due + _REACH)
        if (each.rule.id, each.subject, each.agency) == (duty.rule.id, duty.subject, duty.agency)
    )
    return min(later, key=lambda each: each.nominal_due, default=None)


def _meant(register: Register, agency: Agency, asked: Settling) -> Iterator[Obligation]:
    """The agency's duties that ``asked.what`` may mean. Raises SettlingError when it means nothing that is known."""
    rules = register.rule_sets.get(agency.rule_set)
    if rules is None:
        raise SettlingError(f"nobody has recorded which decision binds {agency.name}: it has no deadlines")
    subjects = _subjects(register, asked.what)
    is_rule = any(rule.id == asked.what for rule in rules.rules)
    if not is_rule and not subjects:
        known = ", ".join(rule.id for rule in rules.rules)
        raise SettlingError(f"{asked.what} is neither an item or dataset nor a rule of {rules.id}, which has {known}")
    for duty in register.between(asked.on - _REACH, asked.on + _REACH, province=rules.id, agencies={agency.id}):
        named = duty.rule.id == asked.what if is_rule else duty.subject.id in subjects
        if named and duty.agency == agency.id and asked.period in {"", duty.period}:
            yield duty


def _subjects(register: Register, code: str) -> frozenset[str]:
    """The ids of what has that code: an item by its code or lineage, the item of a dataset, a dataset itself."""
    items = [item for catalogue in register.catalogues for item in catalogue.items]
    found = {item.lineage or item.code for item in items if code in {item.code, item.lineage}}
    for dataset in register.datasets:
        if dataset.code == code:
            found |= {dataset.code, dataset.lineage}
    return frozenset(found - {""})


def _one(register: Register, duties: Sequence[Obligation], asked: Settling) -> Obligation:
    """Of several the last that could be done on that day. Raises SettlingError when they are about several things."""
    open_then = [duty for duty in duties if duty.opens_on <= asked.on and _binds(register, duty, asked.on)]
    if not open_then:
        first = min((duty.opens_on for duty in duties if duty.opens_on > asked.on), default=None)
        hint = f"; it can be done from {first.isoformat()} on" if first else ""
        raise SettlingError(f"nothing of {asked.what} was to be done on {asked.on.isoformat()}{hint}")
    about = dict.fromkeys((duty.rule.id, duty.subject) for duty in open_then)
    events = [duty.period for duty in open_then if duty.rule.trigger is Trigger.EVENT]
    if len(about) > 1:
        named = ", ".join(f"{subject.id} ({subject.title})" for _, subject in list(about)[:_SHOWN])
        raise SettlingError(f"{asked.what} is about several things, name the code of one: {named}")
    if len(events) > 1:
        raise SettlingError(f"{asked.what} counts from several days, name one by --period: {', '.join(sorted(events))}")
    return max(open_then, key=lambda duty: (duty.opens_on, duty.nominal_due))


def _binds(register: Register, duty: Obligation, day: date) -> bool:
    """Whether it may be said that it was done: also of a gap for information, the next counts from that day."""
    counts_on = duty.rule.trigger is Trigger.LAST_DONE
    return counts_on or status_of(duty, register.progress(duty.key), day) not in _NOT_BINDING


def _said_by_office(register: Register, duty: Obligation, day: date) -> Act | None:
    """That it was done on ``day`` as an office has said, while that counts."""
    told = counting(sorted(register.acts.get(duty.key, ()), key=lambda act: act.id))
    return next((a for a in told if a.kind is ActKind.VERIFIED and a.officer is None and a.day == day), None)


def _told(register: Register, agency: Agency, duty: Obligation, act: Act) -> Said:
    return Said(act=act, duty=duty, cite=register.rule_sets[duty.province].cite(duty.rule), agency=agency.name)
