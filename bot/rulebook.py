"""By what duties are computed: the rule sets of all provinces and the calendar of days off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.calendars import FOLDER, load_calendar
from bot.core.errors import ContentError
from bot.core.obligations.profile import RuleSet
from bot.core.working_days import WorkCalendar
from bot.profiles import load_rule_sets

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What is read from files once: rule sets by the id of their profile, and the calendar."""

    rule_sets: Mapping[str, RuleSet] = field(default_factory=dict)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


def load_rulebook(data: Path, own: Path | None = None) -> Rulebook:
    """What the folder ``data`` says, with the calendars of the folder ``own`` (may be missing) in place of the same
    years. Raises ContentError with file, key and reason."""
    return Rulebook(rule_sets=load_rule_sets(data / "profiles"), calendar=load_calendar(data, own))


class RulebookFiles:
    """The rulebook as its files say it, read again when one of them has changed: a running service takes an announced
    day off as soon as it is there.

    The first reading raises ContentError. Later a file that is wrong is logged once, and what was read before counts.
    """

    def __init__(self, data: Path, own: Path | None = None) -> None:
        self._data, self._own = data, own
        self._seen = self._look()
        self._rulebook = load_rulebook(data, own)

    def __call__(self) -> Rulebook:
        """The rulebook by the files as they are."""
        seen = self._look()
        if seen != self._seen:
            self._seen = seen
            try:
                self._rulebook = load_rulebook(self._data, self._own)
            except ContentError as error:
                log.error("rulebook.refused", reason=str(error))  # noqa: TRY400 – the sentence says all
        return self._rulebook

    def _look(self) -> frozenset[tuple[str, int, int]]:
        """Which files there are, and which versions of them."""
        folders = (self._data / "profiles", self._data / FOLDER, *([self._own] if self._own else []))
        files = ((file, file.stat()) for folder in folders for file in folder.glob("*.toml"))
        return frozenset((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in files)
