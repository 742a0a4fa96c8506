"""By what duties are computed: the rule sets of all provinces and the calendar of days off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.calendars import load_calendar
from bot.core.obligations.profile import RuleSet
from bot.core.working_days import WorkCalendar
from bot.profiles import load_rule_sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What is read from files once: rule sets by the id of their profile, and the calendar."""

    rule_sets: Mapping[str, RuleSet] = field(default_factory=dict)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


def load_rulebook(data: Path, own: Path | None = None) -> Rulebook:
    """What the folder ``data`` says, with the calendars of the folder ``own`` (may be missing) in place of the same
    years. Raises ContentError with file, key and reason."""
    return Rulebook(rule_sets=load_rule_sets(data / "profiles"), calendar=load_calendar(data, own))
