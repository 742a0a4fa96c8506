"""The rules of a province's decision that give a date, each with its article."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.cycle import UpdateCycle
from bot.core.due import DueWording


class Trigger(StrEnum):
    """What makes a duty arise.

    PERIOD: each period of the rule's own cycle. ITEM: each period of the cycle of a catalogue item. EVENT: something
    that happened. LAST_DONE: that it was done the last time (before the first time the effective date).
    """

    PERIOD = "period"
    ITEM = "item"
    EVENT = "event"
    LAST_DONE = "last-done"


class Event(StrEnum):
    """What starts the clock of a rule with the trigger EVENT."""

    CHANGED = "changed"
    PUBLISHED = "published"


class Bearer(StrEnum):
    """Who has the duty: every agency that provides data, or the one with a role in the profile."""

    PROVIDER_AGENCY = "provider_agency"
    PORTAL_AUTHORITY = "portal_authority"
    OPERATOR = "operator"
    SERVICE_PROVIDER = "service_provider"


class Term(StrEnum):
    """What "quá hạn" is counted from.

    DUE: the day that ``Rule.due`` gives. PERIOD_END: the end of the period in which it is to be done; the day that
    ``due`` gives is only proposed. NONE: the text has no number, so nobody is ever late by it (rulings R9, R10).
    """

    DUE = "due"
    PERIOD_END = "period-end"
    NONE = "none"


class Confidence(StrEnum):
    """How sure the reading of a clause is (the rulings say it of each wording)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """When somebody is reminded of a duty: working days ``before`` the day (0 = on it), and ``after`` its legal term.

    Both as positive numbers, the earliest first: before (10, 3, 1, 0), after (1, 3).
    """

    before: tuple[int, ...] = (10, 3, 1, 0)
    after: tuple[int, ...] = (1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One clause that gives a date. ``id`` is that of the fixed interface (``update-monthly``).

    ``article`` is how it is cited in a message ("khoản 6 Điều 13 QC"), ``title`` and ``title_en`` what is to be done.
    ``cycle`` is the rule's own (trigger PERIOD); ``cycles`` are those of the items it is for (trigger ITEM, empty =
    every one with periods). ``due`` is counted from the end of the period, the event, or the last time; None = the
    catalogue item says it, and if that says nothing there is no term. ``term`` says what is late. ``unchanged``: an
    officer may answer that there was nothing new. ``approval``: the decision wants to know who approved it, and when.
    ``confidence`` and ``basis`` say how the date is read from the text; ``proposed`` that the day is the project's own
    default and in no text. ``quote`` are words by which the clause is found. ``opens``: the day from which it can be
    done; None = as :class:`bot.core.obligations.obligation.Obligation` says. ``cutoff``: the last day whose figures a
    report holds (ruling R11). ``external``: the other text that fixes the term, which could not be read: the operator
    enters the term with the catalogue items.
    """

    id: str
    article: str
    title: str
    title_en: str
    trigger: Trigger
    bearer: Bearer = Bearer.PROVIDER_AGENCY
    cycle: UpdateCycle | None = None
    cycles: tuple[UpdateCycle, ...] = ()
    event: Event | None = None
    due: DueWording | None = None
    term: Term = Term.DUE
    steps: Steps = Steps()
    unchanged: bool = False
    approval: bool = False
    confidence: Confidence = Confidence.HIGH
    basis: str = ""
    proposed: bool = False
    quote: str = ""
    opens: DueWording | None = None
    cutoff: DueWording | None = None
    external: str = ""
