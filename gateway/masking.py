"""Personal data in tables: hidden before anything is stored, by ``data/personal`` and the operator's own file."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from bot.core.catalogue import Dataset, Resource, Table
from bot.core.personal import MaskedColumn, OwnRule, PersonalRules
from bot.core.personal_columns import Verdict, judge
from bot.core.personal_file import read_own, read_rules
from bot.core.personal_masking import RowMask, mask_text
from bot.store.engine import Store
from bot.store.masks import write_masks
from bot.store.table import make_table
from bot.store.types import to_json
from bot.toml_file import read_toml
from gateway.portal import Fetched

FIRST = 2000
"""The rows from the beginning that tell what a column holds …"""
EVERY = 100
"""… and from then on every so manieth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A table as it may be kept, and the columns in which something was hidden."""

    table: Table
    columns: tuple[MaskedColumn, ...]


def load_personal_rules(data_folder: Path, operator_file: Path) -> PersonalRules:
    """The rules of ``data_folder`` (``data/personal``) and of the operator's file, which may be missing.

    Raises ContentError with file, key and reason for the first slip.
    """
    files = sorted(data_folder.glob("*.toml"))
    digest = hashlib.sha256()
    tables: dict[str, Mapping[str, Any]] = {}
    for file in files:
        table = read_toml(file)
        tables[file.name] = table
        digest.update(to_json([file.name, table]).encode())
    theirs = str(operator_file)
    own = read_own(theirs, read_toml(operator_file, called=theirs)) if operator_file.exists() else ()
    return read_rules(tables, own, digest=digest.hexdigest()[:32])


def fingerprint(rules: PersonalRules, dataset: Dataset) -> str:
    """Changes whenever the masking of the tables of ``dataset`` may have changed."""
    own = [[rule.allow, list(rule.column), rule.reason] for rule in rules.own_for(dataset.code, dataset.publisher)]
    return hashlib.sha256(to_json([rules.digest, own, dataset.title]).encode()).hexdigest()[:32]


def verdicts_of(
    columns: Sequence[str], sample: Sequence[Sequence[str]], *, title: str, dataset: Dataset, rules: PersonalRules
) -> tuple[Verdict, ...]:
    """What is to be hidden in a table of ``dataset`` below ``title``, going by a ``sample`` of its rows."""
    own: tuple[OwnRule, ...] = rules.own_for(dataset.code, dataset.publisher)
    return judge(columns, sample, rules, title=f"{title} {dataset.title}", own=own)


def mask_table(table: Table, *, title: str, dataset: Dataset, rules: PersonalRules) -> Masked:
    """``table``, printed below ``title``, as it may be kept. Reads all rows: keep it off the event loop."""
    sample = list(chain(table.rows[:FIRST], table.rows[FIRST::EVERY]))
    mask = RowMask(table.columns, verdicts_of(table.columns, sample, title=title, dataset=dataset, rules=rules), rules)
    rows = [mask.mask(row) for row in table.rows]
    columns = [mask_text(heading, rules) for heading in table.columns]
    hidden = mask.hidden()
    if not hidden and columns == list(table.columns):
        return Masked(table=table, columns=())
    return Masked(table=make_table(columns, rows), columns=hidden)


def mask_fetched(entry: Fetched, rules: PersonalRules) -> tuple[Fetched, dict[str, tuple[MaskedColumn, ...]]]:
    """An entry that brought its tables along as it may be kept, and what was hidden by the hash of the new table."""
    by_hash = {table.hash: table for table in entry.tables}
    tables: dict[str, Table] = {}
    hidden: dict[str, tuple[MaskedColumn, ...]] = {}
    resources: list[Resource] = []
    for resource in entry.dataset.resources:
        table = by_hash.get(resource.table or "")
        if table is not None:
            masked = mask_table(table, title=resource.title, dataset=entry.dataset, rules=rules)
            tables[masked.table.hash] = masked.table
            hidden[masked.table.hash] = masked.columns
            resource = replace(  # noqa: PLW2901 – the masked one takes its place
                resource,
                table=masked.table.hash,
                fields=masked.table.columns,
                title=mask_text(resource.title, rules),
                note=mask_text(resource.note, rules),
            )
        resources.append(resource)
    dataset = replace(entry.dataset, resources=tuple(resources))
    return replace(entry, dataset=dataset, tables=tuple(tables.values())), hidden


async def save_masks(store: Store, table_hash: str, columns: Iterable[MaskedColumn]) -> None:
    """Remember what was hidden in a table that is kept."""
    await write_masks(store, table_hash, tuple(columns))
