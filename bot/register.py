"""The register of duties: rule sets, catalogue items, agencies and what was said, read once and put together."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain

from bot.core.items import Catalogue, LinkState
from bot.core.local_time import local_day
from bot.core.obligations.agency import Agency, Officer, Post, PostRole
from bot.core.obligations.duties import Duties
from bot.core.obligations.ground import Ground
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.owners import Owners
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.progress import Act, Progress, follow_acts
from bot.core.obligations.published import Published
from bot.core.obligations.rule import Event, Rule, Trigger
from bot.core.working_days import WorkCalendar
from bot.rulebook import Rulebook
from bot.store.acts import read_acts, read_changes, read_recent_acts
from bot.store.agencies import read_agencies
from bot.store.catalogue import publications
from bot.store.confirmations import read_confirmed
from bot.store.engine import Store
from bot.store.item_links import read_links
from bot.store.items import read_catalogues
from bot.store.officers import read_officers

REMEMBERED = timedelta(days=800)
"""How far back acts are read: whatever is asked of duties begins within that time."""
_TURN = 500  # duties between two turns of the event loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Everything from which duties follow, as it was read at one moment.

    ``confirmed`` are the profiles that may urge, in force or confirmed in writing, each with the day from which it may:
    nobody is late for, or reminded of, what fell due before. By others nobody is ever late. ``datasets`` are those
    published, ``only`` the agencies whose items, datasets and acts were read, None = all.
    """

    rule_sets: Mapping[str, RuleSet]
    calendar: WorkCalendar
    catalogues: Sequence[Catalogue] = ()
    datasets: Sequence[Published] = ()
    agencies: Mapping[int, Agency] = field(default_factory=dict)
    officers: Mapping[int, Officer] = field(default_factory=dict)
    acts: Mapping[str, Sequence[Act]] = field(default_factory=dict)
    confirmed: Mapping[str, date] = field(default_factory=dict)
    only: Collection[int] | None = None
    _holders: dict[int, list[tuple[Post, Officer]]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for officer in self.officers.values():
            for post in officer.posts:
                self._holders.setdefault(post.agency, []).append((post, officer))

    def between(
        self,
        first: date,
        last: date,
        *,
        province: str = "",
        rule: str = "",
        agencies: Collection[int] | None = None,
    ) -> Iterator[Obligation]:
        """Every duty whose nominal date lies from ``first`` to ``last``, of one profile and rule (by id) or of all.

        An agency has the duties of the rule set that is recorded of it, whatever province its catalogue is of; one
        without has none. Where a catalogue prints an owner whom nobody knows, or nobody at all is recorded, the duty is
        told without an agency, but not to those who ask for the duties of some ``agencies`` only.
        """
        duties = self._duties(first, last, agencies)
        for rules in self.rule_sets.values():
            for each in rules.rules if province in {"", rules.id} else ():
                if rule in {"", each.id}:
                    yield from duties.of(rules, each)

    def after(self, event: date, first: date, last: date, *, province: str, rule: str) -> Iterator[Obligation]:
        """What would follow by that rule of a profile from something that happens on the day ``event``, whoever's it
        is, as far as its nominal date lies from ``first`` to ``last``. Nothing where the rule counts from no event."""
        rules = self.rule_sets[province]
        for each in rules.rules:
            if each.id == rule:
                yield from self._duties(first, last, None).generic(rules, each, event)

    def undetermined(self) -> tuple[Agency, ...]:
        """The agencies of which nobody has recorded which rule set binds them ("chưa xác định"): no deadlines."""
        return tuple(agency for agency in self.agencies.values() if agency.rule_set not in self.rule_sets)

    def unmatched(self) -> Mapping[tuple[str, str], int]:
        """The owners whom catalogues and portals print and no agency is called, by province and printed name, with the
        number of their items and datasets."""
        return self._duties(date.max, date.min, None).unmatched()

    def progress(self, key: str) -> Progress:
        """How far the duty with that key has come."""
        return follow_acts(self.acts.get(key, ()))

    def officers_of(self, agency: int, day: date) -> Mapping[PostRole, Sequence[Officer]]:
        """Who holds which post in ``agency`` on ``day``."""
        found: dict[PostRole, list[Officer]] = defaultdict(list)
        for post, officer in self._holders.get(agency, ()):
            if post.counts_on(day) and officer not in found[post.role]:
                found[post.role].append(officer)
        return found

    def _duties(self, first: date, last: date, agencies: Collection[int] | None) -> Duties:
        asked = {frozenset(each) for each in (self.only, agencies) if each is not None}
        ground = Ground(
            rule_sets=self.rule_sets,
            calendar=self.calendar,
            catalogues=self.catalogues,
            datasets=self.datasets,
            agencies=self.agencies,
            acts=self.acts,
            confirmed=self.confirmed,
            only=frozenset.intersection(*asked) if asked else None,
        )
        return Duties(ground, first=first, last=last)


async def read_register(
    store: Store,
    rulebook: Rulebook,
    *,
    agencies: Collection[int] | None = None,
    span: tuple[date, date] | None = None,
    now: datetime,
) -> Register:
    """The register as ``store`` has it at ``now``, by the rules and the calendar of ``rulebook``.

    Of some ``agencies`` only what is theirs is read and can be asked. The sample publishes nothing that anybody has to
    keep up. Acts are those of the last :data:`REMEMBERED`, or with ``span`` only those on duties that are nominally due
    from its first to its last day; where a rule counts from the last time all that ever were.
    """
    known = await read_agencies(store)
    register = Register(
        rule_sets=rulebook.rule_sets,
        calendar=rulebook.calendar,
        catalogues=await read_catalogues(store, whose=None if agencies is None else _whose(known, agencies)),
        datasets=await _read_published(store, rulebook, known, agencies),
        agencies=known,
        officers=await read_officers(store),
        confirmed=await read_confirmed(store, rulebook.rule_sets),
        only=agencies,
    )
    if agencies is not None or span is not None:
        today = local_day(now)
        changes = await read_changes(store, since=now - REMEMBERED)
        near = span or (today - REMEMBERED, today + REMEMBERED)
        return await _with_acts(store, replace(register, acts=changes), *near)
    counted = [f"{profile}/{rule.id}" for profile, rule in _rules(rulebook.rule_sets, {Trigger.LAST_DONE})]
    return replace(register, acts=await read_recent_acts(store, since=now - REMEMBERED, always=counted))


def _rules(rule_sets: Mapping[str, RuleSet], triggers: Collection[Trigger]) -> Iterator[tuple[str, Rule]]:
    """The rules with one of ``triggers``, each with its profile."""
    return ((each.id, rule) for each in rule_sets.values() for rule in each.rules if rule.trigger in triggers)


def _whose(known: Mapping[int, Agency], agencies: Collection[int]) -> Callable[[str, str], bool]:
    owners, wanted = Owners(known.values()), frozenset(agencies)

    def is_theirs(province: str, printed: str) -> bool:
        found = owners.find(province, printed)
        return found is not None and found.id in wanted

    return is_theirs


async def _with_acts(store: Store, register: Register, first: date, last: date) -> Register:
    """``register`` with what was said of its duties that are due from ``first`` to ``last``; from what is said of some
    others follow."""
    duties: Iterable[Obligation] = register.between(first, last)
    asked: set[str] = set()
    while True:
        keys = await _keys(chain(duties, _moved(register, {Trigger.LAST_DONE}, date.min, last))) - asked
        if not keys:
            return register
        asked |= keys
        register = replace(register, acts={**register.acts, **await read_acts(store, keys=keys)})
        duties = _moved(register, {Trigger.EVENT}, first, last)


def _moved(register: Register, triggers: Collection[Trigger], first: date, last: date) -> Iterator[Obligation]:
    """The duties by rules with ``triggers``, which depend on what is said."""
    for profile, rule in _rules(register.rule_sets, triggers):
        yield from register.between(first, last, province=profile, rule=rule.id)


async def _keys(duties: Iterable[Obligation]) -> set[str]:
    found: set[str] = set()
    for number, duty in enumerate(duties):
        found.add(duty.key)
        if number % _TURN == 0:
            await asyncio.sleep(0)
    return found


async def _read_published(
    store: Store, rulebook: Rulebook, known: Mapping[int, Agency], agencies: Collection[int] | None
) -> list[Published]:
    """What is published, and which item each publishes by what people confirmed. Nothing where no rule asks for it."""
    bound = (
        set(rulebook.rule_sets) if agencies is None else {known[each].rule_set for each in agencies if each in known}
    )
    rules = (rule for profile in bound & set(rulebook.rule_sets) for rule in rulebook.rule_sets[profile].rules)
    if not any(rule.event is Event.PUBLISHED for rule in rules):
        return []
    links = {link.dataset: link for link in await read_links(store) if link.state is LinkState.CONFIRMED}
    found = []
    async for dataset in publications(store):
        link = links.get(dataset.code)
        found.append(replace(dataset, home=link.province, lineage=link.lineage) if link else dataset)
    return found
