"""What is answered beyond a single cell: bounds, the largest, ranks, sums, years; and what is not answered."""

import pytest

from bot.core.catalogue import Table
from bot.core.findings import Computation, Decision, Findings, RowFinding, RowForm
from bot.search.lexicon import Lexicon
from bot.search.lookup import Lookup, find
from bot.search.places import Places
from bot.search.table import TableIndex
from tests.unit.search.conftest import DATASETS, TABLES, dataset, table

PEOPLE = table(
    "people",
    """
    dia_phuong | 2018 Diện tích(Km2) | 2018 Dân số trung bình (Nghìn người) | 2019 (*) Dân số trung bình (Nghìn người)
    CẢ NƯỚC | 331235.7 | 94666.0 | 96484.0
    Tây Nguyên | 54508.3 | 5871.0 | 5861.3
    Hà Nội | 3358.6 | 7520.7 | 8093.9
    Nam Định | 1668.5 | 1854.4 | 1780.9
    Quảng Ngãi | 5155.8 | 1272.8 | 1231.9
    Thừa Thiên Huế | 4902.4 | 1163.6 | ..
    """,
)
TICKETS = table(
    "tickets",
    """
    name | customerTypeName | price
    Cung Mẫu | Người lớn (NL) | 90000
    Cung Mẫu | Trẻ em (TE) | 0
    Lăng vua Mẫu Thử | Người lớn (NL) | 120000
    Lăng vua Mẫu Thử | Trẻ em (TE) | 30000
    Tuyến tham quan 2 điểm Cung Mẫu và Lăng Mẫu Thử | Người lớn (NL) | 200000
    Tuyến tham quan 2 điểm Cung Mẫu và Lăng Mẫu Thử | Trẻ em (TE) | 30000
    """,
)
SIGHTS = table(
    "sights",
    """
    tendoituong | nhomloaihinh | diachi | mocua
    Cung Mẫu | Di Tích | 9 Đường Thử, phường Mẫu, thành phố Huế | 07:30
    Đình làng Thử | Di Tích | xã Mẫu, huyện Phong Điền, tỉnh Thừa Thiên Huế | Cả ngày
    Đình làng Thử | Di Tích | xã Mẫu, huyện Phong Điền, tỉnh Thừa Thiên Huế | Cả ngày
    """,
)
COOPERATIVES = table(
    "cooperatives",
    """
    dia_phuong | 2015 | 2016
    Hà Nội | 1435 | 1329
    Quảng Ngãi | 188 | 176
    Phú Thọ | 307 | 287
    """,
)
FREE = table(
    "free",
    """
    name | customerTypeName | price
    Cung Một | Khách ưu tiên | 0
    Cung Hai | Khách ưu tiên | 0
    Cung Ba | Khách ưu tiên | 0
    Cung Bốn | Khách ưu tiên | 0
    Cung Năm | Khách ưu tiên | 0
    Cung Sáu | Khách ưu tiên | 0
    Cung Bảy | Khách ưu tiên | 50000
    """,
)
BESIDE = table(
    "beside",
    """
    tinh | ma_xa | ten_day_du | loai | sap_nhap_tu
    Tỉnh Hưng Yên | 12595 | Xã Ngự Thiên | Xã | Xã Tân Hòa (huyện Hưng Hà), Xã Canh Tân
    Tỉnh Hưng Yên | 13225 | Phường Thái Bình | Phường | Phường Bồ Xuyên, Xã Tân Hòa (huyện Vũ Thư)
    Tỉnh Hưng Yên | 12586 | Xã Hưng Hà | Xã | Xã Minh Khai, Thị trấn Hưng Hà
    Tỉnh Hưng Yên | 13246 | Xã Vũ Thư | Xã | Xã Minh Quang, Thị trấn Vũ Thư
    Tỉnh Khánh Hoà | 22795 | Xã Bác Ái | Xã | Xã Phước Tiến, Xã Phước Thắng
    """,
)
MORE = (
    dataset("people", "Diện tích, dân số phân theo địa phương", PEOPLE, theme="Dân số"),
    dataset("tickets", "Danh mục loại vé tham quan di tích Huế", TICKETS, province="Huế"),
    dataset("sights", "Danh sách địa điểm di tích Huế", SIGHTS, province="Huế"),
    dataset("cooperatives", "Số hợp tác xã phân theo địa phương", COOPERATIVES),
    dataset("free", "Giá vé ưu tiên", FREE),
    dataset("beside", "Xã, phường từ 01/7/2025 của Hưng Yên, Khánh Hòa", BESIDE),
)


@pytest.fixture(scope="module")
def figures(lexicon: Lexicon, places: Places):
    lookup = Lookup.build((*DATASETS, *MORE), lexicon=lexicon, places=places, version=1)
    held: tuple[Table, ...] = (*TABLES.values(), PEOPLE, TICKETS, SIGHTS, COOPERATIVES, FREE, BESIDE)
    built = {one.hash: TableIndex.build(one) for one in held}

    async def load(content: str) -> TableIndex:
        return built[content]

    async def asked(question: str) -> RowFinding | None:
        findings: Findings = await find(lookup, question, load_table=load)
        return findings.figures if findings.decision is Decision.FIGURES else None

    return asked


