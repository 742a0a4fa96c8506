"""Which duties get other dates when the calendar of days off changes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.obligations.obligation import Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDuty:
    """One duty by the old calendar and by the new one. Its key is the same, so whatever was sent of it stays sent."""

    before: Obligation
    after: Obligation


def find_moved(before: Iterable[Obligation], after: Iterable[Obligation]) -> list[MovedDuty]:
    """Duties that are in both and whose nominal or legal date is not the same, by the new dates."""
    old = {duty.key: duty for duty in before}
    moved = [
        MovedDuty(before=old[duty.key], after=duty)
        for duty in after
        if duty.key in old and _dates(old[duty.key]) != _dates(duty)
    ]
    return sorted(moved, key=lambda each: (each.after.remind_by, each.after.key))


def _dates(duty: Obligation) -> tuple[object, object]:
    return duty.nominal_due, duty.legal_due
