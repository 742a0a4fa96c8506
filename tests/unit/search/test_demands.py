"""What a question wants done with rows and figures."""

import pytest

from bot.search.demands import Demands, Wish, find_demands
from bot.search.lexicon import Lexicon
from bot.search.lookup import Lookup


@pytest.fixture
def demand(lookup: Lookup, lexicon: Lexicon):
    def found(question: str) -> Demands:
        return find_demands(lookup.understand(question).words, lexicon.operators)

    return found


@pytest.mark.parametrize(
    ("question", "wish", "order"),
    [
        pytest.param("tỉnh nào đông dân nhất", Wish.EXTREME, (1, 1, 1), id="largest"),
        pytest.param("di tich nao dong khach nuoc ngoai nhat", Wish.EXTREME, (1, 1, 1), id="words between"),
        pytest.param("3 tinh dong dan nhat", Wish.EXTREME, (1, 3, 1), id="three"),
        pytest.param("top 5 vuon quoc gia lon nhat", Wish.EXTREME, (1, 5, 1), id="top five"),
        pytest.param("ba vườn quốc gia nhỏ nhất", Wish.EXTREME, (-1, 3, 1), id="three in letters"),
        pytest.param("nam 2019 tinh nao dong dan nhat", Wish.EXTREME, (1, 1, 1), id="a year is no five"),
        pytest.param("tinh dong dan thu hai", Wish.EXTREME, (1, 1, 2), id="second"),
        pytest.param("vuon quoc gia nao lau doi nhat", Wish.EXTREME, (-1, 1, 1), id="oldest"),
        pytest.param("quang ngai dong dan thu may", Wish.RANK, (1, 1, 1), id="rank"),
        pytest.param("an giang hay ca mau rong hon", Wish.COMPARE, (1, 1, 1), id="comparison"),
        pytest.param("phu tho lon hon hung yen bao nhieu", Wish.DIFFERENCE, (1, 1, 1), id="difference"),
        pytest.param("nam 2015 tang bao nhieu so voi 2014", Wish.DIFFERENCE, (1, 1, 1), id="growth"),
    ],
)
def test_things_are_compared(demand, question: str, wish: Wish, order: tuple[int, int, int]):
    found = demand(question)
    assert found.wishes == {wish}
    assert (found.ordering.sign, found.ordering.top, found.ordering.nth) == order


@pytest.mark.parametrize(
    "question", ["thống nhất", "ngày quốc khánh thứ mấy trong năm nhất", "dân số quảng ngãi", "có hơn gì không"]
)
def test_without_an_adjective_nothing_is_the_largest(demand, question: str):
    assert Wish.EXTREME not in demand(question).wishes


@pytest.mark.parametrize(
    ("question", "ends", "closed", "unit"),
    [
        pytest.param("tinh tren 4 trieu dan", (4_000_000, None), False, "người", id="above, with scale and unit"),
        pytest.param("duoi 50.000 đ", (None, 50_000), False, "đồng", id="below, with thousand dots"),
        pytest.param("rong hon 100000 ha", (100_000, None), False, "ha", id="an adjective in front"),
        pytest.param("tu 4 den 4,3 trieu dan", (4_000_000, 4_300_000), True, "người", id="between, decimal comma"),
        pytest.param("500 ha tro len", (500, None), True, "ha", id="and more"),
        pytest.param("khong qua 20 nguoi", (None, 20), True, "người", id="at most"),
        pytest.param("it hon 20 nguoi", (None, 20), False, "người", id="less than"),
        pytest.param("mật độ trên 2000 người/km2", (2000, None), False, "người/km2", id="a rate"),
    ],
)
def test_figures_are_bounded(demand, question: str, ends: tuple[int | None, int | None], closed: bool, unit: str):
    (bound,) = demand(question).bounds
    assert (bound.low, bound.high) == ends
    assert (bound.closed, bound.unit) == (closed, unit)


@pytest.mark.parametrize(
    ("question", "years"),
    [
        pytest.param("thu ngan sach 2014", [(2014, 2014)], id="one"),
        pytest.param("nam 2013 va 2014", [(2013, 2013), (2014, 2014)], id="two"),
        pytest.param("tu nam 2010 den nam 2012", [(2010, 2012)], id="from, to"),
        pytest.param("giai doan 2012-2014", [(2012, 2014)], id="a dash"),
        pytest.param("thanh lap truoc nam 2000", [(1900, 1999)], id="before"),
        pytest.param("thanh lap sau nam 2010", [(2011, 2099)], id="after"),
        pytest.param("tu 2010 den nay", [(2010, 2099)], id="until now"),
    ],
)
def test_years_are_understood(demand, question: str, years: list[tuple[int, int]]):
    assert [(span.first, span.last) for span in demand(question).years] == years


def test_a_total_and_a_mean_are_wished_for(demand):
    assert demand("tong dien tich cac vuon quoc gia").wishes == {Wish.TOTAL}
    assert demand("dien tich trung binh vuon quoc gia").wishes == {Wish.MEAN}


def test_words_of_a_name_are_no_wish(demand):
    found = demand("tong thu nam 2018")
    kept = found.without({0, 1})
    assert (found.wishes, kept.wishes) == ({Wish.TOTAL}, frozenset())
    assert found.unmet(kept) == {0}
