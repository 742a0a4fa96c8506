"""What PX-Web lists becomes datasets, and what it answers becomes rows: periods across, figures as printed."""

import itertools
import math
from typing import Any

import pytest

from gateway.portal import Fetched, Increment, Mark, Notice, PortalError, Rejected, RemoteFile, read_source
from gateway.pxweb.api import RefusedError
from gateway.pxweb.cells import ask, read_cells
from gateway.pxweb.variables import VALUE, Variable, bare_title, lay_out, read_variables
from tests.support.portals import Told, read_told

BASE = "https://px.example.vn/api/v1/vi"


def variable(name: str, *labels: str, time: bool = False) -> Variable:
    return Variable(code=name, name=name, codes=tuple(map(str, range(len(labels)))), labels=labels, time=time)


def many(name: str, number: int) -> Variable:
    return variable(name, *(f"{name} {n}" for n in range(number)))


PLACES, YEARS = variable("Địa phương", "Hà Nội", "Huế"), variable("Năm", "2018", "2019 (*)", time=True)
MEASURES = variable("Chỉ tiêu", "Diện tích(Km2)", "Dân số")
LAYOUTS = {
    "periods across": ([PLACES, YEARS], ("Địa phương", "2018", "2019 (*)")),
    "what is measured beside them": (
        [PLACES, YEARS, MEASURES],
        ("Địa phương", "2018 Diện tích(Km2)", "2018 Dân số", "2019 (*) Diện tích(Km2)", "2019 (*) Dân số"),
    ),
    "what is measured though it comes first": (
        [MEASURES, PLACES, YEARS],
        ("Địa phương", "2018 Diện tích(Km2)", "2018 Dân số", "2019 (*) Diện tích(Km2)", "2019 (*) Dân số"),
    ),
    "the smallest of several": (
        [PLACES, many("Loại", 7), variable("Giới tính", "Nam", "Nữ"), YEARS],
        ("Địa phương", "Loại", "2018 Nam", "2018 Nữ", "2019 (*) Nam", "2019 (*) Nữ"),
    ),
    "one with many values runs down": ([PLACES, many("Ngành", 9), YEARS], ("Địa phương", "Ngành", "2018", "2019 (*)")),
    "what is measured alone runs down": ([MEASURES, YEARS], ("Chỉ tiêu", "2018", "2019 (*)")),
    "no periods": ([PLACES, MEASURES], ("Địa phương", "Chỉ tiêu", VALUE)),
    "periods only": ([YEARS], ("Năm", VALUE)),
    "too many periods": ([PLACES, variable("Tháng", *map(str, range(121)), time=True)], ("Địa phương", "Tháng", VALUE)),
}
TITLES = {
    "Số hợp tác xã chia theo Địa phương và Năm": "Số hợp tác xã",
    "Số cơ sở by Địa phương and Năm": "Số cơ sở",
    "Chia theo Địa phương": "Chia theo Địa phương",
    "Lao động chia theo ngành": "Lao động chia theo ngành",
    "Lao động chia theo ngành chia theo Địa phương, Năm": "Lao động chia theo ngành",
}
MALFORMED: dict[str, dict[str, Any]] = {
    "no columns": {"data": []},
    "no data": {"columns": [{"code": "Địa phương", "type": "d"}]},
    "a variable is missing": {"columns": [{"code": "v", "type": "c"}], "data": [{"key": [], "values": ["1"]}]},
    "no figures": {"columns": [{"code": "Địa phương", "type": "d"}, {"code": "Năm", "type": "t"}], "data": []},
}


@pytest.mark.parametrize(("variables", "headings"), LAYOUTS.values(), ids=LAYOUTS)
def test_periods_stand_across_and_what_is_measured_beside_them(variables, headings):
    assert lay_out(variables, most=100_000).headings == headings


@pytest.mark.parametrize("most", [1, 2, 7, 24, 25, 100, 1000, 10_000])
@pytest.mark.parametrize("sizes", [(5,), (3, 4), (2, 3, 5, 2), (40, 1, 3)])
def test_queries_keep_to_the_limit_and_together_ask_for_every_cell_once(sizes, most):
    variables = [many(f"v{n}", size) for n, size in enumerate(sizes)]
    layout = lay_out([*variables, YEARS], most=most)
    asked: list[tuple[str, ...]] = []
    for piece in layout.pieces(most):
        assert math.prod(map(len, piece.values())) <= most
        asked += itertools.product(*(piece[v.code] for v in (*layout.down, *layout.across)))
    assert asked == list(itertools.product(*(v.codes for v in (*layout.down, *layout.across))))


