"""A chart as a value: what is to be drawn, not how. It holds no person and nothing that the source does not print."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bot.core.findings import RowFinding

_DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an answer was about, as far as a chart of it needs to know.

    ``table`` is the content hash of the table, or its beginning (empty = the first of ``dataset``); ``rows`` the
    0-based rows that were given (none = all) of the ``of`` that were meant; ``asked`` the columns.
    """

    dataset: str
    table: str = ""
    rows: tuple[int, ...] = ()
    of: int = 0
    asked: tuple[int, ...] = ()


def subject_of(finding: RowFinding) -> Subject:
    """What an answer that gives ``finding`` is about."""
    return Subject(
        dataset=finding.dataset.code,
        table=finding.resource.table or "",
        rows=finding.numbers,
        of=finding.total,
        asked=finding.asked,
    )


class ChartKind(StrEnum):
    """BARS compare names, one bar each · LINE follows one to four names over the years."""

    BARS = "bars"
    LINE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A figure: whose it is (``label``; of a LINE the year), its ``value``, and the same as the source has it printed.

    ``value`` None is a gap: the source gives none. ``own`` marks what the question was about.
    """

    label: str
    value: Decimal | None
    printed: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Points that belong together, in the order in which they are drawn; ``name`` tells a line from the others."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything that stands in the picture.

    ``title`` says what is shown, ``unit`` in what (may be empty), ``dataset`` from which dataset, ``note`` what was
    left out (may be empty), ``source`` the lines below: the source as recorded, the answer code.
    """

    kind: ChartKind
    title: str
    unit: str
    dataset: str
    series: tuple[Series, ...]
    note: str = ""
    source: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A name that only this content has."""
        document = json.dumps(to_document(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(document.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]


def to_document(chart: Chart) -> dict[str, Any]:
    """``chart`` as JSON."""
    document = asdict(chart)
    for series in document["series"]:
        for point in series["points"]:
            point["value"] = None if point["value"] is None else str(point["value"])
    return document


def from_document(document: Mapping[str, Any]) -> Chart:
    """The chart of :func:`to_document`."""
    return Chart(
        **{
            **document,
            "kind": ChartKind(document["kind"]),
            "source": tuple(document["source"]),
            "series": tuple(
                Series(name=series["name"], points=tuple(map(_point, series["points"])))
                for series in document["series"]
            ),
        }
    )


def _point(document: Mapping[str, Any]) -> Point:
    value = document["value"]
    return Point(**{**document, "value": None if value is None else Decimal(value)})
