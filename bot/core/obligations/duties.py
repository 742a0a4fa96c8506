"""From rules, agencies, items, datasets and acts to duties: whose each one is, and by which rule set. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from bot.core.cycle import UpdateCycle
from bot.core.due import DueAnchor, DueWording
from bot.core.items import CatalogueItem
from bot.core.obligations.agency import Agency
from bot.core.obligations.computing import Line, Turn, turn_of_event, turns_of_cycle, turns_of_item, turns_since
from bot.core.obligations.ground import Ground
from bot.core.obligations.happenings import changes_of, done_days
from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.owners import Owners
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.published import Published
from bot.core.obligations.rule import Bearer, Event, Rule, Trigger
from bot.core.replacement import PeriodStatus

_DAY = timedelta(days=1)
_USUAL = (UpdateCycle.MONTHLY, UpdateCycle.QUARTERLY, UpdateCycle.ANNUAL)
"""What is told of a rule for items while no catalogue is there, where the rule names no cycles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """Something that is printed as ``owner``'s: by which rules it is to be done, and by which agency that we know."""

    rules: RuleSet
    agency: int | None = None
    owner: str = ""
    decision: str = ""


class Duties:
    """What follows from ``ground`` for the nominal dates from ``first`` to ``last``.

    Of some agencies only (``ground.only``) what is known to be theirs is told. The times at which items of one kind are
    due are worked out once.
    """

    def __init__(self, ground: Ground, *, first: date, last: date) -> None:
        self._ground, self._first, self._last = ground, first, last
        self._only = None if ground.only is None else frozenset(ground.only)
        self._owners = Owners(ground.agencies.values())
        self._turns: dict[object, tuple[Turn, ...]] = {}

    def of(self, rules: RuleSet, rule: Rule) -> Iterator[Obligation]:
        """The duties by one rule of a rule set."""
        match rule.trigger:
            case Trigger.PERIOD:
                return self._of_cycle(rules, rule)
            case Trigger.LAST_DONE:
                return self._of_gaps(rules, rule)
            case Trigger.ITEM:
                return self._of_items(rules, rule)
            case Trigger.EVENT:
                return self._of_changes(rules, rule) if rule.event is Event.CHANGED else self._of_datasets(rules, rule)

    def unmatched(self) -> Mapping[tuple[str, str], int]:
        """How many items and datasets are printed as whose nobody of the agencies is, by province and printed name."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        ground = self._ground
        items = ((item.province, item.owner) for catalogue in ground.catalogues for item in catalogue.items)
        for province, owner in (*items, *((each.province, each.publisher) for each in ground.datasets)):
            if self._owners.find(province, owner) is None:
                found[province, owner] += 1
        return dict(sorted(found.items()))

    def generic(self, rules: RuleSet, rule: Rule, event: date) -> Iterator[Obligation]:
        """What would follow from something that happens on the day ``event``, whoever's it is; from the day on which
        it was done the last time, where the rule counts from that."""
        calendar, first, last = self._ground.calendar, self._first, self._last
        if rule.trigger is Trigger.LAST_DONE:
            turns = tuple(turns_since(rules, rule, event, {}, calendar, first=first, last=last))
        else:
            turns = self._after(rules, rule, event, None)
        yield from self._tell(rule, _of_province(rules, rule), _Bound(rules=rules), turns)

    def _of_cycle(self, rules: RuleSet, rule: Rule) -> Iterator[Obligation]:
        if rule.cycle is not None:
            turns = self._of_periods(rules, rule, rule.cycle)
            for subject, bound in self._bearers(rules, rule):
                yield from self._tell(rule, subject, bound, turns)

    def _of_gaps(self, rules: RuleSet, rule: Rule) -> Iterator[Obligation]:
        anchor, calendar = rules.decision.valid_from, self._ground.calendar
        if anchor is not None:
            for subject, bound in self._bearers(rules, rule):
                done = self._done.get(f"{rules.id}/{rule.id}/{subject}", {})
                turns = turns_since(rules, rule, anchor, done, calendar, first=self._first, last=self._last)
                yield from self._tell(rule, subject, bound, turns, since=self._recorded(bound.agency))

    def _of_items(self, rules: RuleSet, rule: Rule) -> Iterator[Obligation]:
        chains = self._chains_of.get(rules.id, ())
        for chain, place, bound in chains:
            item = chain[place]
            if _fits(rule, item):
                yield from self._tell(rule, _of_item(item), bound, self._of_chain(rules, rule, chain, place))
        if not chains and self._only is None:
            for cycle in rule.cycles or _USUAL:
                turns = self._of_periods(rules, rule, cycle)
                yield from self._tell(rule, _of_province(rules, rule), _Bound(rules=rules), turns)

    def _of_changes(self, rules: RuleSet, rule: Rule) -> Iterator[Obligation]:
        for chain in self._chains.values():
            subject = _of_item(chain[-1])
            for day in self._changes.get(str(subject), ()):
                item = _version(chain, day)
                bound = self._bound(item.province, item.owner, item.decision)
                if bound and bound.rules is rules:
                    yield from self._tell(rule, subject, bound, self._after(rules, rule, day, item.due))

    def _of_datasets(self, rules: RuleSet, rule: Rule) -> Iterator[Obligation]:
        for dataset in self._ground.datasets:
            day = dataset.published_at
            bound = self._bound_of(dataset) if day else None
            if day and bound and bound.rules is rules:
                subject = Subject(kind=SubjectKind.DATASET, id=dataset.code, title=dataset.title)
                yield from self._tell(rule, subject, bound, self._after(rules, rule, day, None))

    def _of_periods(self, rules: RuleSet, rule: Rule, cycle: UpdateCycle) -> tuple[Turn, ...]:
        return turns_of_cycle(rules, rule, cycle, self._ground.calendar, first=self._first, last=self._last)

    def _of_chain(self, rules: RuleSet, rule: Rule, chain: Sequence[CatalogueItem], place: int) -> tuple[Turn, ...]:
        """The times of one version of an item; items of one kind share them."""
        item = chain[place]
        before = chain[place - 1] if place and _follows(chain[place - 1], item) else None
        after = chain[place + 1] if place + 1 < len(chain) and _follows(item, chain[place + 1]) else None
        kind = (rules.id, rule.id, self._kind(item), self._kind(before), self._kind(after))
        if kind not in self._turns:
            line = Line(
                item=replace(item, due=rule.due or item.due), before=self._worded(before), after=self._worded(after)
            )
            calendar = self._ground.calendar
            self._turns[kind] = turns_of_item(rules, rule, line, calendar, first=self._first, last=self._last)
        return self._turns[kind]

    def _after(self, rules: RuleSet, rule: Rule, day: date, due: DueWording | None) -> tuple[Turn, ...]:
        own = due if due and due.anchor is DueAnchor.CHANGE else None
        turn = turn_of_event(rules, rule, day, self._ground.calendar, due=own)
        return (turn,) if turn and self._first <= turn.nominal_due <= self._last else ()

    def _kind(self, item: CatalogueItem | None) -> object:
        if item is None:
            return None
        rules = self._rules_of(item.province, self._owners.find(item.province, item.owner))
        return item.decision, item.cycle.code, item.due, item.valid_from, item.valid_to, rules and rules.id

    def _worded(self, item: CatalogueItem | None) -> CatalogueItem | None:
        """``item`` with the wording that counts by the rules of whoever has it."""
        rules = self._rules_of(item.province, self._owners.find(item.province, item.owner)) if item else None
        if item is None or rules is None:
            return item
        mine = (rule for rule in rules.rules if rule.trigger is Trigger.ITEM and _fits(rule, item))
        return replace(item, due=next((rule.due for rule in mine if rule.due), None) or item.due)

    def _bearers(self, rules: RuleSet, rule: Rule) -> Iterator[tuple[Subject, _Bound]]:
        """Who has to do what no item or dataset names: each agency that the rules bind, or the one with a role."""
        bound = [agency for agency in self._ground.agencies.values() if agency.rule_set == rules.id]
        if rule.bearer is Bearer.PROVIDER_AGENCY and bound:
            for agency in bound:
                if self._asked(agency.id):
                    subject = Subject(kind=SubjectKind.AGENCY, id=str(agency.id), title=rule.title)
                    yield subject, _Bound(rules=rules, agency=agency.id, owner=agency.name)
            return
        role = rules.roles.get(rule.bearer)
        found = self._owners.find_role(rules.id, role) if role else None
        if self._asked(found.id if found else None):
            yield (
                _of_province(rules, rule),
                _Bound(rules=rules, agency=found.id if found else None, owner=role.name_now if role else ""),
            )

    def _recorded(self, agency: int | None) -> date:
        """Since when it is on record that ``agency`` is bound: when it did something before, nobody here knows."""
        known = self._ground.agencies.get(agency) if agency is not None else None
        return (known.recorded_on if known else None) or date.min

    def _asked(self, agency: int | None) -> bool:
        return self._only is None or agency in self._only

    def _bound(self, province: str, owner: str, decision: str = "") -> _Bound | None:
        """Who has to do what is printed as ``owner``'s in ``province``; None where no rules bind them, or nobody asked.

        An agency is bound by the rule set that is recorded of it, an owner whom nobody knows by that of the province.
        """
        agency = self._owners.find(province, owner)
        rules, number = self._rules_of(province, agency), agency.id if agency else None
        return (
            _Bound(rules=rules, agency=number, owner=owner, decision=decision)
            if rules and self._asked(number)
            else None
        )

    def _rules_of(self, province: str, agency: Agency | None) -> RuleSet | None:
        return self._ground.rule_sets.get(agency.rule_set if agency else province)

    def _bound_of(self, dataset: Published) -> _Bound | None:
        chain = self._chains.get((dataset.home, dataset.lineage)) if dataset.lineage else None
        if chain is None or dataset.published_at is None:
            return self._bound(dataset.province, dataset.publisher)
        item = _version(chain, dataset.published_at)
        return self._bound(item.province, item.owner, item.decision)

    def _tell(
        self, rule: Rule, subject: Subject, bound: _Bound, turns: Iterable[Turn], *, since: date = date.min
    ) -> Iterator[Obligation]:
        """``turns`` as duties. What fell due before ``since``, or before its rules were confirmed, is told for
        information: nobody could know of it by us, or had to (ruling R12)."""
        confirmed = self._ground.confirmed.get(bound.rules.id)
        since = max(since, confirmed or date.min)
        for turn in turns:
            over = (turn.legal_due or turn.nominal_due) < since and turn.nominal_due < since
            yield Obligation(
                province=bound.rules.id,
                rule=rule,
                subject=subject,
                period=turn.period,
                opens_on=turn.opens_on,
                nominal_due=turn.nominal_due,
                legal_due=turn.legal_due,
                agency=bound.agency,
                owner=bound.owner,
                decision=bound.decision,
                provisional=turn.provisional,
                confirmed=confirmed is not None,
                status=PeriodStatus.INFORMATION if over else turn.status,
                closed_on=None if over else turn.closed_on,
            )

    @cached_property
    def _chains(self) -> Mapping[tuple[str, str], Sequence[CatalogueItem]]:
        """Each item through the decisions, the oldest first; of some agencies only those that were ever theirs."""
        chains: dict[tuple[str, str], list[CatalogueItem]] = defaultdict(list)
        every = [item for catalogue in self._ground.catalogues for item in catalogue.items]
        if self._only is not None:
            theirs = {_lineage(item) for item in every if self._bound(item.province, item.owner)}
            every = [item for item in every if _lineage(item) in theirs]
        for item in every:
            chains[_lineage(item)].append(item)
        for chain in chains.values():
            if len(chain) > 1:
                chain.sort(key=lambda item: item.valid_from or date.min)
        return chains

    @cached_property
    def _chains_of(self) -> Mapping[str, Sequence[tuple[Sequence[CatalogueItem], int, _Bound]]]:
        """Each version of each item with who has it, by the rule set that binds them."""
        found: dict[str, list[tuple[Sequence[CatalogueItem], int, _Bound]]] = defaultdict(list)
        for chain in self._chains.values():
            for place, item in enumerate(chain):
                bound = self._bound(item.province, item.owner, item.decision)
                if bound:
                    found[bound.rules.id].append((chain, place, bound))
        return found

    @cached_property
    def _changes(self) -> Mapping[str, Sequence[date]]:
        return changes_of(self._ground.acts)

    @cached_property
    def _done(self) -> Mapping[str, Mapping[str, date]]:
        rules = (rule for each in self._ground.rule_sets.values() for rule in each.rules)
        return done_days(self._ground.acts, {rule.id for rule in rules if rule.trigger is Trigger.LAST_DONE})


def _of_province(rules: RuleSet, rule: Rule) -> Subject:
    return Subject(kind=SubjectKind.PROVINCE, id=rules.id, title=rule.title)


def _lineage(item: CatalogueItem) -> tuple[str, str]:
    return item.province, item.lineage or item.code


def _of_item(item: CatalogueItem) -> Subject:
    return Subject(kind=SubjectKind.ITEM, id=item.lineage or item.code, title=item.title)


def _fits(rule: Rule, item: CatalogueItem) -> bool:
    return not rule.cycles or item.cycle.code in rule.cycles


def _follows(item: CatalogueItem, later: CatalogueItem) -> bool:
    return item.valid_to is not None and later.valid_from == item.valid_to + _DAY


def _version(chain: Sequence[CatalogueItem], day: date) -> CatalogueItem:
    """The version that counts on ``day``, else the last before it, else the first."""
    begun = [item for item in chain if item.valid_from is None or item.valid_from <= day]
    return begun[-1] if begun else chain[0]
