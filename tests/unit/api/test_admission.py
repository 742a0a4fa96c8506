"""Who may read which province's data."""

import pytest

from bot.profiles import Access, load_profiles
from gateway.api.admission import Admission
from tests.support.library import PLACES
from tests.support.talk import DATA

PROFILES = load_profiles(DATA / "profiles")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.id)
def test_every_profile_names_a_known_province_and_its_article(profile):
    place = PLACES.find((profile.id,))[0].place
    assert place.name == profile.name
    assert "Điều" in profile.api.article


def test_the_five_provinces_have_a_profile_and_only_vinh_phuc_asks_for_a_key():
    access = {profile.id: profile.api.access for profile in PROFILES}
    assert access == {
        "angiang": Access.PUBLIC,
        "ninhthuan": Access.PUBLIC,
        "quangngai": Access.PUBLIC,
        "thaibinh": Access.PUBLIC,
        "vinhphuc": Access.KEYED,
    }


@pytest.mark.parametrize(
    ("mode", "provinces", "printed", "access"),
    [
        ("profile", (), "", Access.PUBLIC),
        ("profile", (), "Toàn quốc (NSO)", Access.PUBLIC),
        ("profile", (), "quangngai", Access.PUBLIC),
        ("profile", (), "vinhphuc", Access.KEYED),
        ("profile", (), "Vĩnh Phúc", Access.KEYED),
        ("profile", (), "Tỉnh Vĩnh Phúc (nay thuộc Phú Thọ)", Access.KEYED),
        ("profile", (), "Phú Thọ (Vĩnh Phúc cũ)", Access.KEYED),
        ("profile", (), "Phú Thọ", Access.PUBLIC),
        ("profile", (), "Huế", Access.PUBLIC),
        ("profile", (), "Atlantis", Access.PUBLIC),
        ("profile", ("quangngai",), "Quảng Ngãi", Access.PUBLIC),
        ("profile", ("quangngai",), "Toàn quốc", Access.PUBLIC),
        ("profile", ("quangngai",), "Huế", Access.OFF),
        ("profile", ("quangngai",), "Atlantis", Access.OFF),
        ("profile", ("phutho",), "Vĩnh Phúc", Access.KEYED),
        ("public", (), "Vĩnh Phúc", Access.PUBLIC),
        ("keyed", (), "Huế", Access.KEYED),
        ("keyed", (), "", Access.KEYED),
        ("keyed", ("quangngai",), "Huế", Access.OFF),
    ],
)
def test_data_are_open_as_profile_and_settings_say(mode, provinces, printed, access):
    admission = Admission(mode, PROFILES, PLACES, provinces=provinces)
    assert admission.rule(printed).access is access
    assert admission.shows(printed, keyed=False) is (access is Access.PUBLIC)
    assert admission.shows(printed, keyed=True) is (access is not Access.OFF)
    assert admission.withholds(printed, keyed=False) is (access is Access.KEYED)
    assert not admission.withholds(printed, keyed=True)
