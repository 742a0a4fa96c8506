"""The rows of an annex, one item each: what is a group, what is a note, what cannot or must not be taken."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.cycle import Cycle
from bot.core.due import DueWording
from bot.core.items import CatalogueItem, same_number
from bot.core.text import tokens
from gateway.cell import CellError, split, tidy
from gateway.heading import Layout
from gateway.items.annex import AnnexSheet
from gateway.items.columns import to_layout
from gateway.items.groups import Group, GroupKind, Groups, GroupWords
from gateway.items.secrecy import Secrecy
from gateway.tables.sheet import Record
from gateway.tables.surroundings import is_note, is_signature

_LONGEST_TITLE = 500
_LONGEST_TERM = 3660  # days
_TOTALS = (("tong", "cong"), ("tong", "so"), ("cong",))
_FILLED_DOWN = ("owner", "publisher", "theme")
_UNITS = {"": "ngày", "calendar": "ngày", "working": "ngày làm việc"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """How frequencies and deadlines are understood."""

    understand: Callable[[str], Cycle]
    understand_due: Callable[[str], DueWording | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A row that was not taken, and why. ``secret`` says that it must not be: the annex itself says so."""

    sheet: str
    line: int
    reason: str
    title: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item as a row has it, before it has a code: ``code`` is the printed one."""

    sheet: str
    line: int
    item: CatalogueItem


@dataclass(slots=True, kw_only=True)
class RowReader:
    """One sheet of an annex while it is read: ``number`` is its decision, ``is_here`` judges provinces of its rows.

    Afterwards ``shown`` are the cells of all rows but those that are not public, ``entered`` the headings of groups
    that were met, ``passed_over`` what was no item (line, text), and ``filled_down`` the lines whose agency or theme
    was taken from the line above.
    """

    words: GroupWords
    secrecy: Secrecy
    wordings: Wordings
    number: str
    is_here: Callable[[str], bool]
    sheet: AnnexSheet
    layout: Layout
    groups: Groups = field(default_factory=Groups)
    shown: list[Sequence[str]] = field(default_factory=list)
    entered: list[Group] = field(default_factory=list)
    passed_over: list[tuple[int, str]] = field(default_factory=list)
    filled_down: list[int] = field(default_factory=list)
    above: dict[str, str] = field(default_factory=dict)

    def read(self) -> Iterator[ItemRow | Rejection]:
        """The rows in their order."""
        for record in self.sheet.records:
            if self._is_aside(record):
                self.passed_over.append((record.line, " ".join(record.lines())[:80]))
            elif group := self._group(record):
                self.groups.enter(group)
                self.entered.append(group)
                self.above.clear()
            else:
                yield self._row(record)

    def _row(self, record: Record) -> ItemRow | Rejection:
        cells, others = self._cells(record)
        title = cells.get("title", "")
        if secret := self.secrecy.find(cells, others):
            reason = f"marked as not public ({secret[:80]})"
            return Rejection(sheet=self.sheet.name, line=record.line, reason=reason, title=title, secret=True)
        self.shown.append(record.cells)
        try:
            self._check(record, cells)
            return ItemRow(sheet=self.sheet.name, line=record.line, item=self._item(cells))
        except CellError as error:
            return Rejection(sheet=self.sheet.name, line=record.line, reason=str(error), title=title)

    def _cells(self, record: Record) -> tuple[dict[str, str], list[str]]:
        """The cells by column, and those of columns that mean nothing here."""
        cells = {column: tidy(self.layout.pick(record.cells, column)) for column in self.layout.positions}
        used = set(self.layout.positions.values())
        others = [tidy(cell) for at, cell in enumerate(record.cells) if at not in used and cell]
        if self.sheet.ragged:
            self._fill_down(record, cells)
        return cells, others

    def _fill_down(self, record: Record, cells: dict[str, str]) -> None:
        """A text file shows a merged cell only where it begins: agencies and themes go on until another one comes."""
        for column in _FILLED_DOWN:
            if column not in cells:
                continue
            if not cells[column] and self.above.get(column):
                cells[column] = self.above[column]
                self.filled_down.append(record.line)
            self.above[column] = cells[column]

    def _check(self, record: Record, cells: Mapping[str, str]) -> None:
        width = len(self.sheet.columns)
        if any(record.cells[width:]):
            raise CellError(f"the row has {len(record.cells)} cells, the headings have {width}")
        if not cells["title"]:
            raise CellError("the title is empty")
        if len(cells["title"]) > _LONGEST_TITLE:
            raise CellError(f"the title is longer than {_LONGEST_TITLE} characters")
        named = cells.get("decision", "")
        if named and same_number(self.number) not in same_number(named):
            raise CellError(f"it belongs to another decision ({named})")
        if not self.is_here(cells.get("province", "")):
            raise CellError(f"it belongs to another province ({cells['province']})")

    def _item(self, cells: Mapping[str, str]) -> CatalogueItem:
        frequency, term = cells.get("update_frequency", ""), _term(cells)
        wording = term or frequency
        due = self.wordings.understand_due(wording) or (self._due_days(term) if term else None)
        return CatalogueItem(
            code=cells.get("code", ""),
            title=cells["title"],
            theme=cells.get("theme", "") or self.groups.text(GroupKind.THEME),
            owner=cells.get("owner", "") or cells.get("publisher", "") or self.groups.text(GroupKind.OWNER),
            cycle=self.wordings.understand(frequency),
            due=due,
            due_printed=term or (frequency if due else ""),
            format=cells.get("format", ""),
            fields=split(cells.get("fields", ""), ";"),
            description=cells.get("description", ""),
        )

    def _due_days(self, term: str) -> DueWording | None:
        """A bare number of days, as a column of terms may have it."""
        return self.wordings.understand_due(f"chậm nhất {term}")

    def _is_aside(self, record: Record) -> bool:
        """Sums, notes and signatures below the items."""
        number = self.layout.pick(record.cells, "number")
        texts = [cell for at, cell in enumerate(record.cells) if cell and at not in record.spread]
        first = tokens(texts[0])
        sums = len(texts) <= 2 and any(first[: len(words)] == words for words in _TOTALS)
        if number and len(texts) > 1:
            return sums and number == texts[0]  # "Tổng cộng" in the column of numbers
        return sums or (len(texts) <= 2 and all(is_note(text) or is_signature(text) for text in texts))

    def _group(self, record: Record) -> Group | None:
        positions = self.layout.positions
        number_at, title_at = positions.get("number"), positions["title"]
        own = {at: tidy(cell) for at, cell in enumerate(record.cells) if cell and at not in record.spread}
        number = own.pop(number_at, "") if number_at is not None and len(own) > 1 else ""
        if len(own) != 1 or (len(positions) < 3 and not number):
            return None
        ((at, text),) = own.items()
        alone = bool(record.spread) or at != title_at
        known = any(column in positions for column in ("owner", "publisher"))
        return self.words.read(number, text, line=record.line, alone=alone, known_owners=known)


def read_rows(
    sheet: AnnexSheet,
    *,
    words: GroupWords,
    secrecy: Secrecy,
    wordings: Wordings,
    number: str,
    is_here: Callable[[str], bool],
) -> RowReader:
    """A reader of the rows of ``sheet`` of the decision with that ``number``; ``is_here`` judges printed provinces."""
    return RowReader(
        words=words,
        secrecy=secrecy,
        wordings=wordings,
        number=number,
        is_here=is_here,
        sheet=sheet,
        layout=to_layout(sheet.columns),
    )


def _term(cells: Mapping[str, str]) -> str:
    """The wording of the deadline. A bare number is one of days, of the sort that ``due_unit`` names."""
    printed, unit = cells.get("due_offset_days", ""), cells.get("due_unit", "")
    if not printed.isdecimal():
        return printed
    if int(printed) > _LONGEST_TERM:
        raise CellError(f"the term of {printed} days is longer than {_LONGEST_TERM}")
    return f"{printed} {_UNITS.get(unit.casefold(), unit)}"
