"""The register of duties: rule sets, catalogue items, agencies and what was said, read once and put together."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.core.items import Catalogue
from bot.core.obligations.agency import Agency, Officer, PostRole
from bot.core.obligations.computing import of_item, periodic
from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.progress import Act, Progress, follow_acts
from bot.core.obligations.rule import Trigger
from bot.core.working_days import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Everything from which duties follow, as it was read at one moment.

    ``confirmed`` are the profiles that may urge: in force, or confirmed in writing.
    """

    rule_sets: Mapping[str, RuleSet]
    calendar: WorkCalendar
    catalogues: Sequence[Catalogue] = ()
    agencies: Mapping[int, Agency] = field(default_factory=dict)
    officers: Mapping[int, Officer] = field(default_factory=dict)
    acts: Mapping[str, Sequence[Act]] = field(default_factory=dict)
    confirmed: Collection[str] = ()

    def between(self, first: date, last: date, *, province: str = "") -> Iterator[Obligation]:
        """Every duty whose nominal date lies from ``first`` to ``last``, of one profile or of all."""
        for rules in self.rule_sets.values():
            if province in {"", rules.id}:
                yield from self._of(rules, first, last)

    def progress(self, key: str) -> Progress:
        """How far the duty with that key has come."""
        return follow_acts(self.acts.get(key, ()))

    def officers_of(self, agency: int, day: date) -> Mapping[PostRole, Sequence[Officer]]:
        """Who holds which post in ``agency`` on ``day``."""
        found: dict[PostRole, list[Officer]] = defaultdict(list)
        for officer in self.officers.values():
            for post in officer.posts:
                if post.agency == agency and post.counts_on(day) and officer not in found[post.role]:
                    found[post.role].append(officer)
        return found

    def _of(self, rules: RuleSet, first: date, last: date) -> Iterator[Obligation]:
        for rule in rules.rules:
            if rule.trigger is Trigger.PERIOD:
                subject = Subject(kind=SubjectKind.PROVINCE, id=rules.id, title=rule.title)
                yield from periodic(rules, rule, subject, self.calendar, first=first, last=last)
            elif rule.trigger is Trigger.ITEM:
                for catalogue in self.catalogues:
                    for item in catalogue.items:
                        if item.province == rules.id and (not rule.cycles or item.cycle.code in rule.cycles):
                            yield from of_item(rules, rule, item, self.calendar, first=first, last=last)
