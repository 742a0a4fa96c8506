"""By what duties are computed: the rule sets of all provinces and the calendar of days off."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.obligations.profile import RuleSet
from bot.core.working_days import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What is read from files once: rule sets by the id of their profile, and the calendar."""

    rule_sets: Mapping[str, RuleSet] = field(default_factory=dict)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
