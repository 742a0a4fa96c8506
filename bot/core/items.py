"""What signed decisions oblige agencies to publish: decisions, the items of their catalogues, and when these count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueWording
from bot.core.text import tokens

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A signed decision on a catalogue. ``number`` tells it apart within its ``province``.

    It counts from ``valid_from`` to ``valid_to``, both included, None = without end. ``replaces`` are the numbers of
    those that it ends; ``replaced_on`` is the day from which another one counts in its place, which is called
    ``replaced_by``: both follow from the others and are printed nowhere on it.
    """

    number: str
    signed_on: date
    province: str
    signer: str = ""
    title: str = ""
    valid_from: date
    valid_to: date | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: str = ""
    replaced_on: date | None = None

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts, None = without end."""
        ends = [self.valid_to] if self.valid_to else []
        ends += [self.replaced_on - _DAY] if self.replaced_on else []
        return min(ends, default=None)

    def counts_on(self, day: date) -> bool:
        """Whether it counts on ``day``."""
        return _within(day, self.valid_from, self.last_day)


UNKNOWN_CYCLE = Cycle(code=UpdateCycle.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """What one line of a decision's catalogue obliges ``owner`` to publish.

    ``code`` tells it apart within its ``decision`` (a number); ``lineage`` is the same for what is one item through
    several decisions. ``valid_from`` and ``valid_to`` (both included) are those of its decision. ``position`` counts
    from 1 in the order of the annex. ``due`` is what ``due_printed`` was understood as: None where the decision fixes
    no term (ruling R9), and where its wording says nothing that can be counted.
    """

    code: str
    title: str
    decision: str = ""
    province: str = ""
    position: int = 0
    theme: str = ""
    owner: str = ""
    cycle: Cycle = UNKNOWN_CYCLE
    due: DueWording | None = None
    due_printed: str = ""
    format: str = ""
    fields: tuple[str, ...] = ()
    description: str = ""
    lineage: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def counts_on(self, day: date) -> bool:
        """Whether it obliges anybody on ``day``."""
        return self.valid_from is not None and _within(day, self.valid_from, self.valid_to)


class LinkState(StrEnum):
    """What a person said of an item and a dataset."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLink:
    """What ``by`` said at ``at`` of the item with that ``lineage`` and the dataset with that code.

    It holds in every decision that continues the item, and however often the dataset is synced.
    """

    province: str
    lineage: str
    dataset: str
    state: LinkState
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A decision with its items in the order of the annex."""

    decision: Decision
    items: tuple[CatalogueItem, ...]


def same_number(number: str) -> str:
    """The form in which numbers of decisions are compared: "1290 / qđ-ct" and "1290/QĐ-CT" are one."""
    return "".join(number.split()).upper()


Identity = tuple[str, str]


def identity(item: CatalogueItem) -> Identity:
    """What an item without a lasting code is recognised by: its title and owner, folded."""
    return " ".join(tokens(item.title)), " ".join(tokens(item.owner))


def settle(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """``decisions`` of one province with those replaced that another one replaces, from the day on which that counts.

    Of several that replace one the earliest counts. Doing it again changes nothing.
    """
    enders: dict[str, Decision] = {}
    for each in sorted(decisions, key=lambda one: (one.valid_from, one.number), reverse=True):
        ended = set(map(same_number, each.replaces)) - {same_number(each.number)}
        enders |= dict.fromkeys(ended, each)
    return tuple(_settled(each, enders.get(same_number(each.number))) for each in decisions)


def _settled(decision: Decision, ender: Decision | None) -> Decision:
    if ender is None:
        return replace(decision, replaced_by="", replaced_on=None)
    return replace(decision, replaced_by=ender.number, replaced_on=ender.valid_from)


def belong(item: CatalogueItem, decision: Decision) -> CatalogueItem:
    """``item`` as part of ``decision``: its validity is that of the decision."""
    return replace(
        item,
        decision=decision.number,
        province=decision.province,
        valid_from=decision.valid_from,
        valid_to=decision.last_day,
    )


def _within(day: date, first: date, last: date | None) -> bool:
    return first <= day and (last is None or day <= last)
