"""How every dataset in force stands: what officers, operators and reports are told, never citizens."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from bot.core.cycle import UNCLEAR, Cycle
from bot.core.cycle_words import Cycles
from bot.core.due import DueWording
from bot.core.freshness import Freshness, freshness_of
from bot.core.working_days import WorkCalendar
from bot.store.catalogue import Entry, entries
from bot.store.engine import Store
from gateway.follow import read_configured
from gateway.settings import Settings

Identity = tuple[str, str, str]
"""Kind, name and province of a source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a ``decision`` says of a dataset: the ``item`` of its catalogue, how often, until when, ``since`` when."""

    decision: str
    item: str
    cycle: Cycle
    due: DueWording | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what datasets are judged: ``assumed`` cycles by source, ``terms`` of decisions by the code of the dataset,
    and the ``calendar`` of days off."""

    cycles: Cycles
    assumed: Mapping[Identity, str] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetStanding:
    """A dataset in force, the cycle that counts for it, how it stands, and what a decision says of it, if any does.

    ``hdx`` is what the scale of HDX calls it, for comparison only; empty where that says nothing.
    """

    entry: Entry
    cycle: Cycle
    freshness: Freshness
    term: Term | None = None
    hdx: str = ""


def read_assumed(settings: Settings) -> dict[Identity, str]:
    """The operator's default for each source that has one. Raises ContentError for settings that are wrong."""
    requests = [request for _, request in read_configured(settings)]
    return {
        (request.kind, request.name, request.province): source.cycle
        for request, source in zip(requests, settings.sources, strict=True)
        if source.cycle
    }


async def read_standings(
    store: Store, rules: Rules, *, today: date, code: str | None = None
) -> AsyncIterator[DatasetStanding]:
    """How each dataset in force (or only ``code``) stands on the day ``today``, taken down or not.

    The cycle of a decision counts before the one that the portal prints, as far as it is clear.
    """
    understand = cache(lambda printed, assumed: rules.cycles.understand(printed, default=assumed))
    async for entry in entries(store, code=code):
        term = rules.terms.get(entry.dataset.code)
        cycle = understand(entry.dataset.cycle, rules.assumed.get((entry.kind, entry.source, entry.home), ""))
        if term and term.cycle.code not in UNCLEAR:
            cycle = term.cycle
        due, since = (term.due, term.since) if term else (None, None)
        freshness = freshness_of(entry.dataset, cycle, due, today, since=since, calendar=rules.calendar)
        hdx = rules.cycles.grade("HDX", cycle.code, (today - freshness.changed).days) if freshness.changed else ""
        yield DatasetStanding(entry=entry, cycle=cycle, freshness=freshness, term=term, hdx=hdx)


def describe(standing: DatasetStanding) -> dict[str, Any]:
    """``standing`` as a JSON document without what belongs to the dataset alone."""
    cycle, fresh = standing.cycle, standing.freshness
    awaited, due, term = fresh.awaited, fresh.due, standing.term
    return {
        "state": fresh.state,
        "cycle_code": cycle.code,
        "cycle_note": cycle.note,
        "cycle_assumed": cycle.assumed,
        "last_change": fresh.changed.isoformat() if fresh.changed else None,
        "evidence": fresh.evidence,
        "period": awaited.label if awaited else None,
        "period_end": awaited.end.isoformat() if awaited else None,
        "nominal_due": due.nominal.isoformat() if due else None,
        "legal_due": due.legal.isoformat() if due else None,
        "provisional": fresh.provisional,
        "hdx_comparison": standing.hdx or None,
        "decision": term.decision if term else None,
        "item": term.item if term else None,
    }
