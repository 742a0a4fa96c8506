"""Which agency a printed name means: by name or alias, without diacritics only where it can mean one, never guessed."""

from datetime import date

from bot.core.items import Catalogue, CatalogueItem, Decision
from bot.core.obligations.agency import Agency, AgencyKind, same_name
from bot.core.obligations.owners import Owners
from gateway.people.survey import take_survey

HA = Agency(id=1, province="quangngai", name="Xã Sơn Hà", kind=AgencyKind.COMMUNE, aliases=("UBND xã Sơn Hà",))
HA_LOW = Agency(id=2, province="quangngai", name="Xã Sơn Hạ", kind=AgencyKind.COMMUNE, rule_set="quangngai")
ALIKE = {
    ("Sở Y tế", "SỞ Y TẾ"): True,
    ("Sở Y tế", "So Y te"): True,
    ("Sở Văn hóa, Thể thao", "Sở Văn hoá - Thể thao"): True,
    ("Xã Sơn Hà", "Xã Sơn Hạ"): False,
    ("Xã Ba Tơ", "Xã Ba Tô"): False,
    ("Sở Y tế", "Sở Y tế Quảng Ngãi"): False,
}
MEANT = {
    ("xã sơn hạ",): HA_LOW,
    ("ubnd xa son ha",): HA,
    ("Xa Son Ha",): None,
    ("Xã Sơn",): None,
}


def test_names_are_alike_without_diacritics_and_different_with_others():
    for (one, other), alike in ALIKE.items():
        assert same_name(one, other) == same_name(other, one) == alike, (one, other)


def test_a_printed_name_means_the_one_agency_that_it_can_mean():
    owners = Owners([HA, HA_LOW])
    for (printed,), agency in MEANT.items():
        assert owners.find("quangngai", printed) == agency, printed
    assert Owners([HA_LOW]).find("quangngai", "Xã Sơn Hà") is None, "the other commune is not there, and no guess"


def test_owners_whom_nobody_knows_are_counted_where_agencies_are_known_and_while_they_count():
    day = date(2026, 11, 16)
    decision = Decision(number="1", signed_on=day, province="quangngai", valid_from=day)

    def item(owner: str, province: str = "quangngai", first: date | None = day) -> CatalogueItem:
        return CatalogueItem(code=owner, title="x", owner=owner, province=province, valid_from=first)

    items = (item("Xã Sơn Hà"), item("Xã Lạ"), item("Xã Lạ"), item("Xã Xa", "angiang"), item("Xã Cũ", first=None))
    catalogue = Catalogue(decision=decision, items=items)
    (unmatched,) = take_survey([HA, HA_LOW], [], {}, day=day, catalogues=[catalogue]).unmatched
    assert (unmatched.territory, unmatched.name, unmatched.items, unmatched.datasets) == ("quangngai", "Xã Lạ", 2, 0)
