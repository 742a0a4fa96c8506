"""Who may read which province's data."""

from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.profiles import Access, load_profiles
from gateway.api.admission import Admission
from tests.support.library import PLACES
from tests.support.talk import DATA

PROFILES = load_profiles(DATA / "profiles")
GOOD = """
id = "hue"
name = "Huế"
status = "in_force"
[api]
access = "keyed"
article = "QC Điều 1"
basis = "Vì vậy."
[decision]
number = "1/2026/QĐ-UBND"
"""


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


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[api]", 'colour = "red"\n[api]', "colour"),
        ('article = "QC Điều 1"\n', "", "api.article"),
        ('article = "QC Điều 1"', 'article = " "', "api.article"),
        ('basis = "Vì vậy."\n', "", "api.basis"),
        ('access = "keyed"', 'access = "secret"', "api.access"),
        ('access = "keyed"', 'access = ["keyed"]', "api.access"),
        ("[api]", "[api]\nkeys = 3", "api.keys"),
        ('id = "hue"', 'id = "hanoi"', "id"),
        ('name = "Huế"\n', "", "name"),
        ("[api]", "[apis]", "apis"),
        ("[api]", "[api", "TOML"),
    ],
)
def test_a_mistake_in_a_profile_stops_the_start_with_its_key(tmp_path: Path, old, new, key):
    assert old in GOOD
    (tmp_path / "hue.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_profiles(tmp_path)
    assert (refused.value.file, refused.value.key) == ("hue.toml", key)


def test_two_profiles_of_one_name_stop_the_start(tmp_path: Path):
    (tmp_path / "hue.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "kinhdo.toml").write_text(GOOD.replace('"hue"', '"kinhdo"'), encoding="utf-8")
    with pytest.raises(ContentError, match="has another file"):
        load_profiles(tmp_path)
