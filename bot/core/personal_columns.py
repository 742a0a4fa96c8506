"""What is masked in a table: whom its rows are about, and what each column holds."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.figures import is_missing, parse_number
from bot.core.personal import Heading, Kind, OwnRule, PersonalRules, Reason
from bot.core.personal_values import LOOKS, holds_citizen, holds_mobile, holds_private_mail
from bot.core.text import normalise, tokens

OWN = "own"
"""The kind of a column that the operator denies."""
_FIGURES = 0.5
"""From which share of plain figures on a column is statistics, whatever its heading holds …"""
_ALIKE = 0.5
"""… and from which share of contacts on a column is one of contacts, whatever its heading says."""
_CITIZENS = 0.3
"""The same for citizen numbers: hardly anything else looks like one, so fewer are enough."""
_NAMES = 0.6
"""From which share of names of people on, most of them different, rows are about people."""
_FIRST = 200
"""Cells that tell whether a column holds names."""
_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,5}")


class Subject(StrEnum):
    """Whom rows are about."""

    PEOPLE = "people"
    ORGANISATIONS = "organisations"
    UNKNOWN = "unknown"


class Extent(StrEnum):
    """How much of a column is hidden: every cell, what looks personal in its cells, or nothing whatever it holds."""

    WHOLE = "whole"
    PARTS = "parts"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of the column at ``position``, and why."""

    position: int
    heading: str
    kind: str
    extent: Extent
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column as seen in a sample of rows; ``cells`` are the filled ones."""

    position: int
    heading: Heading
    cells: tuple[str, ...]

    def share(self, test: Callable[[str], bool]) -> float:
        """The share of its cells that pass ``test``."""
        return sum(map(test, self.cells)) / len(self.cells) if self.cells else 0.0

    @property
    def textual(self) -> bool:
        """Whether most of its cells are no figures."""
        return self.share(lambda cell: parse_number(cell) is None) > _FIGURES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """Whom the rows of a table are about, and where columns name a person beside an organisation."""

    subject: Subject
    persons: tuple[int, ...]

    def names_person_before(self, column: _Column) -> bool:
        """Whether a person is named left of ``column``: contacts follow whom they lead to."""
        return any(position < column.position for position in self.persons)


def judge(
    columns: Sequence[str],
    sample: Sequence[Sequence[str]],
    rules: PersonalRules,
    *,
    title: str,
    own: Sequence[OwnRule] = (),
) -> tuple[Verdict, ...]:
    """What becomes of each of ``columns`` of which something is to be said, going by a ``sample`` of the rows.

    ``title`` is all that is printed above the table, with the title of its dataset; ``own`` the operator's rows about
    it, the weightiest first.
    """
    found = tuple(
        _Column(
            position=at,
            heading=Heading(heading),
            cells=tuple(row[at] for row in sample if at < len(row) and not is_missing(row[at])),
        )
        for at, heading in enumerate(columns)
    )
    sheet = _read_sheet(found, rules, Heading(title))
    verdicts = (_by_operator(column, own) or _by_rules(column, sheet, rules) for column in found)
    return tuple(verdict for verdict in verdicts if verdict is not None)


def _by_operator(column: _Column, own: Sequence[OwnRule]) -> Verdict | None:
    for rule in own:
        if rule.column == column.heading.folded or rule.column == tokens(column.heading.text):
            extent = Extent.NOTHING if rule.allow else Extent.WHOLE
            return _verdict(column, OWN, extent, Reason.OPERATOR, rule.reason)
    return None


def _by_rules(column: _Column, sheet: _Sheet, rules: PersonalRules) -> Verdict | None:
    for kind in rules.kinds.values():
        if phrase := kind.public.find(column.heading):
            return _verdict(column, kind.id, Extent.NOTHING, Reason.HEADING, phrase)
    if not rules.people.counts.begins(column.heading):
        for kind in rules.kinds.values():
            if verdict := _by_heading(column, sheet, rules, kind):
                return verdict
    return _by_values(column, sheet, rules)


def _by_heading(column: _Column, sheet: _Sheet, rules: PersonalRules, kind: Kind) -> Verdict | None:
    always = kind.always.find(column.heading)
    phrase = always or kind.private.find(column.heading)
    if not phrase or _is_statistics(column, kind):
        return None
    extent = Extent.WHOLE if always else _extent(column, sheet, rules, kind)
    return _verdict(column, kind.id, extent, Reason.HEADING, phrase) if extent else None


def _extent(column: _Column, sheet: _Sheet, rules: PersonalRules, kind: Kind) -> Extent | None:
    """How much of a column with a ``private`` heading is hidden. One that names a person, too, is that person's."""
    owned = rules.people.roles.find(column.heading) or rules.people.people.find(column.heading)
    if owned or sheet.subject is Subject.PEOPLE or (sheet.persons and kind.with_a_person):
        return Extent.WHOLE
    if kind.beside_people and (sheet.names_person_before(column) or sheet.subject is Subject.UNKNOWN):
        return Extent.PARTS
    return Extent.WHOLE if kind.id == "bank" and sheet.subject is Subject.UNKNOWN else None


