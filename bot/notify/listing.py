"""The authority's list: what is late and nobody is reminded of any more. The next step is a letter, not a message."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from bot.core.obligations.obligation import Obligation
from bot.core.obligations.planning import OpenDuty, find_open
from bot.core.obligations.recording import record_listed
from bot.core.obligations.steps import Ladders
from bot.register import Register
from bot.store.engine import Store
from bot.store.record import append_new

LOOKED_BACK = timedelta(days=400)
"""How old a duty on the list may be: a yearly one and a month, as in a letter."""


def is_on_list(duty: OpenDuty, register: Register, ladders: Ladders, today: date) -> bool:
    """Whether ``duty`` is on the list: of a known agency, by rules that may urge, and after the last reminder."""
    obligation = duty.obligation
    return (
        obligation.agency in register.agencies
        and obligation.province in register.confirmed
        and ladders.is_listed(obligation, duty.status, today)
    )


def find_listed(register: Register, province: str, today: date) -> Sequence[Obligation]:
    """What is on the list of the profile ``province`` on the day ``today``, agency by agency, the oldest first."""
    ladders = Ladders(register.calendar)
    duties = register.between(today - LOOKED_BACK, today, province=province)
    followed = ((each, register.progress(each.key)) for each in duties)
    found = [
        duty.obligation for duty in find_open(followed, ladders, today) if is_on_list(duty, register, ladders, today)
    ]
    return sorted(found, key=lambda duty: (register.agencies[duty.agency or 0].name, duty.nominal_due, duty.key))


async def note_listed(store: Store, listed: Iterable[OpenDuty], register: Register, *, now: datetime) -> int:
    """Put on record that these duties went on the list, each once however often anybody looks. Returns how many are
    new on it."""
    entries = (
        record_listed(
            duty.obligation,
            at=now,
            cite=register.rule_sets[duty.obligation.province].cite(duty.obligation.rule),
            agency_name=register.agencies[duty.obligation.agency or 0].name,
        )
        for duty in listed
    )
    return await append_new(store, entries)
