"""For which part of the country a decision was signed: a province of today, or one that has gone into another."""

from dataclasses import dataclass

from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.search.places import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """Where a decision holds. ``id`` is that of the province, or the joined name of a former one ("vinhphuc");
    ``province`` is the id of the province of today that it lies in, ``name`` as printed.
    """

    id: str
    province: str
    name: str


def locate_territory(text: str, places: Places) -> Territory:
    """The territory called ``text``, by id or name. Raises ContentError when there is none."""
    if text in places.provinces:
        return Territory(id=text, province=text, name=places.provinces[text].name)
    mentions = places.find(tokens(text))
    if len(mentions) != 1:
        raise ContentError("command line", "--province", f"{text} is no province")
    place = mentions[0].place
    own = "".join(tokens(place.name)) if place.former else place.province
    return Territory(id=own, province=place.province, name=place.name)
