"""The answers of the API, field by field: what is served is made of these, and so is its description."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.core.changes import ChangeKind
from bot.core.findings import Computation, RowForm


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ResourceShape(_Shape):
    """A file or table of a dataset."""

    number: int = Field(description="Its number, for the parameter `resource` of the rows")
    title: str | None
    note: str | None
    format: str | None
    url: str | None = Field(description="Where the portal offers it")
    fields: list[str] = Field(description="Column names as printed")
    row_count: int
    rows: str | None = Field(description="Address of its rows in this API; null when none are loaded")


class DatasetShape(_Shape):
    """Everything public about a dataset. What its source does not say is null, never invented."""

    code: str
    title: str
    province: str | None = Field(description="As printed")
    description: str | None
    publisher: str | None
    theme: str | None
    update_frequency: str | None = Field(description="As printed")
    licence: str | None = Field(description="null: the source names none")
    format: str | None
    fields: list[str]
    issued_at: date | None
    published_at: date | None
    changed_at: date | None = Field(description="What the source says")
    content_at: date | None = Field(description="Since when its rows are known to be as they are")
    data_date: date | None = Field(description="The best evidence of how old its data are")
    resources: list[ResourceShape]
    page: str | None = Field(description="Its page on the portal")
    url: str = Field(description="Its address in this API")
    rows: str | None = Field(description="Address of its rows in this API")


class DatasetsShape(_Shape):
    """Some datasets in the order of their codes. A page may be shorter than `limit`; `next` is null at the end."""

    datasets: list[DatasetShape]
    next: str | None


class HitShape(_Shape):
    """A dataset that a question may mean."""

    code: str
    title: str
    province: str | None
    publisher: str | None
    theme: str | None
    score: float = Field(description="0 to 1")
    published_at: date | None
    changed_at: date | None
    data_date: date | None
    url: str
    rows: str | None


class ColumnShape(_Shape):
    """A column as printed, and with diacritics and unit where these are known."""

    name: str
    label: str | None
    unit: str | None


class ComputedShape(_Shape):
    """A number that no source printed: we computed it from `of` figures of the column."""

    kind: Computation
    column: int
    value: str = Field(description="A decimal number, in full")
    of: int


class RowsShape(_Shape):
    """Rows of a table, cells exactly as printed."""

    dataset: str
    title: str
    publisher: str | None
    licence: str | None
    data_date: date | None
    resource: int | None = Field(description="Which resource the rows are of; null when nothing was found")
    version: str | None = Field(description="Names the content of the table: another content has another name")
    question: str | None
    answered: bool | None = Field(description="Whether the rows answer the question; null without one")
    form: RowForm | None = Field(description="The shape of the answer; null without a question")
    asked: list[int] = Field(description="Numbers of the columns that the question asks for, from 0 on")
    columns: list[ColumnShape]
    rows: list[list[str]]
    numbers: list[int] = Field(description="The number of each row in the table, from 0 on")
    total: int = Field(description="Rows of the table, or rows that answer the question")
    offset: int
    computed: ComputedShape | None
    next: str | None


class SearchShape(_Shape):
    """What the look-up of the chat finds."""

    query: str
    answered: bool = Field(description="false: honestly nothing; hits are then only near")
    hits: list[HitShape]
    figures: RowsShape | None = Field(description="The rows themselves, where they answer")
    withheld: int = Field(description="Hits that need a key, which was not given")


class ChangeShape(_Shape):
    """What a publication changed in a dataset. `fields` names the metadata that changed."""

    dataset: str
    kind: ChangeKind
    title: str
    province: str | None
    at: datetime
    fields: list[str]
    cursor: str
    url: str


class ChangesShape(_Shape):
    """Changes, oldest first. Ask on with `cursor` as `after`; `next` is null when there is nothing more now."""

    changes: list[ChangeShape]
    cursor: str
    next: str | None


class ProblemShape(_Shape):
    """Why there is no answer (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    parameter: str | None = Field(default=None, description="The parameter that is wrong, in status 400")


Shape = _Shape
SHAPES: tuple[type[_Shape], ...] = (SearchShape, DatasetShape, DatasetsShape, RowsShape, ChangesShape, ProblemShape)
"""What whole answers are made of."""


def components() -> dict[str, Any]:
    """The JSON Schemas of all shapes by name, for an OpenAPI document."""
    found: dict[str, Any] = {}
    for shape in SHAPES:
        schema = shape.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        found.update(schema.pop("$defs", {}))
        found[shape.__name__] = schema
    return dict(sorted(found.items()))
