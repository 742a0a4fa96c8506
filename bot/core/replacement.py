"""A decision that is replaced in the middle of a year: which periods of an item still belong to the old one.

The rule, for an item and the day from which the new decision counts:

- A period that was due before that day belongs to the old decision. Whatever of it is still open is closed that day,
  "theo QĐ cũ": nobody is urged for it any more, and it is late no day longer.
- Every later period belongs to the new decision. One that had ended or was due before the new decision counted is
  told for information only (ruling R12): nobody is ever late for it.
- Without a term (ruling R9) a period counts as due when it ends, to say to which decision it belongs, and for nothing
  else.

The new decision takes over at the end of the last period that the old one keeps, so no day is lost. Two periods cover
a day only where the new cycle is longer: its first period may reach back into what the old one keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.core.cycle_periods import Period, periods_between
from bot.core.due import DaysOff, due_of_period, known_day_off
from bot.core.items import CatalogueItem

_DAY = timedelta(days=1)


class PeriodStatus(StrEnum):
    """How a period stands: under its decision, ended with it, or told for information only."""

    BINDING = "binding"
    CLOSED = "closed"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPeriod:
    """A period of the item ``code`` of ``decision``.

    ``nominal_due`` and ``legal_due`` are None where the decision fixes no term; ``closed_on`` is the day on which it
    was closed "theo QĐ cũ", from which on nothing of it is open.
    """

    code: str
    decision: str
    period: Period
    nominal_due: date | None = None
    legal_due: date | None = None
    status: PeriodStatus = PeriodStatus.BINDING
    closed_on: date | None = None

    def is_open(self, day: date) -> bool:
        """Whether anybody may be reminded of it on ``day``, as far as the decisions go."""
        return self.status is PeriodStatus.BINDING or (self.closed_on is not None and day < self.closed_on)

    def is_late(self, day: date) -> bool:
        """Whether it is late on ``day`` if nothing was published: after the later of its dates, while it is open."""
        if self.nominal_due is None or self.legal_due is None:
            return False
        return self.is_open(day) and day > max(self.nominal_due, self.legal_due)


def periods_of(
    item: CatalogueItem, first: date, last: date, *, days_off: DaysOff = known_day_off
) -> tuple[ItemPeriod, ...]:
    """The periods of ``item`` that have a day from ``first`` to ``last``, as if no other decision ever counted.

    None for a cycle without periods. Those that ended before its decision counted are for information only.
    """
    return tuple(_item_period(item, period, days_off) for period in periods_between(item.cycle.code, first, last))


def periods_across(
    old: CatalogueItem | None,
    new: CatalogueItem | None,
    *,
    on: date,
    first: date,
    last: date,
    days_off: DaysOff = known_day_off,
) -> tuple[ItemPeriod, ...]:
    """The periods from ``first`` to ``last`` of an item whose decision was replaced ``on`` that day, oldest first.

    ``old`` is the item as the old decision has it, ``new`` as the new one; None where that has no such item. Of an item
    that was dropped everything later is closed at once.
    """
    before = periods_of(old, first, max(last, on), days_off=days_off) if old else ()
    kept = [close(each, on) for each in before if _belongs_before(each, on)]
    if new is None:
        after = [close(each, on) for each in before[len(kept) :] if each.period.start < on]
    else:
        reach = _reach(before, kept) or on - _DAY
        later = periods_of(new, first, last, days_off=days_off)
        after = [_from(each, on) for each in later if each.period.end > reach]
    return tuple(each for each in (*kept, *after) if each.period.start <= last)


def _reach(before: Sequence[ItemPeriod], kept: Sequence[ItemPeriod]) -> date | None:
    """The last day that the old decision keeps to itself, None for an item that had no periods under it."""
    if kept:
        return kept[-1].period.end
    return before[0].period.start - _DAY if before else None


def close(period: ItemPeriod, on: date) -> ItemPeriod:
    """``period`` closed "theo QĐ cũ" on that day. What is closed or for information already stays as it is."""
    if period.status is not PeriodStatus.BINDING:
        return period
    return replace(period, status=PeriodStatus.CLOSED, closed_on=on)


def _item_period(item: CatalogueItem, period: Period, days_off: DaysOff) -> ItemPeriod:
    due = due_of_period(item.due, period, days_off=days_off) if item.due else None
    whole = ItemPeriod(
        code=item.code,
        decision=item.decision,
        period=period,
        nominal_due=due.nominal if due else None,
        legal_due=due.legal if due else None,
    )
    return _from(whole, item.valid_from) if item.valid_from else whole


def _from(period: ItemPeriod, day: date) -> ItemPeriod:
    """``period`` under a decision that counts from ``day``: what was over by then binds nobody."""
    over = period.period.end < day or (period.nominal_due is not None and period.nominal_due < day)
    return replace(period, status=PeriodStatus.INFORMATION) if over else period


def _belongs_before(period: ItemPeriod, on: date) -> bool:
    return period.period.start < on and (period.nominal_due or period.period.end) < on
