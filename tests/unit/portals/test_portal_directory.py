"""The portals that are known: every row of data/portals.toml, and how an address is completed by it."""

from pathlib import Path

import pytest

from bot.core.errors import ContentError
from gateway.portal import BadSourceError
from gateway.portal_directory import KnownPortal, addresses_of, load_directory

DIRECTORY = load_directory()
EACH = pytest.mark.parametrize("portal", DIRECTORY.portals.values(), ids=DIRECTORY.portals)
ROW = """
[{id}]
name = "Cổng A"
province = "angiang"
kind = "ckan"
address = "https://a.example.vn"
status = "unknown"
source = "the test"
"""


@EACH
def test_each_portal_is_found_by_its_id_its_name_and_its_address(portal: KnownPortal):
    assert DIRECTORY.named(portal.id) == portal
    assert DIRECTORY.named(portal.name.upper()) == portal
    assert DIRECTORY.at(portal.address) == portal
    assert DIRECTORY.present(portal.address) == portal.address


@EACH
def test_each_portal_can_be_named_as_a_source_where_its_kind_is_known(portal: KnownPortal):
    if portal.kind in {"ckan", "dcat", "pxweb"}:
        assert DIRECTORY.complete(portal.id, portal.kind) == portal.address
    with pytest.raises(BadSourceError, match="https"):
        DIRECTORY.complete(portal.id, "csv")


@EACH
def test_each_former_address_leads_to_the_present_one(portal: KnownPortal):
    for address in portal.former:
        assert DIRECTORY.present(address) == portal.address
        assert DIRECTORY.present(f"{address}/") == portal.address


def test_the_five_provinces_are_there():
    assert {"quangngai", "ninhthuan", "thaibinh", "vinhphuc", "angiang"} <= DIRECTORY.portals.keys()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("quangngai", "https://opendata.quangngai.gov.vn"),
        ("Quảng Ngãi", "https://opendata.quangngai.gov.vn"),
        ("opendata.example.vn", "https://opendata.example.vn"),
        ("https://Opendata.Example.vn/", "https://opendata.example.vn"),
        ("https://example.vn/cong/du-lieu/", "https://example.vn/cong/du-lieu"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("localhost:5000", "https://localhost:5000"),
    ],
)
def test_an_address_is_completed(text: str, address: str):
    assert DIRECTORY.complete(text, "ckan") == address


@pytest.mark.parametrize(
    "text",
    ["vinhphuc", "danang", "atlantis", "ftp://example.vn", "https://", "https://name:secret@example.vn", "a b.vn"],
)
def test_what_is_no_address_of_such_a_portal_is_refused(text: str):
    with pytest.raises(BadSourceError) as told:
        DIRECTORY.complete(text, "ckan")
    assert "secret" not in str(told.value)


def test_a_source_may_call_its_present_address_too():
    assert addresses_of("ckan", "data.longan.gov.vn") == ("https://data.longan.gov.vn", "https://data.tayninh.gov.vn")
    assert addresses_of("CKAN", "quangngai") == ("https://opendata.quangngai.gov.vn",)
    assert addresses_of("csv", "catalogue.csv") == ()
    assert addresses_of("ckan", "atlantis") == ()


def changed(*pairs: tuple[str, str]) -> str:
    text = ROW.format(id="a")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[a", "TOML"),
        ('a = "x"', "a"),
        (ROW.format(id="an-giang"), "an-giang"),
        (changed(('"ckan"', '"ckan"\nowner = "x"')), "a.owner"),
        (changed(('name = "Cổng A"', "")), "a.name"),
        (changed(('"Cổng A"', "5")), "a.name"),
        (changed(('"ckan"', '"cms"')), "a.kind"),
        (changed(('"unknown"', '"seen"')), "a.status"),
        (changed(('"angiang"', '"kiengiang"')), "a.province"),
        (changed(('"https://a.example.vn"', '"a.example.vn"')), "a.address"),
        (changed(('"ckan"', '"ckan"\nformer = "x"')), "a.former"),
        (changed(('"ckan"', '"ckan"\nformer = ["http://b.example.vn"]')), "a.former"),
        (changed(('"ckan"', '"ckan"\nformer_names = [""]')), "a.former_names"),
        (ROW.format(id="a") + ROW.format(id="b"), "b.address"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key(tmp_path: Path, text: str, key: str):
    file = tmp_path / "portals.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_directory(file)
    assert (refused.value.file, refused.value.key) == ("portals.toml", key)
