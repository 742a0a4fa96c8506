"""Which rule sets' portals are down: sources name the province of today, a rule set may be that of a former one."""

from collections.abc import Iterable
from datetime import datetime

from bot.core.obligations.profile import RuleSet
from bot.search.places import Places
from bot.store.engine import Store
from bot.store.outages import provinces_down


def portal_province(rules: RuleSet, places: Places) -> str:
    """The id of the province whose sources stand for the portal of ``rules``."""
    return places.locate(rules.name) or rules.id


async def profiles_down(store: Store, rule_sets: Iterable[RuleSet], places: Places, *, now: datetime) -> frozenset[str]:
    """The ids of those of ``rule_sets`` whose portal is down at ``now``."""
    down = await provinces_down(store, now=now)
    return frozenset(rules.id for rules in rule_sets if down and portal_province(rules, places) in down)
