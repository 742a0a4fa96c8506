"""Codes for the items of an annex: the printed ones, else made ones that the order of the rows does not change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from bot.core.items import identity
from gateway.dataset_code import make_codes
from gateway.items.rows import ItemRow, Rejection


def give_codes(rows: Sequence[ItemRow], province: str) -> tuple[tuple[ItemRow, ...], tuple[Rejection, ...]]:
    """``rows`` with codes, each once, and those that stand there twice.

    A made code comes from province and title alone, so it is the same in every decision; where the annex gives one
    title to several agencies, from the agency as well.
    """
    titles = Counter(identity(row.item)[0] for row in rows)
    first: dict[object, ItemRow] = {}
    given, twice = [], []
    for row in rows:
        keys = (row.item.code or identity(row.item), identity(row.item))
        before = next((first[key] for key in keys[: 1 if row.item.code else 2] if key in first), None)
        if before is not None:
            reason = f"the same {'code' if row.item.code else 'item'} stands in line {before.line} already"
            twice.append(Rejection(sheet=row.sheet, line=row.line, reason=reason, title=row.item.title))
            continue
        first |= dict.fromkeys(keys, row)
        given.append(row)
    taken = {row.item.code for row in given if row.item.code}
    coded = []
    for position, row in enumerate(given, 1):
        code = row.item.code or _make(row, province, taken, shared=titles[identity(row.item)[0]] > 1)
        taken.add(code)
        coded.append(replace(row, item=replace(row.item, code=code, position=position)))
    return tuple(coded), tuple(twice)


def _make(row: ItemRow, province: str, taken: set[str], *, shared: bool) -> str:
    owner = identity(row.item)[1]
    codes = make_codes([province, row.item.title, owner])
    return next(code for code in islice(codes, 1 if shared else 0, None) if code not in taken)