def names(found: RowFinding | None) -> list[str]:
    assert found is not None
    return [row[found.name] for row in found.rows]


def told(found: RowFinding | None) -> list[str]:
    assert found is not None
    return [found.rows[0][column] for column in found.asked]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("tinh nao tren 4 trieu dan", ["Hà Nội", "Phú Thọ", "Hồ Chí Minh"], id="above, by unit"),
        pytest.param("tỉnh nào từ 1,8 đến 2,5 triệu dân", ["Quảng Ngãi", "Tuyên Quang"], id="between"),
        pytest.param("vuon quoc gia duoi 22100 ha", ["Bạch Mã", "Xuân Sơn"], id="below"),
        pytest.param("vuon quoc gia mien trung tren 50000 ha", ["Vũ Quang", "Phong Nha – Kẻ Bàng"], id="and a place"),
        pytest.param("vuon quoc gia thanh lap truoc nam 1995", ["Cúc Phương", "Bạch Mã"], id="before a year"),
        pytest.param("tinh nao thu ngan sach tren 20.000 ty nam 2014", ["Quang Ngai"], id="scaled unlike the column"),
        pytest.param("3 tinh dong dan nhat", ["Hồ Chí Minh", "Hà Nội", "Phú Thọ"], id="top three"),
        pytest.param("tinh dong dan thu hai", ["Hà Nội"], id="the second"),
        pytest.param("vuon quoc gia nao lau doi nhat", ["Cúc Phương"], id="oldest"),
        pytest.param("ha noi hay phu tho rong hon", ["Phú Thọ", "Hà Nội"], id="the larger of two first"),
        pytest.param("nam 2018 tinh nao dong dan nhat", ["Hà Nội"], id="no total and no region is the largest"),
        pytest.param("điểm nào giá vé người lớn 120000", ["Lăng vua Mẫu Thử"], id="rows with a figure"),
        pytest.param("diem nao mien phi ve cho tre em", ["Cung Mẫu"], id="free of charge"),
        pytest.param("9 duong thu phuong mau la di tich nao", ["Cung Mẫu"], id="by a part of a text"),
    ],
)
async def test_rows_are_chosen_and_ordered_by_their_figures(figures, question: str, expected: list[str]):
    assert names(await figures(question)) == expected


@pytest.mark.parametrize(
    ("question", "kind", "value", "of"),
    [
        pytest.param("tong dien tich vuon quoc gia mien trung", Computation.SUM, "200385", 3, id="sum"),
        pytest.param("dien tich trung binh vuon quoc gia mien bac", Computation.MEAN, "18624.00", 2, id="mean"),
        pytest.param("phu tho lon hon ha noi bao nhieu", Computation.DIFFERENCE, "6001.54", 2, id="difference"),
        pytest.param("thu ngan sach quang ngai 2015 tang bao nhieu so voi 2014", Computation.DIFFERENCE, "2420000", 2,
                     id="growth, years as rows"),
        pytest.param("dân số Nam Định 2019 giảm bao nhiêu so với 2018", Computation.DIFFERENCE, "73.5", 2,
                     id="growth, years as columns"),
        pytest.param("quang ngai dong dan thu may", Computation.RANK, "4", 7, id="rank"),
    ],
)  # fmt: skip
async def test_what_is_computed_is_carried_as_computed(figures, question: str, kind: Computation, value: str, of: int):
    found = await figures(question)
    assert found is not None
    assert found.computed is not None
    assert (found.computed.kind, str(found.computed.value), found.computed.of) == (kind, value, of)


async def test_figures_of_several_sources_are_never_added_up(figures):
    found = await figures("tong dan so ha noi va phu tho")
    assert found is None or found.computed is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("dân số Nam Định", ["1780.9", "1854.4"], id="the newest first"),
        pytest.param("dân số Nam Định năm mới nhất", ["1780.9"], id="only the newest"),
        pytest.param("dân số Nam Định 2018", ["1854.4"], id="the year asked for"),
        pytest.param("năm nào dân số Nam Định cao nhất", ["1854.4"], id="the year of the largest"),
        pytest.param("dân số cả nước 2018", ["94666.0"], id="a total by its name"),
        pytest.param("gia ve lang mau thu tre em", ["30000"], id="a word left out of the name"),
        pytest.param("vé người lớn cung mẫu bao nhiêu tiền", ["90000"], id="a name, not the tour with it"),
        pytest.param("cung mau mo cua luc may gio", ["07:30"], id="opening hours"),
        pytest.param("dien tihc ha noi", ["3359.84"], id="a slip in the heading"),
        pytest.param("ha noi bao nhieu km2", ["3359.84"], id="by the unit"),
        pytest.param("thị trấn Hưng Hà giờ là xã gì", ["Xã Hưng Hà"], id="a town that kept its name"),
        pytest.param("thuế tncn 2015", ["56723"], id="another name of the very same figure"),
    ],
)
async def test_the_figure_asked_for_is_told(figures, question: str, expected: list[str]):
    assert told(await figures(question)) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("xã Tân Hòa huyện Vũ Thư giờ thuộc phường nào", ["Phường Thái Bình"], id="in brackets"),
        pytest.param("xa tan hoa hung ha nay thuoc xa nao", ["Xã Ngự Thiên"], id="without the word district"),
        pytest.param("xa minh quang huyen vu thu gio thuoc xa nao", ["Xã Vũ Thư"], id="a district that lives on"),
        pytest.param("xa phuoc tien ninh thuan cu gio la xa nao", ["Xã Bác Ái"], id="a former province"),
        pytest.param("xa canh tan bay gio ten gi", ["Xã Ngự Thiên"], id="now is no state of today"),
    ],
)
async def test_a_former_unit_is_told_by_where_it_lay(figures, question: str, expected: list[str]):
    found = await figures(question)
    assert found is not None
    assert found.succession is not None
    assert names(found) == expected


