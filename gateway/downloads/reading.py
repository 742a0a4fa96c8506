"""Turn the body of a file into tables as they may be kept: loaded, within limits, masked."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.core.catalogue import Dataset, Table
from bot.core.personal import MaskedColumn, PersonalRules
from bot.core.personal_masking import mask_text
from bot.store.downloads import KeptTable
from gateway.downloads.page import told_by_page
from gateway.masking import mask_table
from gateway.tables.loading import LoadedTable, load_tables
from gateway.tables.sheet import Limits, NoTableError, SheetError

_LONGEST_TITLE = 500
_LONGEST_NOTE = 2000
_PIECE = 2**20
_MAKERS = ("tables", "downloads", "masking.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTable:
    """A table that may be kept, and what was hidden in it."""

    kept: KeptTable
    table: Table
    masked: tuple[MaskedColumn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file holds; ``notices`` say what was guessed, left out, or that it holds no table at all."""

    tables: tuple[ReadTable, ...]
    notices: tuple[str, ...]


def hash_file(path: Path) -> str:
    """SHA-256 of the body. Keep it off the event loop."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def read_tables(path: Path, *, form: str, said: str, dataset: Dataset, rules: PersonalRules, limits: Limits) -> Reading:
    """The tables of the body at ``path``, masked. Reads and computes: keep it off the event loop.

    ``form`` is what the portal calls its format, ``said`` the content type of its server. Raises SheetError when it is
    not what was published: unreadable, too large, or a page of the portal instead of the file.
    """
    page = told_by_page(path, form=form, said=said)
    if page:
        raise SheetError(page)
    try:
        loading = load_tables(path, limits=limits)
    except NoTableError as error:
        return Reading(tables=(), notices=(f"listed without rows: {error}",))
    tables: list[ReadTable] = []
    notices = list(loading.notices)
    for number, loaded in enumerate(loading.tables, start=1):
        excess = limits.excess(len(loaded.table.columns), loaded.table.rows, len(loaded.table.rows))
        if excess:
            notices.append(f"table {number} is left out: {excess}")
        else:
            tables.append(_masked(loaded, form, dataset, rules))
    return Reading(tables=tuple(tables), notices=tuple(notices))


def _masked(loaded: LoadedTable, form: str, dataset: Dataset, rules: PersonalRules) -> ReadTable:
    masked = mask_table(loaded.table, title=loaded.title, dataset=dataset, rules=rules)
    kept = KeptTable(
        title=mask_text(loaded.title, rules)[:_LONGEST_TITLE],
        note=mask_text(" ".join(loaded.notes), rules)[:_LONGEST_NOTE],
        format=form,
        fields=masked.table.columns,
        row_count=len(masked.table.rows),
        table=masked.table.hash,
    )
    return ReadTable(kept=kept, table=masked.table, masked=masked.columns)


@cache
def loader_fingerprint() -> str:
    """Changes with every version of what reads and masks files: what an older one made of a file is made anew."""
    gateway = Path(__file__).resolve().parents[1]
    sources = [gateway / maker for maker in _MAKERS]
    files = [file for source in sources for file in (source.rglob("*.py") if source.is_dir() else [source])]
    files += (gateway.parent / "bot" / "core").glob("personal*.py")
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
