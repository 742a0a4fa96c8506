"""A small catalogue with tables, and what is needed to ask it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.core.catalogue import Dataset, Resource, Table
from bot.core.findings import Findings
from bot.search.lexicon import Lexicon, load_lexicon
from bot.search.lookup import Lookup, find
from bot.search.places import Places, load_places
from bot.search.table import TableIndex

DATA = Path(__file__).resolve().parents[3] / "data"
Ask = Callable[..., Awaitable[Findings]]


def table(name: str, text: str) -> Table:
    """A table from lines of cells separated by "|"."""
    columns, *rows = [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]
    return Table(hash=name, columns=columns, rows=tuple(rows))


PROVINCES = table(
    "provinces",
    """
    stt | ten | loai | sap_nhap_tu | dien_tich_km2 | dan_so | nguon_dan_so
    1 | Hà Nội | Thành phố | Giữ nguyên | 3359.84 | 8435650 | GSO 2023
    2 | Phú Thọ | Tỉnh | Phú Thọ + Vĩnh Phúc + Hòa Bình | 9361.38 | 4022638 | NQ 202/2025/QH15
    3 | Quảng Ngãi | Tỉnh | Quảng Ngãi + Kon Tum | 14832.55 | 2161755 | NQ 202/2025/QH15
    4 | Hồ Chí Minh | Thành phố | TP.HCM + Bà Rịa - Vũng Tàu + Bình Dương | 6772.59 | 14002598 | NQ 202/2025/QH15
    5 | Huế | Thành phố | Giữ nguyên | 4947.11 | 1160220 | GSO 2023
    6 | Tuyên Quang | Tỉnh | Tuyên Quang + Hà Giang | 13795.50 | 1865270 | NQ 202/2025/QH15
    7 | Cao Bằng | Tỉnh | Giữ nguyên | 6700.39 | 543050 | GSO 2023
    """,
)
COMMUNES = table(
    "communes",
    """
    ma_tinh | tinh | ma_xa | ten_day_du | loai | sap_nhap_tu
    51 | Tỉnh Quảng Ngãi | 21211 | Xã Tịnh Khê | Xã | Xã Tịnh Kỳ, Xã Tịnh Châu, Xã Tịnh Khê
    51 | Tỉnh Quảng Ngãi | 21136 | Xã Cà Đam | Xã | Xã Trà Tân, Xã Trà Bùi
    51 | Tỉnh Quảng Ngãi | 21157 | Xã Tây Trà Bồng | Xã | Xã Hương Trà, Xã Trà Bùi
    51 | Tỉnh Quảng Ngãi | 21548 | Đặc khu Lý Sơn | Đặc khu | Huyện Lý Sơn
    51 | Tỉnh Quảng Ngãi | 21451 | Phường Trà Câu | Phường | Phường Phổ Văn, Xã Phổ An
    51 | Tỉnh Quảng Ngãi | 21439 | Phường Đức Phổ | Phường | Phường Nguyễn Nghiêm (thị xã Đức Phổ), Phổ Hòa
    51 | Tỉnh Quảng Ngãi | 21172 | Xã An Phú | Xã | Xã Nghĩa Phú, Xã Nghĩa An
    91 | Tỉnh An Giang | 30341 | Xã An Phú | Xã | Thị trấn An Phú, Xã Vĩnh Hội Đông
    91 | Tỉnh An Giang | 31012 | Đặc khu Phú Quốc | Đặc khu | Phường An Thới, Xã Bãi Thơm
    91 | Tỉnh An Giang | 30307 | Phường Long Xuyên | Phường | Phường Mỹ Bình, Phường Mỹ Long
    33 | Tỉnh Hưng Yên | 12745 | Xã Bắc Đông Quan | Xã | Xã Hà Giang, Phường Phổ Quang
    """,
)
CODES = table(
    "codes",
    """
    ma_tinh | tinh_moi | sap_nhap_tu
    51 | Tỉnh Quảng Ngãi | tỉnh Kon Tum và tỉnh Quảng Ngãi
    91 | Tỉnh An Giang | tỉnh Kiên Giang và tỉnh An Giang
    """,
)
DISTRICTS = table(
    "districts",
    """
    ma_tinh | tinh | ma_huyen | huyen | loai_huyen
    26 | Tỉnh Vĩnh Phúc | 243 | Thành phố Vĩnh Yên | thanh-pho
    26 | Tỉnh Vĩnh Phúc | 246 | Huyện Lập Thạch | huyen
    """,
)
OLD_COMMUNES = table(
    "oldcommunes",
    """
    ma_tinh | tinh | ma_huyen | huyen | ma_xa | xa
    26 | Tỉnh Vĩnh Phúc | 243 | Thành phố Vĩnh Yên | 08707 | Phường Tích Sơn
    26 | Tỉnh Vĩnh Phúc | 243 | Thành phố Vĩnh Yên | 08710 | Phường Liên Bảo
    26 | Tỉnh Vĩnh Phúc | 246 | Huyện Lập Thạch | 08761 | Thị trấn Lập Thạch
    """,
)
PARKS = table(
    "parks",
    """
    ten_vuon_quoc_gia | nam_thanh_lap | vung | dien_tich_ha
    Cúc Phương | 1966 | Bắc | 22200
    Bạch Mã | 1991 | Trung | 22030
    Xuân Sơn | 2002 | Bắc | 15048
    Vũ Quang | 2002 | Trung | 55029
    Phong Nha – Kẻ Bàng | 2001 | Trung | 123326
    """,
)
BUDGETS = table(
    "budgets",
    """
    prov | total.rev | total.exp | year
    Quang Ngai | 22880000 | 11000000 | 2014
    Quang Ngai | 25300000 | 12000000 | 2015
    Lai Chau | 8.00E+05 | 5000000 | 2014
    An Giang | 3439000 | 9000000 | 2014
    """,
)
TAXES = table(
    "taxes",
    """
    item_VN | Code | 2014 | 2015
    thue thu nhap ca nhan | tax_inc | 47844 | 56723
    thue mon bai | tax_lic | 1655 | 1748
    """,
)


def dataset(code: str, title: str, held: Table | None = None, **fields: str) -> Dataset:
    """A dataset, with ``held`` as its only resource."""
    resources = (Resource(position=0, row_count=len(held.rows), table=held.hash),) if held else ()
    return Dataset(code=code, title=title, resources=resources, **{"province": "Toàn quốc", **fields})


DATASETS = (
    dataset("provinces", "Diện tích, dân số các tỉnh, thành phố sau sắp xếp năm 2025", PROVINCES, theme="Dân số"),
    dataset("communes", "Xã, phường, đặc khu từ 01/7/2025 của Quảng Ngãi, An Giang", COMMUNES),
    dataset("codes", "Tỉnh, thành phố mới và các tỉnh cũ được sắp xếp", CODES),
    dataset("districts", "Huyện, quận, thị xã trước ngày 01/7/2025", DISTRICTS),
    dataset("oldcommunes", "Xã, phường, thị trấn cũ của Vĩnh Phúc", OLD_COMMUNES),
    dataset("parkscover", "Vườn quốc gia Việt Nam", theme="Môi trường"),
    dataset("parks", "Danh sách vườn quốc gia", PARKS, theme="Môi trường"),
    dataset(
        "budgets", "Quyết toán thu, chi ngân sách các tỉnh 2014-2015", BUDGETS, description="Triệu đồng; tổng thu, chi"
    ),
    dataset(
        "taxes", "Cân đối ngân sách nhà nước 2014-2015", TAXES, description="Tỷ đồng; từng khoản thu, chi theo năm"
    ),
    dataset("rice", "Sản lượng lúa cả năm phân theo địa phương", theme="Nông nghiệp"),
    dataset("health", "Số cơ sở khám, chữa bệnh phân theo địa phương", theme="Y tế"),
    dataset("gold", "Chỉ số giá vàng phân theo vùng các tháng", theme="Giá"),
    dataset("poverty", "Tỷ lệ hộ nghèo phân theo địa phương", theme="Dân số"),
    dataset("schools", "Dữ liệu về trường tiểu học", province="Sơn La"),
    dataset("roads", "Mạng lưới đường tỉnh", province="Quảng Ngãi", theme="Giao thông"),
    dataset("goats", "Đàn dê và dương sỉ", theme="Nông nghiệp"),
    dataset("oldroads", "Mạng lưới cầu nông thôn", province="Kon Tum", theme="Giao thông"),
    dataset("firms", "Danh sách các doanh nghiệp đã đăng ký", province="Quảng Ngãi"),
)
TABLES = {held.hash: held for held in (PROVINCES, COMMUNES, CODES, DISTRICTS, OLD_COMMUNES, PARKS, BUDGETS, TAXES)}


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The lexicon of the project."""
    return load_lexicon(DATA / "synonyms")


@pytest.fixture(scope="session")
def places() -> Places:
    """The places of the project."""
    return load_places(DATA / "places")


@pytest.fixture(scope="session")
def lookup(lexicon: Lexicon, places: Places) -> Lookup:
    """The small catalogue, indexed."""
    return Lookup.build(DATASETS, lexicon=lexicon, places=places, version=7)


@pytest.fixture(scope="session")
def ask(lookup: Lookup) -> Ask:
    """Look a question up in titles and rows of the small catalogue."""
    built = {content: TableIndex.build(held) for content, held in TABLES.items()}

    async def load(content: str) -> TableIndex:
        return built[content]

    async def asked(question: str, **limits: object) -> Findings:
        return await find(lookup, question, load_table=load, **limits)

    return asked
