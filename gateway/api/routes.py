"""The addresses of the API: the one description from which they are served, read, documented and tested."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.api.parameters import CODE, Kind, Parameter
from gateway.api.shapes import ChangesShape, DatasetShape, DatasetsShape, RowsShape, SearchShape, Shape

ROOT = "/api/"
"""The page for people."""
ATOM = "application/atom+xml"
JSON = "application/json"
MOST_QUESTION = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address. ``cost`` are the units that it takes, ``question_cost`` those with a parameter ``q``."""

    name: str
    path: str
    vi: str
    en: str
    parameters: tuple[Parameter, ...] = ()
    shape: type[Shape] | None = None
    media: str = JSON
    cost: int = 1
    question_cost: int | None = None
    example: str = ""

    @property
    def about_one(self) -> bool:
        """Whether its path names a dataset."""
        return "{code}" in self.path


def _question(*, required: bool) -> Parameter:
    return Parameter(
        name="q",
        kind=Kind.TEXT,
        least=1,
        most=MOST_QUESTION,
        required=required,
        vi="Câu hỏi, viết như khi nhắn tin; có dấu hay không đều được.",
        en="A question as one would text it, with diacritics or without.",
        example="dan so quang ngai",
    )


def _limit(most: int, default: int) -> Parameter:
    return Parameter(
        name="limit",
        kind=Kind.NUMBER,
        least=1,
        most=most,
        default=default,
        vi="Nhiều nhất bao nhiêu mục trong một câu trả lời.",
        en="At most so many entries in one answer.",
    )


_DATASET = Parameter(
    name="dataset", kind=Kind.TEXT, least=1, vi="Chỉ thay đổi của bộ dữ liệu này.", en="Only changes of this dataset."
)
_AFTER_CODE = Parameter(
    name="after", kind=Kind.TEXT, vi="Mã đứng ngay trước trang này.", en="The code in front of this page."
)
_RESOURCE = Parameter(
    name="resource",
    kind=Kind.NUMBER,
    most=100_000,
    vi="Số của tài nguyên; mặc định là bảng đầu tiên.",
    en="The number of a resource; the first table unless given.",
)
_OFFSET = Parameter(
    name="offset",
    kind=Kind.NUMBER,
    most=100_000_000,
    default=0,
    vi="Bỏ qua bấy nhiêu hàng.",
    en="So many rows are passed over.",
)
_AFTER = Parameter(
    name="after", kind=Kind.CURSOR, vi="Con trỏ của câu trả lời trước.", en="The cursor of an earlier answer."
)
_SINCE = Parameter(
    name="since", kind=Kind.DATE, vi="Từ ngày này (giờ Việt Nam).", en="From this day on (Việt Nam).",
    example="2026-11-01",
)  # fmt: skip
_BEFORE = Parameter(
    name="before", kind=Kind.CURSOR, vi="Con trỏ của trang trước.", en="The cursor of the page in front."
)


def routes(provinces: Sequence[str]) -> tuple[Route, ...]:
    """All addresses of a service that answers for ``provinces`` (ids)."""
    province = Parameter(
        name="province",
        kind=Kind.CHOICE,
        choices=tuple(provinces),
        vi="Chỉ tỉnh này và dữ liệu toàn quốc.",
        en="Only this province and data of the whole country.",
    )
    return (
        Route(
            name="search",
            path="/api/v1/search",
            vi="Tìm bộ dữ liệu và số liệu cho một câu hỏi, như khi hỏi qua tin nhắn.",
            en="Find datasets and figures for a question, as the chat does.",
            parameters=(_question(required=True), province, _limit(100, 10)),
            shape=SearchShape,
            cost=6,
            example="/api/v1/search?q=dan+so+quang+ngai",
        ),
        Route(
            name="datasets",
            path="/api/v1/datasets",
            vi="Tất cả bộ dữ liệu, theo mã, từng trang.",
            en="All datasets in the order of their codes, page by page.",
            parameters=(_AFTER_CODE, _limit(100, 20)),
            shape=DatasetsShape,
            cost=2,
            example="/api/v1/datasets?limit=20",
        ),
        Route(
            name="dataset",
            path="/api/v1/datasets/{code}",
            vi="Mọi thông tin công khai về một bộ dữ liệu.",
            en="Everything public about a dataset.",
            shape=DatasetShape,
        ),
        Route(
            name="rows",
            path="/api/v1/datasets/{code}/rows",
            vi="Các hàng của bảng đúng như được in; với q là các hàng trả lời câu hỏi.",
            en="The rows of its table as printed; with q those that answer the question.",
            parameters=(_question(required=False), _RESOURCE, _OFFSET, _limit(1000, 100)),
            shape=RowsShape,
            cost=3,
            question_cost=6,
        ),
        Route(
            name="changes",
            path="/api/v1/changes",
            vi="Những gì đã thay đổi, cũ trước, để sao chép theo.",
            en="What has changed, oldest first, for whoever keeps a copy.",
            parameters=(_AFTER, _SINCE, _DATASET, _limit(100, 50)),
            shape=ChangesShape,
            cost=2,
            example="/api/v1/changes?since=2026-11-01",
        ),
        Route(
            name="feed",
            path="/api/v1/changes.atom",
            vi="Những gì đã thay đổi, mới trước, để theo dõi bằng trình đọc tin (Atom).",
            en="What has changed, newest first, for feed readers (Atom).",
            parameters=(_BEFORE, _DATASET),
            media=ATOM,
            cost=2,
            example="/api/v1/changes.atom",
        ),
        Route(
            name="description",
            path="/api/openapi.json",
            vi="Mô tả API theo OpenAPI 3.1.",
            en="This API described by OpenAPI 3.1.",
            example="/api/openapi.json",
        ),
    )


PATH_PARAMETERS = (CODE,)
"""What may stand in the paths themselves."""
