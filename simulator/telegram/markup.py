"""HTML of the Bot API: what its parser makes of a text, and where it refuses one."""

import re
from dataclasses import dataclass

from simulator.telegram.answers import ApiError
from simulator.telegram.world import Json

TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
MOST_ENTITIES = 100
_ESCAPE = re.compile(r"&(?:#x([0-9a-f]+)|#([0-9]+)|(lt|gt|amp|quot));?", re.IGNORECASE)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_END = re.compile(r"</([^\s>]*)\s*(>?)")
_START = re.compile(r"<([^\s>]*)")
_NAME = re.compile(r"[^\s=>]+")
_TOKEN = re.compile(r"[A-Za-z0-9.\-]+")


@dataclass(frozen=True, kw_only=True)
class Formatted:
    """A text without its markup. Offsets of ``entities`` count UTF-16 units; ``loose`` are not escaped as must be."""

    text: str
    entities: tuple[Json, ...] = ()
    loose: tuple[str, ...] = ()

    def fields(self, text: str, entities: str) -> Json:
        """As the two fields of a message."""
        return {text: self.text} | ({entities: list(self.entities)} if self.entities else {})


@dataclass(frozen=True, kw_only=True)
class _Open:
    tag: str
    offset: int
    extra: Json


def length16(text: str) -> int:
    """How many UTF-16 units ``text`` has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(text: str, mode: str) -> Formatted:
    """``text`` read in ``mode``, without the white space around it. Raises ApiError as the Bot API's parser does."""
    if mode.lower() == "html":
        return _trimmed(_Html(text).parse())
    if mode in {"", "None"}:
        return _trimmed(Formatted(text=text))
    raise ApiError(400, "unsupported parse_mode", rule="T42")


class _Html:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self._source, self._at = text, 0
        self._shown: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Json] = []
        self._loose: list[str] = []

    def parse(self) -> Formatted:
        while self._at < len(self._source):
            char = self._source[self._at]
            if self._source.startswith("</", self._at):
                self._end_tag()
            elif char == "<":
                self._start_tag()
            elif char == "&":
                self._escape()
            else:
                if char == ">":
                    self._loose.append(char)
                self._show(char)
                self._at += 1
        if self._open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        ordered = sorted(self._entities, key=lambda entity: (entity["offset"], -entity["length"]))
        return Formatted(text="".join(self._shown), entities=tuple(ordered[:MOST_ENTITIES]), loose=tuple(self._loose))

    def _show(self, text: str) -> None:
        self._shown.append(text)
        self._length += length16(text)

    def _escape(self) -> None:
        found = _ESCAPE.match(self._source, self._at)
        shown = _decoded(found) if found else ""
        if found is None or not shown:
            self._loose.append("&")
            self._show("&")
            self._at += 1
            return
        self._show(shown)
        self._at = found.end()

    def _start_tag(self) -> None:
        begin = self._at
        found = _START.match(self._source, begin)
        name = found[1].lower() if found else ""
        self._at += 1 + len(name)
        if self._at >= len(self._source):
            raise self._error("Unclosed start tag", begin)
        if name not in TAGS:
            raise self._error(f'Unsupported start tag "{name}"', begin)
        attributes = self._attributes(name, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        if name == "tg-emoji" and not attributes.get("emoji-id", "").isdecimal():
            raise self._error("Invalid custom emoji identifier specified")
        extra = {"url": attributes["href"]} if name == "a" and "href" in attributes else {}
        self._open.append(_Open(tag=name, offset=self._length, extra=extra))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while (char := self._next(begin)) != ">":
            found = _NAME.match(self._source, self._at)
            if found is None:
                raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
            self._at = found.end()
            char = self._next(begin, f' "{tag}"')
            if char == "=":
                self._at += 1
                attributes[found[0].lower()] = self._value(begin)
            elif found[0].lower() != "expandable":
                raise self._error(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
        self._at += 1
        return attributes

    def _value(self, begin: int) -> str:
        """The value of an attribute: in quotes, or a name token."""
        quote = self._next(begin)
        if quote in {"'", '"'}:
            end = self._source.find(quote, self._at + 1)
            if end < 0 or end + 1 >= len(self._source):
                raise self._error("Unclosed start tag", begin)
            value = _ESCAPE.sub(lambda found: _decoded(found) or found[0], self._source[self._at + 1 : end])
            self._at = end + 1
            return value
        token = _TOKEN.match(self._source, self._at)
        start, self._at = self._at, token.end() if token else self._at
        if not (self._source[self._at : self._at + 1].isspace() or self._source.startswith(">", self._at)):
            raise self._error("Unexpected end of name token", start)
        return token[0].lower() if token else ""

    def _next(self, begin: int, named: str = "") -> str:
        """The next character that is no white space; the text may not end before."""
        while self._source[self._at : self._at + 1].isspace():
            self._at += 1
        if self._at >= len(self._source):
            raise self._error(f"Unclosed start tag{named}", begin)
        return self._source[self._at]

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._error("Unexpected end tag", begin)
        found = _END.match(self._source, begin)
        if found is None or not found[2]:
            raise self._error("Unclosed end tag", begin)
        name, opened = found[1].lower(), self._open[-1]
        if name and name != opened.tag:
            raise self._error("Unmatched end tag", begin, f', expected "</{opened.tag}>", found "</{name}>"')
        self._open.pop()
        self._at = found.end()
        length = self._length - opened.offset
        is_link = opened.tag != "a" or "url" in opened.extra
        if length and is_link:
            self._entities.append({"offset": opened.offset, "length": length, "type": TAGS[opened.tag], **opened.extra})

    def _error(self, what: str, begin: int | None = None, more: str = "") -> ApiError:
        place = "" if begin is None else f" at byte offset {len(self._source[:begin].encode())}"
        return ApiError(400, f"can't parse entities: {what}{place}{more}", rule="T43")


def _decoded(found: re.Match[str]) -> str:
    """The character of an escape; nothing when there is no such character."""
    if found[3]:
        return _NAMED[found[3].lower()]
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if 0 < code <= 0x10FFFF else ""


def _trimmed(formatted: Formatted) -> Formatted:
    """Without the white space around it: Telegram shows none."""
    text = formatted.text.strip()
    cut = length16(formatted.text[: len(formatted.text) - len(formatted.text.lstrip())])
    size = length16(text)
    entities: list[Json] = []
    for entity in formatted.entities:
        start, end = max(0, entity["offset"] - cut), min(size, entity["offset"] + entity["length"] - cut)
        if start < end:
            entities.append({**entity, "offset": start, "length": end - start})
    return Formatted(text=text, entities=tuple(entities), loose=formatted.loose)
