"""A duty with its dates: what follows from a rule, whose it is and for which period. Computed, never stored."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from bot.core.obligations.rule import Rule
from bot.core.replacement import PeriodStatus

_KEY = re.compile(
    r"(?P<province>[^/]*)/(?P<rule>[^/]*)/(?P<subject>.*?)/"
    r"(?P<period>\d{4}(?:/\d{4}|-(?:\d\d(?:-\d\d|/\d{1,2})?|Q\d|H\d|W\d\d(?:/W\d\d)?))?)",
    re.DOTALL,
)


class SubjectKind(StrEnum):
    """What a duty is about: an item of the catalogue (its lineage), a published dataset (its code), an agency (its
    id), or the province as a whole."""

    ITEM = "item"
    DATASET = "dataset"
    AGENCY = "agency"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a duty is about. ``id`` tells it apart within its kind, ``title`` is what people read: that of the item or
    dataset, else what is to be done."""

    kind: SubjectKind
    id: str = ""
    title: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """That something is to be done once for ``period``, by the rule set of the profile ``province``.

    ``period`` is its label (``2026-11``, ``2026-Q3``), the day of the event, or the day from which the gap counts.
    ``opens_on`` is the first day on which it can be done for that period: the day after the period, the event, or the
    day from which the gap counts; for what is to be done within a period, its first day. ``nominal_due`` is the plain
    result, for reminders; ``legal_due`` the one after the rule on days off, None where the text has no number.
    ``agency`` is None while nobody is known to have the duty, ``owner`` the name that the catalogue prints.
    ``provisional``: a day off that nobody has announced yet lies within the term. ``confirmed`` is False while its
    rules are neither in force nor confirmed in writing: the dates are told, but nobody is late by them. From
    ``closed_on`` on ``status`` is how it stands, unless it was done; with INFORMATION and no such day from the start.
    """

    province: str
    rule: Rule
    subject: Subject
    period: str
    opens_on: date
    nominal_due: date
    legal_due: date | None = None
    agency: int | None = None
    owner: str = ""
    decision: str = ""
    provisional: bool = False
    confirmed: bool = True
    status: PeriodStatus = PeriodStatus.BINDING
    closed_on: date | None = None

    @property
    def key(self) -> str:
        """What tells it apart from every other one, whatever its dates turn out to be."""
        return f"{self.province}/{self.rule.id}/{self.subject}/{self.period}"

    @property
    def remind_by(self) -> date:
        """The earlier of its two dates, by which everybody should be reminded."""
        return self.nominal_due if self.legal_due is None else min(self.nominal_due, self.legal_due)

    @property
    def late_after(self) -> date | None:
        """The later of its two dates: "quá hạn" from the day after it; None where nobody is ever late."""
        return None if self.legal_due is None else max(self.nominal_due, self.legal_due)

    def is_late_on(self, day: date) -> bool:
        """Whether it is "quá hạn" on ``day`` if it is not done before it."""
        return self.confirmed and self.late_after is not None and day > self.late_after


class KeyParts(NamedTuple):
    """The parts of :attr:`Obligation.key`; ``subject`` is a :class:`Subject` as text."""

    province: str
    rule: str
    subject: str
    period: str


def split_key(key: str) -> KeyParts:
    """The parts of a key. Raises ValueError when it is none."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(key)
    return KeyParts(**found.groupdict())