@pytest.mark.parametrize(("printed", "title"), TITLES.items())
def test_a_title_is_shown_without_the_variables_behind_it(printed, title):
    names = ["Địa phương", "Năm"] if "Năm" in printed else ["Địa phương"]
    assert bare_title(printed, names) == (title if title != "Chia theo Địa phương" else printed)


def test_years_are_known_even_where_the_table_does_not_say_so():
    (found,) = read_variables(
        {"variables": [{"code": "N", "text": "Năm", "values": ["0", "1"], "valueTexts": ["2018", "2019 (*)"]}]}
    )
    assert found.time


@pytest.mark.parametrize(
    "printed",
    [
        None,
        "x",
        {},
        {"code": "A", "values": None},
        {"code": "A", "values": []},
        {"code": "A", "values": ["1", "1"]},
        {"code": 1, "values": ["1"]},
    ],
)
def test_a_variable_that_is_not_told_in_full_is_refused(printed):
    with pytest.raises(RefusedError, match="does not list the values"):
        read_variables({"variables": [printed]})


def test_figures_stay_as_they_are_printed_and_in_their_place():
    layout = lay_out([PLACES, YEARS], most=100)
    (piece,) = layout.pieces(100)
    answer = {
        "columns": [{"code": "Năm", "type": "t"}, {"code": "Địa phương", "type": "d"}, {"code": "Số", "type": "c"}],
        "data": [
            {"key": ["1", "0"], "values": ["1435.0"]}, {"key": ["0", "0"], "values": [".."]},
            {"key": ["0", "1"], "values": ["-"]}, {"key": ["1", "1"], "values": ["12 866"]},
        ],
    }  # fmt: skip
    page = read_cells(answer, layout, piece)
    assert page.columns == ("Địa phương", "2018", "2019 (*)")
    assert page.rows == (("Hà Nội", "..", "1435.0"), ("Huế", "-", "12 866"))
    assert ask(piece)["response"] == {"format": "json"}


def test_what_is_measured_may_be_columns_of_its_own():
    layout = lay_out([PLACES, MEASURES], most=100)
    (piece,) = layout.pieces(100)
    columns = [{"code": "Địa phương", "type": "d"}, {"code": "0", "type": "c"}, {"code": "1", "type": "c"}]
    data = [{"key": ["0"], "values": ["3358.6", "8093"]}, {"key": ["1"], "values": ["4902", "1128"]}]
    page = read_cells({"columns": columns, "data": data}, layout, piece)
    assert page.rows[:2] == (("Hà Nội", "Diện tích(Km2)", "3358.6"), ("Hà Nội", "Dân số", "8093"))


COLUMNS = [{"code": "Địa phương", "type": "d"}, {"code": "Năm", "type": "t"}, {"code": "Số", "type": "c"}]


@pytest.mark.parametrize(
    "answer",
    [
        *MALFORMED.values(),
        {"columns": COLUMNS, "data": [{"key": ["0", "0"], "values": ["1"]}]},
        {"columns": COLUMNS, "data": [{"key": ["0"], "values": ["1"]}]},
        {"columns": COLUMNS, "data": ["x"]},
        {"columns": COLUMNS, "data": [{"key": ["9", str(n)], "values": ["1"]} for n in range(4)]},
    ],
)
def test_an_answer_with_other_cells_than_asked_for_is_refused(answer):
    layout = lay_out([PLACES, YEARS], most=100)
    (piece,) = layout.pieces(100)
    with pytest.raises(PortalError, match="PX-Web answered"):
        read_cells(answer, layout, piece)


TABLE = {"title": "T", "variables": [{"code": "A", "text": "Địa phương", "values": ["0"], "valueTexts": ["Huế"]}]}
FREE = {"maxCells": 100, "maxCalls": 1000, "timeWindow": 10}
ANSWERS: dict[str, object] = {
    f"{BASE}/?config": FREE,
    f"{BASE}/": [{"dbid": "Y tế", "text": "Y tế"}, {"dbid": "Trống", "text": "Giáo dục"}],
    f"{BASE}/Y%20t%E1%BA%BF": [
        {"id": "h", "type": "h", "text": "Chương 1"},
        {"id": "V14", "type": "l", "text": "Cơ sở y tế"},
        {"id": "mat", "type": "l", "text": "Mất"},
    ],
    f"{BASE}/Y%20t%E1%BA%BF/V14": [
        {"id": "V14.01.px", "type": "t", "text": "V14.01 - Số giường bệnh", "updated": "2026-01-15T08:00:00"},
        {"id": "V14.02.px", "type": "t", "text": "", "updated": ""},
        {"id": "V14.03.px", "type": "t", "text": "Số bác sĩ", "updated": "2026-02-01"},
        {"id": "V14.01.px", "type": "t", "text": "V14.01 - Số giường bệnh", "updated": "2026-01-15T08:00:00"},
    ],
    f"{BASE}/Y%20t%E1%BA%BF/V14/V14.01.px": TABLE,
    f"{BASE}/Y%20t%E1%BA%BF/V14/V14.02.px": {"title": "", "variables": []},
    f"{BASE}/Y%20t%E1%BA%BF/V14/V14.03.px": {"title": "Số bác sĩ", "variables": [{"code": "A", "text": "Năm", "values": None}]},
}  # fmt: skip


