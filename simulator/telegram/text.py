"""What Telegram finds in the words of a person: commands, mentions, addresses."""

import re

from simulator.telegram.markup import length16
from simulator.telegram.world import Json

_FOUND = {
    "bot_command": re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![^\s.,!?;:])"),
    "mention": re.compile(r"(?<![\w/])@[A-Za-z][A-Za-z0-9_]{3,31}\b"),
    "hashtag": re.compile(r"(?<![\w&])#\w*[^\W\d]\w*"),
    "url": re.compile(r"https?://[^\s<>]+[^\s<>.,!?]"),
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
}


def entities_of(text: str) -> Json:
    """The field ``entities`` of a message; nothing when there are none. Offsets count UTF-16 units."""
    found = [
        {"offset": length16(text[: match.start()]), "length": length16(match[0]), "type": kind}
        for kind, pattern in _FOUND.items()
        for match in pattern.finditer(text)
    ]
    return {"entities": sorted(found, key=lambda entity: entity["offset"])} if found else {}
