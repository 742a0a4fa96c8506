"""Which provinces a service answers for, as its settings name them."""

import pytest

from bot.core.errors import ContentError
from bot.search.places import load_places
from gateway.deployment import DATA, provinces_of
from gateway.settings import ServiceSettings

PLACES = load_places(DATA / "places")


@pytest.mark.parametrize(
    ("named", "answered"),
    [((), ()), (("quangngai",), ("quangngai",)), (("vinhphuc", "phutho"), ("phutho",)), (("thaibinh",), ("hungyen",))],
)
def test_a_former_province_is_answered_for_by_todays(named, answered):
    assert provinces_of(ServiceSettings(provinces=named), PLACES) == answered


@pytest.mark.parametrize("name", ["quang-ngãi-2", "Toàn quốc", ""])
def test_what_is_no_province_stops_the_start(name):
    with pytest.raises(ContentError, match=r"service\.provinces"):
        provinces_of(ServiceSettings(provinces=(name,)), PLACES)
