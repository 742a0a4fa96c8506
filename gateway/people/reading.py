"""Read a people file: CSV or a workbook, one person (or only an agency) a row; every bad row is named."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.core.errors import ContentError, TracuuError
from bot.core.obligations.agency import AgencyKind, PostRole
from bot.core.obligations.roster import PersonRow
from bot.core.text import tokens
from bot.search.places import Places
from gateway.cell import CellError, read_date, split, tidy
from gateway.heading import Headings, Layout, load_headings
from gateway.items.territory import locate_territory
from gateway.people.words import PeopleWords, load_people_words
from gateway.phone import read_mobile
from gateway.tables.header import is_numbering
from gateway.tables.loading import load_book
from gateway.tables.sheet import Record, Sheet

COLUMNS = (
    "agency", "agency_kind", "province", "rule_set", "applied_by", "agency_aliases", "unit", "name", "role", "phone",
    "email", "from", "to", "replaces", "number", "note",
)  # fmt: skip
"""Every column that a people file may have; ``number`` and ``note`` are understood and left alone."""
_ABOVE = 30  # records that may stand above the headings of a workbook
_LONGEST = 200
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_DIGITS = re.compile(r"\+?\d[\d .]{7,}\d")
_ENDED = (
    "the district level ended on 01/7/2025 (cấp huyện đã kết thúc hoạt động từ ngày 01/7/2025) and has no duties: name "
    "the commune, ward or special zone"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A row that was not taken, and why. No number stands in it."""

    sheet: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleReading:
    """A people file as understood: ``unused`` are headings that mean nothing here."""

    rows: tuple[PersonRow, ...]
    rejected: tuple[Rejection, ...] = ()
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRules:
    """By what rows are read: ``profiles`` are the ids and names of the rule sets, ``province`` that of rows which name
    none (an id, may be empty)."""

    headings: Headings
    words: PeopleWords
    places: Places
    profiles: Mapping[str, str]
    province: str = ""


def load_people_rules(data: Path, places: Places, profiles: Mapping[str, str], *, province: str = "") -> PeopleRules:
    """The content below the folder ``data``. Raises ContentError."""
    return PeopleRules(
        headings=load_headings(data / "people" / "headings.toml", COLUMNS),
        words=load_people_words(data / "people"),
        places=places,
        profiles=profiles,
        province=province,
    )


def read_people(file: Path, rules: PeopleRules) -> PeopleReading:
    """The rows of ``file``. Reads and computes: keep it off the event loop.

    Raises SheetError when it cannot be read, TracuuError when no sheet has a heading for the agency.
    """
    found = [sheet for each in load_book(file).sheets if (sheet := _lay_out(each, rules.headings))]
    if not found:
        raise TracuuError(f'{file.name}: no row of headings names the agency ("agency" or "Cơ quan, đơn vị")')
    rows: list[PersonRow] = []
    rejected: list[Rejection] = []
    for sheet in found:
        for record in sheet.records:
            try:
                rows.append(_Cells(rules=rules, cells=sheet.cells(record), sheet=sheet.name, line=record.line).row())
            except (CellError, ContentError) as error:
                reason = _DIGITS.sub("•••", str(error))  # where columns are shifted, a number may be anywhere
                rejected.append(Rejection(sheet=sheet.name, line=record.line, reason=reason))
    unused = tuple(dict.fromkeys(heading for sheet in found for heading in sheet.layout.unused))
    return PeopleReading(rows=tuple(rows), rejected=tuple(rejected), unused=unused)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LaidOut:
    """A sheet whose columns are known."""

    name: str
    layout: Layout
    width: int
    ragged: bool
    records: Sequence[Record]

    def cells(self, record: Record) -> dict[str, str]:
        """The cells of a row by column. Raises CellError for a row that was torn apart."""
        if self.ragged and any(record.cells[self.width :]):
            raise CellError(f"the row has {len(record.cells)} cells, the headings have {self.width}")
        return {column: tidy(self.layout.pick(record.cells, column)) for column in self.layout.positions}