def _is_statistics(column: _Column, kind: Kind) -> bool:
    """Figures under a heading such as "thuê bao điện thoại": most cells are numbers that do not look like the kind."""
    looks = LOOKS[kind.looks]
    return column.share(lambda cell: parse_number(cell) is not None and not looks(cell)) > _FIGURES


def _by_values(column: _Column, sheet: _Sheet, rules: PersonalRules) -> Verdict | None:
    """What the cells themselves say; of rows about organisations, contacts are those of the organisation."""
    if column.share(lambda cell: holds_citizen(cell, rules.provinces)) >= _CITIZENS:
        extent = Extent.PARTS if column.share(_is_worded) > _FIGURES else Extent.WHOLE
        return _verdict(column, "identity", extent, Reason.VALUES, rules.kinds["identity"].vi)
    people = rules.people
    personal = people.people.find(column.heading) or people.roles.find(column.heading)
    if sheet.subject is Subject.ORGANISATIONS and not (personal or sheet.names_person_before(column)):
        return None
    vague = not column.heading.folded or people.vague.find(column.heading) or column.heading.folded[0].isdigit()
    for kind, holds in (("phone", holds_mobile), ("email", lambda cell: holds_private_mail(cell, rules.public_hosts))):
        share = column.share(holds)
        worded = column.share(_is_worded) > _FIGURES
        if share >= _ALIKE or (share and worded and (personal or vague)):
            return _verdict(column, kind, Extent.PARTS, Reason.VALUES, rules.kinds[kind].vi)
    return _verdict(column, "phone", Extent.PARTS, Reason.VALUES, rules.kinds["phone"].vi) if personal else None


def _read_sheet(columns: tuple[_Column, ...], rules: PersonalRules, title: Heading) -> _Sheet:
    people = rules.people
    roles = [column.position for column in columns if people.roles.find(column.heading) and column.textual]
    persons = [
        column.position
        for column in columns
        if column.position not in roles and people.people.find(column.heading) and column.textual
    ]
    bodies = [
        column.position
        for column in columns
        if column.position not in (*roles, *persons) and _names_body(column, rules) and column.textual
    ]
    subject = _subject(persons, bodies, columns, rules, title)
    beside = [*roles, *(persons if subject is Subject.ORGANISATIONS else ())]
    return _Sheet(subject=subject, persons=tuple(beside))


def _subject(
    persons: Sequence[int], bodies: Sequence[int], columns: Sequence[_Column], rules: PersonalRules, title: Heading
) -> Subject:
    """By headings (the leftmost counts), else by the title, else by the names in the rows."""
    people = rules.people
    told = people.people_titles.find(title)
    if persons and (told or not bodies or min(persons) < min(bodies)):
        return Subject.PEOPLE
    if bodies:
        return Subject.ORGANISATIONS
    if told:
        return Subject.PEOPLE
    for column in columns:
        first = replace(column, cells=column.cells[:_FIRST])
        if first.share(lambda cell: people.organisation_names.begins(Heading(cell))) >= _ALIKE:
            return Subject.ORGANISATIONS
        if _holds_names(first, rules):
            return Subject.PEOPLE
    return Subject.ORGANISATIONS if people.organisation_titles.find(title) else Subject.UNKNOWN


def _is_worded(cell: str) -> bool:
    return any(map(str.isalpha, cell))


def _names_body(column: _Column, rules: PersonalRules) -> bool:
    """Whether a heading names an organisation; a single word only where it begins: "Trường", but not "Môi trường"."""
    phrase = tokens(rules.people.organisations.find(column.heading))
    return bool(phrase) and (len(phrase) > 1 or column.heading.folded[0].startswith(phrase[0]))


def _holds_names(column: _Column, rules: PersonalRules) -> bool:
    """Whether most cells are names of people, most of them different: a sort or a place is printed again and again."""
    different = len(set(column.cells)) > len(column.cells) * _NAMES
    return different and column.share(lambda cell: _is_name(cell, rules)) >= _NAMES


def _is_name(cell: str, rules: PersonalRules) -> bool:
    """Whether ``cell`` is the name of a Vietnamese: a surname, then one to five words, each with a capital."""
    text = normalise(cell) if _NAME.fullmatch(" ".join(cell.split())) else ""
    if not text or not all(word[0].isupper() for word in cell.split()):
        return False
    surname = text.split()[0]
    return surname in (rules.people.surnames if not text.isascii() else rules.people.plain_surnames)


def _verdict(column: _Column, kind: str, extent: Extent, reason: Reason, detail: str) -> Verdict:
    return Verdict(
        position=column.position,
        heading=column.heading.text,
        kind=kind,
        extent=extent,
        reason=reason,
        detail=detail,
    )
