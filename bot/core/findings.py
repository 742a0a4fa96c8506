"""What a look-up found: the figures themselves, not yet worded."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from bot.core.catalogue import Dataset, Hit, Resource

DecimalMark = Literal[".", ","]


class ColumnKind(StrEnum):
    """How a column's texts are to be printed: only NUMBER gets thousand dots, only DATE becomes dd/mm/yyyy."""

    TEXT = "text"
    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    CODE = "code"


class ColumnRole(StrEnum):
    """What a column says about its row, where that is known.

    NAME names the row · SORT its sort (xã, phường …) · PLACE the unit it lies in · MERGED the former units that were
    merged into it · SOURCE where its figures come from.
    """

    PLAIN = "plain"
    NAME = "name"
    SORT = "sort"
    PLACE = "place"
    MERGED = "merged"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as printed (``name``) and as a person reads it (``label`` with diacritics, ``unit`` or empty).

    ``mark`` is the decimal mark of its numbers where the whole column gives one away: "551.814" alone does not.
    """

    name: str
    label: str
    unit: str = ""
    kind: ColumnKind = ColumnKind.TEXT
    role: ColumnRole = ColumnRole.PLAIN
    mark: DecimalMark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """The question named ``former``, a unit that no longer exists; the row is that of ``now``, which took it over.

    Both as printed in the table. A figure of ``now`` is not a figure of ``former`` and must never be shown as one.
    """

    former: str
    now: str


class Computation(StrEnum):
    """What we computed of the figures of a table.

    SUM and MEAN over all rows of the finding · DIFFERENCE of the larger and the smaller of two figures · RANK the
    place of the only row among ``of`` rows.
    """

    SUM = "sum"
    MEAN = "mean"
    DIFFERENCE = "difference"
    RANK = "rank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A number that no source printed: it must be shown as computed. ``of`` figures of ``column`` went into it.

    ``descending`` tells for RANK whether the largest figure is first.
    """

    kind: Computation
    column: int
    value: Decimal
    of: int
    descending: bool = True


class RowForm(StrEnum):
    """The shape of a row answer.

    CELL one row, the asked columns · RECORD one row, all columns · COUNT a number that we computed · LIST several rows
    that were asked for as a list · AMBIGUOUS several rows although one was meant: ask, never pick.
    """

    CELL = "cell"
    RECORD = "record"
    COUNT = "count"
    LIST = "list"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFinding:
    """Rows of one table that answer a question.

    ``numbers`` are the 0-based positions of the matching ``rows`` in the table, in table order unless they were ordered
    by the figure that was asked for; at most 200 are carried. ``total`` counts all, a row that the table repeats only
    once; ``repeats`` says how many more lines the table has for them. ``asked`` are positions in ``columns`` that the
    question asks for (CELL), ``name`` the position of the column that names a row. ``breakdown`` splits ``total`` by
    kind for COUNT, as (label, count). ``matched`` are the words of the question that selected the rows, folded.
    ``score`` is 0…1.

    ``succession`` is set when a former unit was asked for. With CELL the answer is then which unit it belongs to now;
    when a *figure* was asked for, the form is AMBIGUOUS even with a single row: offer it, say whose it is.
    LIST, too, may have ``asked`` columns (one figure over several years). ``computed`` is what was computed of rows.
    """

    form: RowForm
    dataset: Dataset
    resource: Resource
    columns: tuple[Column, ...]
    name: int
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    total: int
    asked: tuple[int, ...] = ()
    breakdown: tuple[tuple[str, int], ...] = ()
    matched: tuple[str, ...] = ()
    score: float = 0.0
    succession: Succession | None = None
    computed: Computed | None = None
    repeats: int = 0


class Decision(StrEnum):
    """What to do with a question.

    FIGURES rows answer it · MENU datasets that may answer it · SUGGEST nothing answers it, but these are near · NONE
    nothing at all.
    """

    FIGURES = "figures"
    MENU = "menu"
    SUGGEST = "suggest"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The result of a look-up. ``query`` is the question as understood (for "did you mean" and for logs of counts)."""

    decision: Decision
    query: str
    hits: tuple[Hit, ...] = ()
    figures: RowFinding | None = None

    @property
    def answered(self) -> bool:
        """False when the honest answer is "không có"; ``hits`` may still hold suggestions."""
        return self.decision in (Decision.FIGURES, Decision.MENU)


NOTHING = Findings(decision=Decision.NONE, query="")
