"""Numbers of people as they are written, and as gateways want them."""

import pytest

from gateway.phone import read_mobile, write_number


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "84912345678",
        "+84912345678",
        "0084912345678",
        "+84 912.345.678",
        "84 0912345678",
        "(+84) 912-345-678",
        "912345678",
        "０９１２３４５６７８",
    ],
)
def test_every_spelling_of_a_mobile_number_is_one_person(written: str) -> None:
    assert read_mobile(written) == "+84912345678"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("8179", id="a short code"),
        pytest.param("113", id="the police"),
        pytest.param("VIETTEL", id="a name"),
        pytest.param("UBND-QNGAI", id="a name with a dash"),
        pytest.param("1900561212", id="a service number"),
        pytest.param("18001091", id="a free number"),
        pytest.param("02553822222", id="a fixed line"),
        pytest.param("01682345678", id="a number of eleven digits, gone since 2018"),
        pytest.param("0112345678", id="no number at all"),
        pytest.param("", id="nothing"),
        pytest.param("0912345678;rm", id="something behind it"),
        pytest.param("09123ABCDE", id="letters among the digits"),
        pytest.param("9" * 200, id="endless digits"),
        pytest.param("-()- ()-", id="signs only"),
    ],
)
def test_what_is_no_mobile_number_is_nobody(written: str) -> None:
    assert read_mobile(written) is None


def test_a_foreign_mobile_number_is_a_person() -> None:
    assert read_mobile("+66812345678") == "+66812345678"


@pytest.mark.parametrize(
    ("form", "written"),
    [("84", "84912345678"), ("+84", "+84912345678"), ("0", "0912345678")],
)
def test_a_gateway_gets_numbers_as_it_wants_them(form, written: str) -> None:
    assert write_number("+84912345678", form) == written


@pytest.mark.parametrize(("form", "written"), [("84", "66812345678"), ("+84", "+66812345678"), ("0", "66812345678")])
def test_a_foreign_number_keeps_its_country_code(form, written: str) -> None:
    assert write_number("+66812345678", form) == written


@pytest.mark.parametrize("form", ["84", "+84", "0"])
def test_what_was_written_for_a_gateway_reads_as_the_same_person(form) -> None:
    assert read_mobile(write_number("+84912345678", form)) == "+84912345678"