def _lay_out(sheet: Sheet, headings: Headings) -> _LaidOut | None:
    for at, record in enumerate(sheet.records[: 1 if sheet.ragged else _ABOVE]):
        layout = headings.lay_out(["" if place in record.spread else cell for place, cell in enumerate(record.cells)])
        if "agency" in layout.positions and len(layout.positions) > 1:
            return _LaidOut(
                name=sheet.name,
                layout=layout,
                width=len(record.cells),
                ragged=sheet.ragged,
                records=tuple(_below(sheet.records[at + 1 :], record)),
            )
    return None


def _below(records: Sequence[Record], header: Record) -> Iterator[Record]:
    """The rows below the headings; not these again, nor the numbers of columns, nor a line of text over a whole row."""
    for record in records:
        if record.cells != header.cells and not is_numbering(record) and not (record.filled == 1 and record.spread):
            yield record


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """One row while it is read."""

    rules: PeopleRules
    cells: Mapping[str, str]
    sheet: str
    line: int

    def row(self) -> PersonRow:
        """What the row says. Raises CellError or ContentError with the reason why it cannot be used."""
        since, until = self._day("from"), self._day("to")
        if since and until and until < since:
            raise CellError("“to” lies before “from”")
        row = PersonRow(
            line=self.line,
            sheet=self.sheet,
            province=self._province(),
            agency=self._text("agency"),
            kind=self._kind(),
            rule_set=self._rule_set(),
            applied_by=self._text("applied_by"),
            aliases=split(self._text("agency_aliases"), ";"),
            unit=self._text("unit"),
            name=self._text("name"),
            role=self._role(),
            phone=self._phone(),
            email=self._email(),
            since=since,
            until=until,
            replaces=self._text("replaces"),
        )
        if not row.name and (row.phone or row.email or row.replaces or self._text("role")):
            raise CellError("the name is empty")
        return row

    def _text(self, column: str) -> str:
        text = self.cells.get(column, "")
        if len(text) > _LONGEST and column != "agency_aliases":
            raise CellError(f"{column} is longer than {_LONGEST} characters")
        return text

    def _province(self) -> str:
        printed = self._text("province")
        if not self._text("agency"):
            raise CellError("the agency is empty")
        if not printed:
            if not self.rules.province:
                raise CellError("the province is empty; name it in the row or with --province")
            return self.rules.province
        try:
            return locate_territory(printed, self.rules.places).province
        except ContentError:
            raise CellError(f"{printed} is no province") from None

    def _kind(self) -> AgencyKind | None:
        printed = self._text("agency_kind")
        if self.rules.words.has_ended(printed, self._text("agency")):
            raise CellError(_ENDED)
        if not printed:
            return None
        kind = self.rules.words.kinds.get(tokens(printed))
        if kind is None:
            raise CellError(f"agency_kind {printed} is not one of {', '.join(AgencyKind)}")
        return kind

    def _rule_set(self) -> str | None:
        printed = self._text("rule_set")
        if not printed:
            return None
        if tokens(printed) in self.rules.words.undetermined:
            return ""
        wanted = {printed.casefold(), " ".join(tokens(printed))}
        named = [
            id_ for id_, name in self.rules.profiles.items() if wanted & {id_, name.casefold(), " ".join(tokens(name))}
        ]
        if len(named) != 1:
            raise CellError(f"rule_set {printed} is not one of {', '.join(sorted(self.rules.profiles))}")
        return named[0]

    def _role(self) -> PostRole:
        printed = self._text("role")
        role = self.rules.words.roles.get(tokens(printed)) if printed else PostRole.OFFICER
        if role is None:
            raise CellError(f"role {printed} is not one of {', '.join(PostRole)}")
        return role

    def _phone(self) -> str:
        printed = self._text("phone")
        if not printed:
            return ""
        number = read_mobile(printed.removesuffix(".0"))
        if number is None and printed[:1] in "123456789":  # a spreadsheet drops the leading zero
            number = read_mobile(f"0{printed.removesuffix('.0')}")
        if number is None:
            raise CellError("the phone is no mobile number of this country, or of another with its code")
        return number

    def _email(self) -> str:
        printed = self._text("email")
        if printed and not _EMAIL.fullmatch(printed):
            raise CellError("the e-mail is no address such as dau-moi@example.gov.vn")
        return printed.lower()

    def _day(self, column: str) -> date | None:
        try:
            return read_date(self.cells.get(column, ""))
        except CellError as error:
            raise CellError(f"{column}: {error}") from None
