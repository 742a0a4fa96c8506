"""Invented registers of enterprises, of any length, and questions about them: a portal's large tables look so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

from bot.core.catalogue import Dataset, Resource, Table
from bot.store.table import make_table

COLUMNS = (
    "ma_so_thue",
    "ten_doanh_nghiep",
    "loai_hinh",
    "dia_chi",
    "xa",
    "tinh",
    "von_dieu_le",
    "so_lao_dong",
    "nam",
)
Row = tuple[str, ...]

_FORMS = ("Công ty TNHH", "Công ty cổ phần", "Doanh nghiệp tư nhân", "Hợp tác xã", "Hộ kinh doanh")
_SYLLABLES = (
    "An Bình Cường Dũng Đức Giang Hà Hải Hạnh Hòa Hùng Hương Khánh Lan Linh Long Mai Minh Nam Nga Ngọc Phong Phú Phúc "
    "Quân Quang Sơn Tâm Thanh Thảo Thành Thịnh Tiến Trang Trung Tuấn Tùng Vân Việt Vinh Xuân Yến"
)
_WORDS = tuple(_SYLLABLES.split())
_COMMUNES = tuple(f"{sort} {' '.join(name)}" for sort, name in product(("Xã", "Phường"), product(_WORDS, _WORDS[:20])))
_PROVINCES = ("Tỉnh Quảng Ngãi", "Tỉnh An Giang", "Tỉnh Phú Thọ", "Thành phố Huế", "Tỉnh Khánh Hòa")
_SUBJECTS = (
    "Diện tích đất trồng lúa",
    "Số lượng gia súc, gia cầm",
    "Tỷ lệ hộ nghèo, hộ cận nghèo",
    "Danh sách trường tiểu học",
    "Danh sách di tích lịch sử",
    "Thu, chi ngân sách",
    "Dân số trung bình phân theo giới tính",
    "Sản lượng thủy sản khai thác",
)
_THEMES = ("Nông nghiệp", "Giáo dục", "Văn hóa", "Tài chính", "Dân số")
_FIRST_CODE = 4_300_000_000


def rows(count: int, random: Random, *, first: int = 0) -> Iterator[Row]:
    """``count`` enterprises with codes of their own."""
    for number in range(first, first + count):
        commune = random.choice(_COMMUNES)
        yield (
            str(_FIRST_CODE + number),
            f"{random.choice(_FORMS)} {' '.join(random.choices(_WORDS, k=3))} {number % 977}",
            random.choice(_FORMS),
            f"Thôn {random.randrange(1, 31)}, {commune}",
            commune,
            random.choice(_PROVINCES),
            str(random.randrange(10**9)),
            str(random.randrange(500)),
            str(2000 + number % 25),
        )


@dataclass(frozen=True, slots=True)
class Registers:
    """Datasets, and the tables that they publish."""

    datasets: tuple[Dataset, ...]
    tables: tuple[Table, ...]


def registers(count: int, length: int, random: Random) -> Registers:
    """``count`` datasets, each with a table of ``length`` rows."""
    tables = [make_table(COLUMNS, list(rows(length, random, first=n * length))) for n in range(count)]
    return Registers(tuple(_published(number, table) for number, table in enumerate(tables)), tuple(tables))


def _published(number: int, table: Table) -> Dataset:
    held = Resource(position=0, format="csv", fields=table.columns, row_count=len(table.rows), table=table.hash)
    title = f"Danh sách doanh nghiệp đăng ký tại {_COMMUNES[number % len(_COMMUNES)]}"
    return Dataset(code=f"dn-{number}", title=title, province="Toàn quốc", resources=(held,))


def titles(count: int, random: Random) -> list[Dataset]:
    """``count`` datasets without tables, as a province's agencies name theirs for every commune and year."""
    return [
        Dataset(
            code=f"d-{number}",
            title=f"{random.choice(_SUBJECTS)} {random.choice(_COMMUNES)} năm {random.randrange(2010, 2026)}",
            province=random.choice(_PROVINCES),
            theme=random.choice(_THEMES),
            publisher="Sở Tài chính",
            description="Số liệu tổng hợp theo báo cáo của địa phương",
        )
        for number in range(count)
    ]


def questions(count: int, held: int, random: Random) -> list[str]:
    """Questions as people put them about ``held`` enterprises: by code, name, place, number and extreme."""
    kinds: tuple[Callable[[], str], ...] = (
        lambda: f"mã số thuế {_FIRST_CODE + random.randrange(held)}",
        lambda: f"vốn điều lệ của {random.choice(_FORMS)} {' '.join(random.choices(_WORDS, k=3))}",
        lambda: f"cong ty tnhh {random.choice(_WORDS)} {random.choice(_WORDS)}",
        lambda: f"có bao nhiêu doanh nghiệp ở {random.choice(_PROVINCES)}",
        lambda: f"danh sách doanh nghiệp {random.choice(_COMMUNES)} {random.choice(_PROVINCES)}",
        lambda: f"doanh nghiệp nào ở {random.choice(_PROVINCES)} có vốn điều lệ lớn nhất",
        lambda: "doanh nghiệp nào có số lao động lớn nhất",
        lambda: f"bao nhieu hop tac xa o {random.choice(_PROVINCES)} nam {random.randrange(2000, 2025)}",
        lambda: f"Công ty cổ phần {random.choice(_WORDS)}gg {random.choice(_WORDS)}",
        lambda: "tỷ lệ hộ nghèo phân theo địa phương",
    )
    return [kinds[number % len(kinds)]() for number in range(count)]