async def test_folders_are_walked_down_to_the_tables_and_what_is_amiss_is_told():
    beds, second, doctors, *notices, mark = await read_told(f"pxweb:{BASE}", Told(ANSWERS))
    page = "https://px.example.vn/pxweb/vi/Y%20t%E1%BA%BF/Y%20t%E1%BA%BF__V14/V14.01.px/"
    assert isinstance(beds, Fetched)
    dataset = beds.dataset
    assert (dataset.key, dataset.title, dataset.theme) == ("Y tế/V14/V14.01.px", "Số giường bệnh", "Y tế, Cơ sở y tế")
    assert (dataset.url, dataset.fields, dataset.format, str(dataset.changed_at)) == (
        page,
        ("Địa phương",),
        "PX-Web",
        "2026-01-15",
    )
    assert [file.rows for file in beds.files] == [dataset.key]
    assert second == Rejected(line=2, reason="Y tế/V14/V14.02.px: the title is empty")
    assert isinstance(doctors, Fetched)
    assert doctors.files == ()
    assert [notice.text for notice in notices if isinstance(notice, Notice)] == [
        "databases that list no tables for programs: Giáo dục",
        "folders that are listed but not there: Y tế/mat",
        "tables that are linked, their rows cannot be asked for: Y tế/V14/V14.03.px (PX-Web does not list the values of Năm)",
    ]
    assert isinstance(mark, Mark)


async def test_a_table_that_was_not_updated_is_not_asked_for_again():
    told = Told(ANSWERS)
    *_, mark = await read_told(f"pxweb:{BASE}", told)
    assert isinstance(mark, Mark)
    portal, request = read_source(f"pxweb:{BASE}")
    told.asked.clear()
    again = [
        e
        async for e in portal.fetch(
            type(request)(kind="pxweb", address=BASE, name="", mark=mark.text), told, lambda *_: None
        )
    ]
    assert isinstance(again[0], Increment)
    assert [type(entry) for entry in again].count(Fetched) == 0
    assert [url for url in told.asked if url.endswith(".px")] == [f"{BASE}/Y%20t%E1%BA%BF/V14/V14.02.px"], (
        "it has no date"
    )


@pytest.mark.parametrize(
    ("address", "first"),
    [("https://px.example.vn", f"{BASE}/"), ("https://px.example.vn/api/v1/vi/", f"{BASE}/"),
     ("https://px.example.vn/PXWeb/api/v1/en", "https://px.example.vn/PXWeb/api/v1/en/"),
     ("https://px.example.vn/api/v1/vi/Y tế".replace(" ", "%20"), f"{BASE}/Y%20t%E1%BA%BF")],
)  # fmt: skip
async def test_an_address_may_leave_out_the_api_or_lead_into_a_database(address, first):
    told = Told({f"{host}/?config": FREE for host in (BASE, "https://px.example.vn/PXWeb/api/v1/en")})
    with pytest.raises(PortalError):
        await read_told(f"pxweb:{address}", told)
    assert told.asked[1] == first


async def test_a_px_web_without_any_table_is_refused():
    with pytest.raises(PortalError, match="lists no table at all"):
        await read_told(f"pxweb:{BASE}", Told({f"{BASE}/?config": FREE, f"{BASE}/": [{"dbid": "Trống"}]}))


async def test_rows_of_a_table_that_is_gone_are_an_error_of_the_portal():
    portal, request = read_source(f"pxweb:{BASE}")
    assert portal.read_rows is not None
    with pytest.raises(PortalError, match="HTTP 404"):
        [
            page
            async for page in portal.read_rows(
                request, RemoteFile(position=0, url="", rows="Y tế/x.px"), Told({f"{BASE}/?config": FREE})
            )
        ]
