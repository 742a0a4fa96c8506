"""Rows that answer a question: the right ones, in the right form, or none."""

import pytest

from bot.core.catalogue import Dataset, Resource, Table
from bot.core.findings import Decision, RowFinding, RowForm
from bot.search.lookup import MOST_TABLES, Lookup, find
from bot.search.table import TableIndex


async def figures(ask, question: str) -> RowFinding:
    findings = await ask(question)
    assert findings.decision is Decision.FIGURES, findings
    assert findings.figures is not None
    return findings.figures


@pytest.mark.parametrize(
    ("question", "values"),
    [
        pytest.param("dan so quang ngai", ["2161755"], id="unaccented"),
        pytest.param("dân số tỉnh Quảng Ngãi", ["2161755"], id="accented, with its sort"),
        pytest.param("ds quang ngai la bn", ["2161755"], id="abbreviated"),
        pytest.param("dansoquangngai", ["2161755"], id="written together"),
        pytest.param("population of quang ngai", ["2161755"], id="English"),
        pytest.param("which province has the largest population", ["14002598"], id="English, largest"),
        pytest.param("budget revenue of quang ngai in 2014", ["22880000"], id="English, year"),
        pytest.param("dien tichs phus tho", ["9361.38"], id="Telex residue"),
        pytest.param("dân số thừa thiên huế", ["1160220"], id="another name of the province"),
        pytest.param("dien tich va dan so quang ngai", ["14832.55", "2161755"], id="two columns"),
        pytest.param("dien tich vuon quoc gia cuc phuong", ["22200"], id="national park"),
        pytest.param("vuon quoc gia bach ma thanh lap nam nao", ["1991"], id="year asked"),
        pytest.param("ma xa tinh khe", ["21211"], id="code"),
        pytest.param("ma tinh quang ngai", ["51"], id="code of the province, not of each of its communes"),
        pytest.param("quang ngai sap nhap voi tinh nao", ["Quảng Ngãi + Kon Tum"], id="of one unit, not of its parts"),
        pytest.param("viet nam tinh nao dong dan nhat", ["14002598"], id="chatty"),
        pytest.param("thu ngan sach lai chau 2014", ["8.00E+05"], id="scientific notation, untouched"),
        pytest.param("tinh nao thu ngan sach it nhat nam 2014", ["8.00E+05"], id="smallest, in scientific notation"),
        pytest.param("xã tịnh khê thuộc tỉnh nào", ["Tỉnh Quảng Ngãi"], id="where"),
        pytest.param("thu ngan sach quang ngai 2014", ["22880000"], id="year as a row"),
        pytest.param("thue thu nhap ca nhan 2015", ["56723"], id="year as a column"),
        pytest.param("tinh nao dong dan nhat", ["14002598"], id="largest of all"),
        pytest.param("vuon quoc gia lon nhat", ["123326"], id="largest in the only figure"),
    ],
)
async def test_one_figure_is_found(ask, question: str, values: list[str]):
    found = await figures(ask, question)
    assert found.form is RowForm.CELL
    assert [found.rows[0][column] for column in found.asked] == values
    assert found.total == 1
    assert found.succession is None


async def test_a_figure_comes_with_its_unit_its_row_and_the_words_that_selected_it(ask):
    found = await figures(ask, "dan so quang ngai")
    assert [(found.columns[c].label, found.columns[c].unit) for c in found.asked] == [("Dân số", "người")]
    row = dict(zip((column.name for column in found.columns), found.rows[0], strict=True))
    assert row["sap_nhap_tu"] == "Quảng Ngãi + Kon Tum"
    assert row["nguon_dan_so"] == "NQ 202/2025/QH15"
    assert found.numbers == (2,)
    assert found.matched == ("quang", "ngai")


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("thu ngan sach quang ngai 2014", "triệu đồng"),
        ("thu ngan sach lai chau 2014", "triệu đồng"),
        ("thue thu nhap ca nhan 2015", "tỷ đồng"),
    ],
)
async def test_a_unit_said_only_in_the_description_is_given(ask, question: str, unit: str):
    found = await figures(ask, question)
    assert [found.columns[column].unit for column in found.asked] == [unit]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        pytest.param("vuon quoc gia bach ma", "Bạch Mã", id="by title and name"),
        pytest.param("quang ngai", "Quảng Ngãi", id="a bare province"),
        pytest.param("dac khu ly son", "Đặc khu Lý Sơn", id="a bare unit"),
        pytest.param("cho minh biet ve tinh phu tho moi", "Phú Thọ", id="chatty"),
        pytest.param("vuon quoc gia phong nha", "Phong Nha – Kẻ Bàng", id="part of a name"),
    ],
)
async def test_one_record_is_found(ask, question: str, name: str):
    found = await figures(ask, question)
    assert found.form is RowForm.RECORD
    assert found.rows[0][found.name] == name


