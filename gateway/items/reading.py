"""An annex as it is understood, before anything of it is kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueWording
from bot.core.items import CatalogueItem, Decision
from bot.cycles import load_cycles
from bot.search.places import Places
from gateway.heading import load_headings
from gateway.items.annex import AnnexSheet, open_annex
from gateway.items.codes import give_codes
from gateway.items.columns import ColumnReading, Why, guess_columns, is_date, show_samples
from gateway.items.groups import Group, GroupWords, load_group_words
from gateway.items.rows import ItemRow, Rejection, RowReader, Wordings, read_rows
from gateway.items.secrecy import Secrecy, load_secrecy

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleWording:
    """A frequency as printed, what it was understood as, and how many items have it."""

    cycle: Cycle
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWording:
    """A deadline as printed, what it was understood as (None = nothing that can be counted), how many items have it."""

    printed: str
    due: DueWording | None
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReading:
    """A sheet as it was understood: the line of its headings, its columns, the groups that its rows stand in."""

    name: str
    line: int
    columns: tuple[ColumnReading, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexReading:
    """An annex as understood. ``doubts`` are guesses that somebody has to confirm before anything is imported."""

    sheets: tuple[SheetReading, ...]
    items: tuple[CatalogueItem, ...]
    rejected: tuple[Rejection, ...]
    cycles: tuple[CycleWording, ...]
    terms: tuple[TermWording, ...]
    notices: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All content by which annexes are read."""

    places: Places
    words: GroupWords
    secrecy: Secrecy
    wordings: Wordings
    data: Path


def load_rulebook(data: Path, places: Places) -> Rulebook:
    """The content below the folder ``data``. Raises ContentError."""
    cycles = load_cycles(data)
    return Rulebook(
        places=places,
        words=load_group_words(data / "catalogue"),
        secrecy=load_secrecy(data / "catalogue"),
        # an annex repeats a handful of wordings
        wordings=Wordings(understand=cache(cycles.understand), understand_due=cache(cycles.understand_due)),
        data=data,
    )


def read_annex(
    file: Path, decision: Decision, rulebook: Rulebook, *, told: Mapping[str, str], sheet: str = ""
) -> AnnexReading:
    """How ``file`` is understood as the annex of ``decision``; ``told`` are columns by printed headings.

    Reads and computes: keep it off the event loop. Raises AnnexError when it is no annex.
    """
    headings = load_headings(rulebook.data / "catalogue" / "headings.toml")
    annex = open_annex(file, headings, told, sheet=sheet)
    readers = [_read_sheet(each, decision, rulebook) for each in annex.sheets]
    rows, rejected = _sort_out(readers)
    coded, twice = give_codes(rows, decision.province)
    items = tuple(row.item for row in coded)
    return AnnexReading(
        sheets=tuple(_describe(reader) for reader in readers),
        items=items,
        rejected=(*rejected, *twice),
        cycles=_cycles(items),
        terms=_terms(items),
        notices=(*annex.notices, *(notice for reader in readers for notice in _notices(reader))),
        doubts=tuple(doubt for reader in readers for doubt in _doubts(reader)),
    )


def _read_sheet(sheet: AnnexSheet, decision: Decision, rulebook: Rulebook) -> RowReader:
    judges = {
        "update_frequency": lambda cell: rulebook.wordings.understand(cell).code is not UpdateCycle.UNKNOWN,
        "due_offset_days": lambda cell: rulebook.wordings.understand_due(cell) is not None,
        "publisher": rulebook.words.is_agency,
        "changed_at": is_date,
    }
    columns = guess_columns(sheet.columns, sheet.values, judges)
    return read_rows(
        replace(sheet, columns=columns),
        words=rulebook.words,
        secrecy=rulebook.secrecy,
        wordings=rulebook.wordings,
        number=decision.number,
        is_here=_judge_of(decision.province, rulebook.places),
    )


def _judge_of(province: str, places: Places) -> Callable[[str], bool]:
    here = places.locate(province)
    return lambda printed: not printed or places.locate(printed) == here


def _sort_out(readers: Iterable[RowReader]) -> tuple[list[ItemRow], list[Rejection]]:
    rows: list[ItemRow] = []
    rejected: list[Rejection] = []
    for reader in readers:
        for found in reader.read():
            if isinstance(found, ItemRow):
                rows.append(found)
            else:
                rejected.append(found)
    return rows, rejected


def _describe(reader: RowReader) -> SheetReading:
    sheet = reader.sheet
    columns = show_samples(sheet.columns, reader.shown)
    return SheetReading(name=sheet.name, line=sheet.line, columns=columns, groups=tuple(reader.entered))


def _cycles(items: Sequence[CatalogueItem]) -> tuple[CycleWording, ...]:
    known = {item.cycle.printed: item.cycle for item in items}
    return tuple(
        CycleWording(cycle=cycle, items=sum(item.cycle.printed == printed for item in items))
        for printed, cycle in known.items()
    )


def _terms(items: Sequence[CatalogueItem]) -> tuple[TermWording, ...]:
    known = {item.due_printed: item.due for item in items}
    return tuple(
        TermWording(printed=printed, due=due, items=sum(item.due_printed == printed for item in items))
        for printed, due in known.items()
    )


def _notices(reader: RowReader) -> list[str]:
    place = f"sheet {reader.sheet.name}: " if reader.sheet.name else ""
    return [f"{place}line {line} is no item: {text}" for line, text in reader.passed_over]


def _doubts(reader: RowReader) -> list[str]:
    place = f"sheet {reader.sheet.name}: " if reader.sheet.name else ""
    doubts = [
        f'{place}column {each.position + 1} ("{each.heading}") is taken for {each.column} by its values only'
        for each in reader.sheet.columns
        if each.why is Why.VALUES
    ]
    if reader.filled_down:
        lines = ", ".join(map(str, reader.filled_down[:_SHOWN])) + (" …" if len(reader.filled_down) > _SHOWN else "")
        doubts.append(f"{place}agency or theme is blank and taken from the line above in lines {lines}")
    guessed = [f'"{group.text}"' for group in reader.entered if not group.sure]
    if guessed:
        doubts.append(f"{place}taken for headings of themes, no word says so: {', '.join(guessed)}")
    return doubts