async def test_a_line_that_the_table_repeats_counts_once_and_is_said_to_repeat(figures):
    found = await figures("co bao nhieu di tich o hue")
    assert found is not None
    assert (found.form, found.total, found.repeats) == (RowForm.COUNT, 2, 1)


async def test_units_of_a_province_are_listed_when_they_are_spoken_of_as_several(figures):
    found = await figures("các huyện Vĩnh Phúc")
    assert names(found) == ["Thành phố Vĩnh Yên", "Huyện Lập Thạch"]


async def test_a_remark_in_place_of_former_units_is_no_unit(figures):
    found = await figures("bao nhieu tinh giu nguyen")
    assert found is not None
    assert (found.form, found.total, found.succession) == (RowForm.COUNT, 3, None)


@pytest.mark.parametrize(
    ("question", "counted"),
    [("số hợp tác xã Hà Nội năm 2016", "1329"), ("xa hoi hop tac xa Hoà Bình 2016", None), ("xã Hà Nội 2016", None)],
)
async def test_a_word_that_ends_like_a_sort_is_none(figures, question: str, counted: str | None):
    found = await figures(question)
    assert (None if found is None else told(found)[0]) == counted


async def test_figures_older_than_a_merged_province_are_not_given_for_it(figures):
    assert await figures("thu ngân sách quảng ngãi sau sáp nhập") is None
    assert told(await figures("thu ngân sách quảng ngãi 2014")) == ["22880000"]


async def test_how_much_is_taken_in_is_not_asked_as_a_rank(figures):
    found = await figures("quảng ngãi thu bao nhiêu ngân sách năm 2014")
    assert (told(found), found.computed) == (["22880000"], None)
    ranked = await figures("quang ngai rong thu bao nhieu")
    assert ranked is not None
    assert ranked.computed is not None
    assert ranked.computed.kind is Computation.RANK


async def test_the_oldest_is_told_with_its_year(figures):
    found = await figures("vườn quốc gia nào lâu đời nhất")
    assert "1966" in told(found)


async def test_an_extreme_that_many_share_is_a_list(figures):
    found = await figures("vé ưu tiên nào rẻ nhất")
    assert found is not None
    assert found.form is RowForm.LIST


async def test_all_years_are_asked_for_their_figures(figures):
    found = await figures("ngân sách quảng ngãi qua các năm")
    assert found is not None
    assert (found.form, found.total, found.asked) == (RowForm.LIST, 2, ())


async def test_a_number_over_years_is_one_where_a_number_is_asked(figures):
    found = await figures("bao nhieu hop tac xa ha noi")
    assert found is not None
    assert found.form is RowForm.RECORD
    assert await figures("hà nội có bao nhiêu xã") is None


async def test_a_price_by_whom_is_listed_not_guessed(figures):
    found = await figures("gia ve cung mau")
    assert found is not None
    assert (found.form, [row[2] for row in found.rows]) == (RowForm.LIST, ["90000", "0"])


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("dân số thành phố Quảng Ngãi", id="the city is not the province"),
        pytest.param("dân số thành phố Huế năm 2018", id="nor under the province's other name"),
        pytest.param("dân số thị xã Phú Thọ", id="nor the town that is called like the province"),
        pytest.param("dân số huyện Nam Định năm 2018", id="nor a district"),
        pytest.param("xã Cúc Phương rộng bao nhiêu ha", id="a commune is no national park"),
        pytest.param("chợ nào ở Phú Thọ", id="a market is no place"),
        pytest.param("phường 20 thuộc tỉnh nào", id="a numbered unit that is not there"),
        pytest.param("so dien thoai cung mau", id="what no column tells"),
        pytest.param("tinh nao tren 4 trieu ha", id="a bound in another unit"),
        pytest.param("ha noi rong nhat", id="the largest of one"),
        pytest.param("dân số Nam Định 2017", id="a year that is not there"),
        pytest.param("mã tình Quảng Ngại xanh", id="nonsense beside a name"),
    ],
)
async def test_rather_nothing_than_another_figure(figures, question: str):
    assert await figures(question) is None
