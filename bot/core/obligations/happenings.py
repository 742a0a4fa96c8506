"""What acts say besides how a duty stands: that a change arose, and on which day something was done the last time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from bot.core.local_time import local_day
from bot.core.obligations.obligation import split_key
from bot.core.obligations.progress import Act, ActKind, follow_acts

Acts = Mapping[str, Sequence[Act]]
"""What was said and seen, by the key of the duty."""


def changes_of(acts: Acts) -> Mapping[str, tuple[date, ...]]:
    """On which days a change of each subject (as text) arose, the earliest first, whatever duty it was said of."""
    found: dict[str, set[date]] = {}
    for key, told in acts.items():
        days = _changed(told)
        if days:
            found.setdefault(split_key(key).subject, set()).update(days)
    return {subject: tuple(sorted(days)) for subject, days in found.items()}


def done_days(acts: Acts, rules: Collection[str]) -> Mapping[str, Mapping[str, date]]:
    """On which day each duty of the rules with those ids was done: by its key up to the period, and the period."""
    found: dict[str, dict[str, date]] = {}
    for key, told in acts.items():
        parts = split_key(key)
        day = _done(told) if parts.rule in rules else None
        if day is not None:
            found.setdefault(f"{parts.province}/{parts.rule}/{parts.subject}", {})[parts.period] = day
    return found


def _changed(told: Sequence[Act]) -> set[date]:
    said = [act for act in told if act.kind is ActKind.CHANGED]
    if not said:
        return set()
    undone = {act.undoes for act in told if act.kind is ActKind.UNDONE}
    return {act.day or local_day(act.at) for act in said if act.id not in undone}


def _done(told: Sequence[Act]) -> date | None:
    """The day that whoever reported it named, else the one on which it was said or seen."""
    progress = follow_acts(told)
    act = progress.report or progress.verified or progress.matched
    return None if act is None else act.day or local_day(act.at)
