"""Which province a title is about."""

import pytest

from bot.core.catalogue import Dataset
from bot.search.about import told_by_titles
from bot.search.index import TitleIndex
from bot.search.places import Places


@pytest.mark.parametrize(
    ("title", "province"),
    [
        pytest.param("Dân số tỉnh Quảng Ngãi năm 2019", "quangngai", id="a province"),
        pytest.param("Dân số tỉnh Kon Tum", "quangngai", id="a former province"),
        pytest.param("Du khách thành phố Huế", "hue", id="a name of one word"),
        pytest.param("Chợ Quảng Ngãi", "quangngai", id="a name alone"),
        pytest.param(
            "Trường học xã Hòa Bình tỉnh An Giang", "angiang", id="a commune with the name of another province"
        ),
        pytest.param("Nem Huế và hoa huệ", None, id="one word alone tells nothing"),
        pytest.param("Giá sinh hoạt theo địa phương (Hà Nội = 100)", None, id="a table of all localities"),
        pytest.param("Từ Hà Nội đến Quảng Ngãi", None, id="several"),
        pytest.param("Dân số phân theo địa phương", None, id="none"),
    ],
)
def test_the_province_of_a_title(places: Places, title: str, province: str | None):
    numbers = {name: number for number, name in enumerate(places.provinces)}
    told = told_by_titles(TitleIndex.build([Dataset(code="t", title=title)]), places, numbers)
    assert next((name for name, number in numbers.items() if number == told[0]), None) == province
