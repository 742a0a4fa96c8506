"""Catalogue decisions and their items: written as a whole or not at all, read with what follows from each other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any

from sqlalchemy import Select, and_, delete, false, insert, or_, select, update

from bot.core.errors import ConflictError
from bot.core.item_versions import trace_lineage
from bot.core.items import Catalogue, CatalogueItem, Decision, belong, same_number, settle
from bot.store.dialect import insert_if_new, text_in
from bot.store.engine import Store
from bot.store.item_document import (
    decision_from_document,
    decision_to_document,
    digest_of_annex,
    item_from_document,
    item_to_document,
)
from bot.store.tables import decisions, items
from bot.store.transaction import Transaction

_DECODED = 100  # documents between two turns of the event loop
Whose = Callable[[str, str], bool]
"""Whether an item of a province with that printed owner is wanted."""


class Outcome(StrEnum):
    """What became of an annex."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class ChangedAnnexError(ConflictError):
    """The decision is there already and its annex said something else; nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A decision as it lies in the store."""

    id: int
    decision: Decision
    digest: str


async def read_catalogues(
    store: Store, *, province: str | None = None, whose: Whose | None = None
) -> tuple[Catalogue, ...]:
    """All decisions (or those of ``province``) with their items, by province and the day from which they count.

    With ``whose`` only the items that it knows by their province and printed owner, in every decision that has them.
    """
    chosen, rows = _statements(province)
    async with store.read() as connection:
        known = _settled(await connection.execute(chosen))
        if whose is not None:
            rows = rows.where(items.c.lineage.in_(await _lineages_of(connection, whose)))
        async with connection.stream(rows.execution_options(yield_per=_DECODED)) as result:
            parts = [
                [_item(row, known) for row in part if row.decision_id in known] async for part in result.partitions()
            ]
    return _put_together(known, chain.from_iterable(parts))


async def save_annex(
    store: Store, decision: Decision, annex: Sequence[CatalogueItem], *, file: str, now: datetime, anew: bool = False
) -> Outcome:
    """Keep ``decision`` with its items, in one transaction; the same annex again changes nothing.

    Each item continues the one of the decision that this one replaces, or that replaces it. ``anew`` lets another annex
    take the place of the one that is there; without it that raises ChangedAnnexError. Raises ConflictError when
    somebody else imports the same decision right now.
    """
    digest = digest_of_annex(decision, annex)

    async def job(connection: Transaction) -> Outcome:
        stored = await _find(connection, decision)
        if stored and stored.digest == digest:
            return Outcome.UNCHANGED
        if stored and not anew:
            raise ChangedAnnexError(f"{decision.number} was imported before and said something else")
        known = await _relatives(connection, decision)
        number = await _save_decision(connection, decision, stored, digest=digest, file=file, now=now)
        await connection.execute(delete(items).where(items.c.decision_id == number))
        traced = trace_lineage(annex, known, decision.number)
        if traced:
            await connection.execute(insert(items), [_row(item, number) for item in traced])
        return Outcome.CHANGED if stored else Outcome.ADDED

    return await store.write(job)


async def _save_decision(
    connection: Transaction, decision: Decision, stored: _Stored | None, *, digest: str, file: str, now: datetime
) -> int:
    values: dict[str, Any] = {
        "document": decision_to_document(decision),
        "digest": digest,
        "file": file,
        "imported_at": now,
    }
    if stored:
        await connection.execute(update(decisions).where(decisions.c.id == stored.id).values(**values))
        return stored.id
    key = {"province": decision.province, "key": same_number(decision.number)}
    if not await insert_if_new(connection, decisions, **key, **values):
        raise ConflictError(f"{decision.number} is being imported by somebody else")
    fresh = await _find(connection, decision)
    if fresh is None:
        raise ConflictError(f"{decision.number} was written and is gone")
    return fresh.id


