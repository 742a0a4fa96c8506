"""Mask tables that are kept already once more: the rules have changed, and the file itself cannot be had."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.catalogue import Dataset
from bot.core.personal import MaskedColumn, PersonalRules
from bot.core.personal_masking import mask_text
from bot.store.downloads import KeptTable
from bot.store.engine import Store
from bot.store.masks import read_masks
from bot.store.table import read_head, read_rows, save_rows
from gateway.downloads.rows import mask_spool
from gateway.downloads.spool import RowSpool
from gateway.masking import save_masks


async def remask(
    store: Store, tables: Sequence[KeptTable], *, dataset: Dataset, rules: PersonalRules, now: datetime
) -> tuple[KeptTable, ...]:
    """``tables`` as the present ``rules`` let them be kept; what was hidden stays hidden. Raises TableGoneError."""
    return tuple([await _remask(store, table, dataset, rules, now) for table in tables])


async def _remask(store: Store, kept: KeptTable, dataset: Dataset, rules: PersonalRules, now: datetime) -> KeptTable:
    head = await read_head(store, kept.table)
    with RowSpool(head.columns) as raw:
        async for chunk in read_rows(store, head):
            for row in chunk:
                raw.add(row)
        masked, hidden = await asyncio.to_thread(mask_spool, raw, kept.title, dataset, rules)
    with masked:
        made = masked.head
        await save_rows(store, made, iter(masked), now=now)
    earlier = (await read_masks(store, kept.table)).get(kept.table, ())
    await save_masks(store, made.hash, _both(earlier, hidden))
    return replace(
        kept,
        title=mask_text(kept.title, rules),
        note=mask_text(kept.note, rules),
        fields=made.columns,
        table=made.hash,
    )


def _both(earlier: Sequence[MaskedColumn], hidden: Sequence[MaskedColumn]) -> list[MaskedColumn]:
    """What was hidden in all: a column twice counts the cells of both."""
    found = {column.position: column for column in earlier}
    for column in hidden:
        before = found.get(column.position)
        found[column.position] = replace(column, cells=column.cells + (before.cells if before else 0))
    return [found[position] for position in sorted(found)]
