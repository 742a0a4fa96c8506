"""An annex into the store: what it would change, and the change itself, as a whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import TracuuError
from bot.core.item_versions import Changed, ItemDiff, compare
from bot.core.items import Catalogue, Decision, same_number
from bot.store.engine import Store
from bot.store.item_document import digest_of_annex
from bot.store.items import Outcome, read_catalogues, save_annex
from gateway.items.reading import AnnexReading

_SHOWN = ("signed_on", "signer", "title", "valid_from", "valid_to", "replaces")


class ConfirmError(TracuuError):
    """Somebody has to say that this is right (--yes). Nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A decision that the imported one replaces, and what it changes of it; None = not imported, so nobody knows."""

    number: str
    diff: ItemDiff | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import does: ``changes`` and ``diff`` tell what differs from the annex that is there, if one is."""

    decision: Decision
    outcome: Outcome
    changes: tuple[Changed, ...]
    diff: ItemDiff | None
    replaces: tuple[Replacement, ...]


async def plan_import(store: Store, decision: Decision, reading: AnnexReading) -> ImportPlan:
    """What importing ``reading`` as the annex of ``decision`` changes.

    Raises TracuuError when it cannot be imported at all: its number is taken by a decision of another year, or it would
    replace one that counts later than itself.
    """
    catalogues = await read_catalogues(store, province=decision.province)
    before = _find(catalogues, decision.number)
    if before and before.decision.signed_on.year != decision.signed_on.year:
        raise TracuuError(
            f"{before.decision.number} of {before.decision.signed_on.isoformat()} was imported under this number; "
            f"tell the two apart, such as by --number {decision.number}/{decision.signed_on.year}"
        )
    _check_order(decision, catalogues)
    replaced = [(number, _find(catalogues, number)) for number in decision.replaces]
    return ImportPlan(
        decision=decision,
        outcome=_foresee(before, decision, reading),
        changes=_compare_decisions(before.decision, decision) if before else (),
        diff=compare(before.items, reading.items) if before else None,
        replaces=tuple(
            Replacement(number=number, diff=compare(old.items, reading.items) if old else None)
            for number, old in replaced
        ),
    )


async def carry_out(
    store: Store, plan: ImportPlan, reading: AnnexReading, *, file: str, now: datetime, yes: bool
) -> Outcome:
    """Import what was planned. The same annex again changes nothing.

    Raises TracuuError when it has no items, ConfirmError when it rests on guesses or takes the place of another annex
    and ``yes`` is not said, ConflictError when somebody else was faster.
    """
    if not reading.items:
        raise TracuuError("no row of the annex is an item; see why with --dry-run")
    if plan.outcome is Outcome.UNCHANGED:
        return plan.outcome
    if reading.doubts and not yes:
        raise ConfirmError(f"not all was understood for sure ({'; '.join(reading.doubts)}): say --map, or --yes")
    if plan.outcome is Outcome.CHANGED and not yes:
        raise ConfirmError(f"{plan.decision.number} was imported before and its annex said something else: say --yes")
    return await save_annex(store, plan.decision, reading.items, file=file, now=now, anew=yes)


def _check_order(decision: Decision, catalogues: Sequence[Catalogue]) -> None:
    """Whether whatever replaces another counts no earlier than it: else neither would count on any day."""
    number = same_number(decision.number)
    for other in (each.decision for each in catalogues):
        if same_number(other.number) == number:
            continue
        pairs = [(decision, other)] * (same_number(other.number) in map(same_number, decision.replaces))
        pairs += [(other, decision)] * (number in map(same_number, other.replaces))
        for newer, older in pairs:
            if newer.valid_from < older.valid_from:
                raise TracuuError(
                    f"{newer.number} counts from {newer.valid_from.isoformat()} on and cannot replace {older.number}, "
                    f"which counts from {older.valid_from.isoformat()} on: see --from and --replaces"
                )


def _find(catalogues: Sequence[Catalogue], number: str) -> Catalogue | None:
    return next((each for each in catalogues if same_number(each.decision.number) == same_number(number)), None)


def _foresee(before: Catalogue | None, decision: Decision, reading: AnnexReading) -> Outcome:
    if before is None:
        return Outcome.ADDED
    same = digest_of_annex(before.decision, before.items) == digest_of_annex(decision, reading.items)
    return Outcome.UNCHANGED if same else Outcome.CHANGED


def _compare_decisions(before: Decision, after: Decision) -> tuple[Changed, ...]:
    values = [(name, getattr(before, name), getattr(after, name)) for name in _SHOWN]
    return tuple(Changed(field=name, before=_show(old), after=_show(new)) for name, old, new in values if old != new)


def _show(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
