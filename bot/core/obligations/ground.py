"""From what duties follow: rules, what is published and catalogued, whose it is, and what was said."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.core.items import Catalogue
from bot.core.obligations.agency import Agency
from bot.core.obligations.happenings import Acts
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.published import Published
from bot.core.working_days import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """From what duties follow. ``only`` are the agencies of which all is known, None = all of them; ``confirmed`` the
    profiles that may urge, each with the day from which it may."""

    rule_sets: Mapping[str, RuleSet]
    calendar: WorkCalendar
    catalogues: Sequence[Catalogue] = ()
    datasets: Sequence[Published] = ()
    agencies: Mapping[int, Agency]
    acts: Acts
    confirmed: Mapping[str, date] = field(default_factory=dict)
    only: Collection[int] | None = None