def _row(item: CatalogueItem, decision_id: int) -> dict[str, Any]:
    return {
        "decision_id": decision_id,
        "code": item.code,
        "position": item.position,
        "lineage": item.lineage,
        "document": item_to_document(item),
    }


async def _find(connection: Transaction, decision: Decision) -> _Stored | None:
    key = (decisions.c.province == decision.province) & (decisions.c.key == same_number(decision.number))
    row = (await connection.execute(select(decisions).where(key))).one_or_none()
    if row is None:
        return None
    return _Stored(id=row.id, decision=decision_from_document(row.document), digest=row.digest)


async def _relatives(connection: Transaction, decision: Decision) -> list[tuple[CatalogueItem, ...]]:
    """The catalogues whose items this one may continue: its own former annex, those it replaces, those replacing it."""
    key, ended = same_number(decision.number), set(map(same_number, decision.replaces))
    found = await _read_catalogues(connection, decision.province)
    own = [each for each in found if same_number(each.decision.number) == key]
    before = [each for each in found if same_number(each.decision.number) in ended]
    after = [each for each in found if key in map(same_number, each.decision.replaces)]
    return [each.items for each in (*own, *before, *after)]


async def _read_catalogues(connection: Transaction, province: str) -> tuple[Catalogue, ...]:
    chosen, rows = _statements(province)
    known = _settled(await connection.execute(chosen))
    return _put_together(known, [_item(row, known) for row in await connection.execute(rows)])


def _statements(province: str | None) -> tuple[Select[Any], Select[Any]]:
    """How decisions and their items are asked for."""
    chosen: Select[Any] = select(decisions).order_by(decisions.c.province, decisions.c.id)
    rows: Select[Any] = select(items).order_by(items.c.decision_id, items.c.position)
    if province is not None:
        chosen = chosen.where(decisions.c.province == province)
        rows = rows.where(items.c.decision_id.in_(select(decisions.c.id).where(decisions.c.province == province)))
    return chosen, rows


def _settled(rows: Iterable[Any]) -> dict[int, Decision]:
    """The decisions by their number in the store, with what follows from each other."""
    ids, by_province = [], defaultdict(list)
    for row in rows:
        ids.append(row.id)
        by_province[row.province].append(decision_from_document(row.document))
    settled = (decision for found in by_province.values() for decision in settle(found))
    return dict(zip(ids, settled, strict=True))


def _item(row: Any, known: Mapping[int, Decision]) -> tuple[int, CatalogueItem]:
    item = item_from_document(row.document, code=row.code, position=row.position, lineage=row.lineage)
    return row.decision_id, belong(item, known[row.decision_id])


def _put_together(known: Mapping[int, Decision], found: Iterable[tuple[int, CatalogueItem]]) -> tuple[Catalogue, ...]:
    annexes: dict[int, list[CatalogueItem]] = defaultdict(list)
    for number, item in found:
        annexes[number].append(item)
    every = (Catalogue(decision=decision, items=tuple(annexes[number])) for number, decision in known.items())
    return tuple(sorted(every, key=_order))


async def _lineages_of(connection: Transaction, whose: Whose) -> Select[Any]:
    """The lineages of the items of certain owners. Few names are printed on many items, so names are asked first."""
    owner = text_in(connection.dialect, items.c.document, "owner")
    joined = items.join(decisions, decisions.c.id == items.c.decision_id)
    printed = select(decisions.c.province, owner.label("owner")).select_from(joined).distinct()
    found = [(row.province, row.owner) for row in await connection.execute(printed)]
    mine = [(province, name) for province, name in found if whose(province, name or "")]
    named = (and_(decisions.c.province == province, owner == name) for province, name in mine)
    return select(items.c.lineage).select_from(joined).where(or_(false(), *named))


def _order(catalogue: Catalogue) -> tuple[str, object, str]:
    return catalogue.decision.province, catalogue.decision.valid_from, catalogue.decision.number