@pytest.mark.parametrize(
    ("question", "now", "former"),
    [
        pytest.param("xa tinh ky gio thuoc xa nao", ["Xã Tịnh Khê"], "Xã Tịnh Kỳ", id="merged commune"),
        pytest.param("pho an duc pho gio thuoc phuong nao", ["Phường Trà Câu"], "Xã Phổ An", id="with its old town"),
        pytest.param("vinh phuc sap nhap vao tinh nao", ["Phú Thọ"], "Vĩnh Phúc", id="merged province"),
        pytest.param(
            "ha giang gio thuoc tinh nao", ["Tuyên Quang"], "Hà Giang", id="province, not the commune so named"
        ),
    ],
)
async def test_the_unit_that_took_over_a_former_one_is_told(ask, question: str, now: list[str], former: str):
    found = await figures(ask, question)
    assert found.form is RowForm.CELL
    assert found.name in found.asked
    assert [row[found.name] for row in found.rows] == now
    assert found.succession is not None
    assert found.succession.former == former


@pytest.mark.parametrize("question", ["dan so vinh phuc", "dân số tỉnh Kon Tum", "diện tích Bình Dương"])
async def test_a_figure_of_the_new_province_is_never_passed_off_as_the_former_ones(ask, question: str):
    found = await figures(ask, question)
    assert found.form is RowForm.AMBIGUOUS
    assert found.succession is not None
    assert found.succession.former != found.succession.now


async def test_a_unit_that_was_divided_is_given_with_all_its_successors(ask):
    found = await figures(ask, "xa tra bui cu nay thuoc xa nao")
    assert [row[found.name] for row in found.rows] == ["Xã Cà Đam", "Xã Tây Trà Bồng"]


async def test_what_a_province_was_merged_from_is_told(ask):
    found = await figures(ask, "tinh phu tho gom nhung tinh nao")
    assert [found.rows[0][column] for column in found.asked] == ["Phú Thọ + Vĩnh Phúc + Hòa Bình"]


@pytest.mark.parametrize(
    ("question", "total", "breakdown"),
    [
        pytest.param("quang ngai co bao nhieu xa", 7, {"Xã": 4, "Phường": 2, "Đặc khu": 1}, id="by sort"),
        pytest.param(
            "an giang co bao nhieu xa phuong dac khu", 3, {"Xã": 1, "Phường": 1, "Đặc khu": 1}, id="all sorts"
        ),
        pytest.param("bao nhieu vuon quoc gia o mien trung", 3, {}, id="of a region"),
        pytest.param("co bao nhieu vuon quoc gia", 5, {}, id="all"),
    ],
)
async def test_rows_are_counted_with_their_sorts(ask, question: str, total: int, breakdown: dict[str, int]):
    found = await figures(ask, question)
    assert found.form is RowForm.COUNT
    assert found.total == total
    assert dict(found.breakdown) == breakdown


@pytest.mark.parametrize(
    ("question", "names"),
    [
        pytest.param("vuon quoc gia nao thanh lap nam 2002", ["Xuân Sơn", "Vũ Quang"], id="by year"),
        pytest.param("national parks established in 2002", ["Xuân Sơn", "Vũ Quang"], id="in English"),
        pytest.param("wards in quang ngai", ["Phường Trà Câu", "Phường Đức Phổ"], id="in English, by sort"),
        pytest.param("dac khu o an giang", ["Đặc khu Phú Quốc"], id="by sort and place"),
        pytest.param("cac phuong cua quang ngai", ["Phường Trà Câu", "Phường Đức Phổ"], id="wards of a province"),
        pytest.param("vuon quoc gia mien trung", ["Bạch Mã", "Vũ Quang", "Phong Nha – Kẻ Bàng"], id="by region"),
        pytest.param("thu ngan sach quang ngai", ["Quang Ngai", "Quang Ngai"], id="all years"),
        pytest.param(
            "cac huyen cua tinh vinh phuc cu",
            ["Thành phố Vĩnh Yên", "Huyện Lập Thạch"],
            id="districts, not their communes",
        ),
    ],
)
async def test_what_was_filtered_for_is_listed(ask, question: str, names: list[str]):
    found = await figures(ask, question)
    assert found.form in (RowForm.LIST, RowForm.RECORD)
    assert [row[found.name] for row in found.rows] == names


