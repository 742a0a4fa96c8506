"""What a person may send instead of words."""

from collections.abc import Callable

from simulator.telegram.world import Json, Person


def _file(number: int, size: int) -> Json:
    return {"file_id": f"AgACAgUAAxkDAAI{number:020d}", "file_unique_id": f"AQAD{number:012d}", "file_size": size}


def _photo(_person: Person) -> Json:
    small = {**_file(1, 1_411), "width": 90, "height": 67}
    return {"photo": [small, {**_file(2, 18_452), "width": 320, "height": 240}]}


def _sticker(_person: Person) -> Json:
    shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
    return {"sticker": {**_file(3, 26_734), **shape, "emoji": "👍", "set_name": "example"}}


def _location(_person: Person) -> Json:
    return {"location": {"latitude": 15.120453, "longitude": 108.792015}}


def _document(_person: Person) -> Json:
    return {"document": {**_file(4, 48_128), "file_name": "bang-so-lieu.xlsx", "mime_type": "application/vnd.ms-excel"}}


def _voice(_person: Person) -> Json:
    return {"voice": {**_file(5, 9_211), "duration": 3, "mime_type": "audio/ogg"}}


def _contact(person: Person) -> Json:
    return {"contact": {"phone_number": "84900000000", "first_name": person.first_name, "user_id": person.id}}


ATTACHMENTS: dict[str, Callable[[Person], Json]] = {
    "photo": _photo,
    "sticker": _sticker,
    "location": _location,
    "document": _document,
    "voice": _voice,
    "contact": _contact,
}
