"""A portal of any size in hardly any memory: packages and rows are computed from their numbers when asked for."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, overload

from simulator.portals.ckan.shelf import Package, Sheet, Shelf, Written

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_MINUTES = 300 * 24 * 60
_PLACES = ("Trà Câu", "Sa Huỳnh", "Tịnh Khê", "Mộ Đức", "Ba Tơ", "Lý Sơn", "Sơn Hà", "Nghĩa Lộ", "Trà Bồng", "Đăk Hà")
_THINGS = ("Dân số", "Giá đất", "Trường học", "Cơ sở y tế", "Chợ", "Đường bộ", "Cấp nước", "Di tích", "Thu ngân sách")
_OFFICES = ("Sở Y tế", "Sở Giáo dục và Đào tạo", "Sở Xây dựng", "Sở Nông nghiệp và Môi trường", "Sở Tài chính")
_CYCLES = ("Hằng tháng", "Hằng quý", "6 tháng", "Hằng năm", "Khi có thay đổi", "")
COLUMNS = ("Mã", "Xã, phường", "Năm", "Chỉ tiêu", "Giá trị")


@dataclass(frozen=True)
class Rows(Sequence[Sequence[Any]]):
    """``length`` rows of table ``number``; those of another ``edition`` have other figures."""

    number: int
    length: int
    edition: int = 0

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> Sequence[Any]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sequence[Any]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self._row(row) for row in range(*at.indices(self.length))]
        return self._row(range(self.length)[at])

    def _row(self, row: int) -> tuple[str, str, str, str, str]:
        figure = (row * 7919 + self.number * 104_729 + self.edition * 31) % 1_000_003
        place = _PLACES[row % len(_PLACES)]
        return (f"{self.number}-{row}", place, str(2015 + row % 11), _THINGS[figure % len(_THINGS)], str(figure))


class Generated(Shelf):
    """A shelf of ``datasets`` packages.

    ``rows`` rows in all stand in ``tables`` tables of the same length, one for each of the first packages. ``seed``
    decides the ids, ``active`` whether tables are in the DataStore.
    """

    base = ""

    def __init__(self, *, datasets: int, rows: int, tables: int, seed: int, active: bool) -> None:
        self._datasets, self._seed, self._active = datasets, seed, active
        self._tables = min(tables, datasets)
        self._length = -(-rows // self._tables) if self._tables else 0
        self._rows = rows
        self.editions: dict[int, int] = {}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return dict(sorted((self._id(number), number) for number in range(self._datasets)))

    @cached_property
    def _ids(self) -> list[str]:
        return list(self._numbers)

    def ids(self) -> Sequence[str]:
        return self._ids

    def modified(self, id_: str) -> str:
        return self._modified(self._numbers[id_])

    def package(self, id_: str) -> Package:
        number = self._numbers[id_]
        thing, place = _THINGS[number % len(_THINGS)], _PLACES[number // len(_THINGS) % len(_PLACES)]
        modified = self._modified(number)
        package = Written([{
            "id": id_,
            "name": f"t-p-d-li-u-{number}",
            "title": f"{thing} {place} {number}",
            "notes": f"{thing} ở {place}, số liệu thứ {number}.",
            "organization": {"name": f"so-{number % len(_OFFICES)}", "title": _OFFICES[number % len(_OFFICES)]},
            "groups": [{"name": f"nhom-{number % len(_THINGS)}", "display_name": thing}],
            "extras": [{"key": "Tần suất cập nhật", "value": _CYCLES[number % len(_CYCLES)]}],
            "metadata_modified": modified,
        }]).package(id_)  # fmt: skip
        package["resources"] = [self._resource(id_, number, modified)]
        package["num_resources"] = 1
        return package

    def sheet(self, resource: str) -> Sheet | None:
        number = self._number_of(resource)
        if number is None or number >= self._tables:
            return None
        length = max(0, min(self._length, self._rows - number * self._length))
        rows = Rows(number=number, length=length, edition=self.editions.get(number, 0))
        return Sheet(columns=COLUMNS, rows=rows, active=self._active)

    def file(self, resource: str) -> bytes | None:
        number = self._number_of(resource)
        return None if number is None else b"\xff\xd8\xff\xe0 a picture"

    def resource_of(self, number: int) -> str:
        """The id of the only resource of package ``number``."""
        return f"{self._seed:08x}-{number:08x}"

    def _resource(self, package: str, number: int, modified: str) -> Package:
        id_, table = self.resource_of(number), number < self._tables
        name = "bang.csv" if table else "anh.jpg"
        return {
            "id": id_,
            "package_id": package,
            "name": "Bảng số liệu" if table else "Ảnh chụp",
            "description": "",
            "format": "CSV" if table else "JPEG",
            "position": 0,
            "state": "active",
            "url": f"{self.base}/dataset/{package}/resource/{id_}/download/{name}",
            "url_type": "upload",
            "size": None,
            "last_modified": modified,
            "metadata_modified": modified,
            "datastore_active": table and self._active,
        }

    def _number_of(self, resource: str) -> int | None:
        seed, _, number = resource.partition("-")
        try:
            found = int(number, 16) if int(seed, 16) == self._seed else None
        except ValueError:
            return None
        return found if found is not None and found < self._datasets else None

    def _id(self, number: int) -> str:
        return str(uuid.UUID(bytes=hashlib.sha256(f"{self._seed}:{number}".encode()).digest()[:16], version=4))

    def _modified(self, number: int) -> str:
        moment = _FIRST + timedelta(minutes=number * 7919 % _MINUTES)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")


def make_ckan(
    *, datasets: int = 20_000, rows: int = 1_000_000, tables: int = 1_000, shrink: float = 0.0, seed: int = 7,
    active: bool = False,
) -> Generated:  # fmt: skip
    """A shelf for :func:`simulator.portals.ckan.double.open_ckan`, the same for the same arguments.

    ``rows`` rows in all are spread over ``tables`` CSV uploads; the other datasets have a picture.
    ``active``: the tables are in the DataStore, too. ``shrink`` is the part of the datasets that is gone, 0…1: the last
    ones, which have no tables unless all have. ``editions[n] = 1`` puts other figures into the table of dataset ``n``
    behind the same address, which nothing else of the portal tells.
    """
    kept = round(datasets * (1 - shrink))
    return Generated(datasets=kept, rows=rows, tables=tables, seed=seed, active=active)