async def test_one_row_is_never_picked_where_several_have_the_name(ask):
    found = await figures(ask, "xa an phu")
    assert found.form is RowForm.AMBIGUOUS
    assert found.numbers == (6, 7)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("dan so xa tinh khe", id="no figure of communes"),
        pytest.param("thanh pho quang ngai gio thuoc xa nao", id="a town is no province and half its words no name"),
        pytest.param("thu ngan sach quang ngai 2018", id="a year that is not there"),
        pytest.param("thue thu nhap ca nhan 2020", id="a year without a column"),
        pytest.param("dân số Quảng Ngãi năm 2019", id="another year than the title's"),
        pytest.param("gia ve vuon quoc gia bach ma", id="a column that is not there"),
        pytest.param("xa hoa tien da nang cu gio thuoc xa nao", id="a province that is not there"),
        pytest.param("tong chi ngan sach ca mau 2014", id="a name that is not there"),
        pytest.param("dan so quang ngai hom nay", id="today's state"),
        pytest.param("so benh vien an giang", id="something else in a known place"),
        pytest.param("gia vang hom nay", id="off the tables"),
        pytest.param("lam tho ve me", id="off topic"),
    ],
)
async def test_a_wrong_figure_is_worse_than_none(ask, question: str):
    assert (await ask(question)).figures is None


async def test_a_title_alone_gives_the_dataset_and_no_row(ask):
    findings = await ask("vuon quoc gia")
    assert findings.decision is Decision.MENU
    assert findings.figures is None


async def test_rows_beyond_the_accounts_provinces_stay_unseen(ask):
    findings = await ask("mang luoi duong tinh", provinces=("phutho",))
    assert "roads" not in [hit.dataset.code for hit in findings.hits]


async def test_an_empty_question_opens_the_table_of_a_dataset(ask):
    findings = await ask("", dataset="parks")
    assert findings.decision is Decision.FIGURES
    assert findings.figures is not None
    assert (findings.figures.form, findings.figures.total) == (RowForm.LIST, 5)


async def test_a_question_within_a_dataset_is_answered_from_its_table(ask):
    findings = await ask("quang ngai", dataset="provinces")
    assert findings.figures is not None
    assert findings.figures.rows[0][findings.figures.name] == "Quảng Ngãi"


@pytest.mark.parametrize(
    ("code", "question", "decision"),
    [
        pytest.param("parks", "xin chao", Decision.SUGGEST, id="no row matches"),
        pytest.param("rice", "", Decision.MENU, id="no table"),
        pytest.param("nothing", "dan so", Decision.NONE, id="unknown code"),
    ],
)
async def test_a_dataset_without_an_answer_says_so(ask, code: str, question: str, decision: Decision):
    findings = await ask(question, dataset=code)
    assert findings.decision is decision
    assert findings.figures is None


async def test_of_many_tables_those_with_fitting_titles_are_read(lookup: Lookup):
    themes = [f"Danh sách cơ sở loại {number}" for number in range(2 * MOST_TABLES)] + ["Danh sách bến cá"]
    datasets = [
        Dataset(code=title, title=title, resources=(Resource(position=0, row_count=1, table=title),))
        for title in themes
    ]
    many = Lookup.build(datasets, lexicon=lookup.lexicon, places=lookup.places, version=1)
    read: list[str] = []

    async def load(content: str) -> TableIndex:
        read.append(content)
        return TableIndex.build(Table(hash=content, columns=("ten", "dia_chi"), rows=(("Sa Kỳ", "Tịnh Kỳ"),)))

    findings = await find(many, "bến cá Sa Kỳ ở đâu", load_table=load)
    assert len(read) <= MOST_TABLES
    assert findings.figures is not None
    assert findings.figures.dataset.title == "Danh sách bến cá"
