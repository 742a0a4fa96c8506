"""Texts with slots: ``{name}`` and ``{name|filter|filter}``, ``{{`` and ``}}`` for the braces themselves.

A text is read once, at the start; what the settings say is filled in then, and each message fills the rest.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.sms.filters import Filter, FilterError, Value, make_filter

Escape = Callable[[str], str]
Lookup = Callable[[str], Value]
"""The value that a slot stands for."""

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]")
_NAME = re.compile(r"[A-Za-z_][\w-]*(\.[^{}|]+)?")


class SlotError(ValueError):
    """A text with slots is not written as it must be. Says what is wrong, never a value."""


def as_it_is(text: str) -> str:
    """No escaping."""
    return text


@dataclass(frozen=True, slots=True, repr=False)
class Slot:
    """One place to be filled."""

    name: str
    filters: tuple[Filter, ...] = ()

    def fill(self, look_up: Lookup) -> str:
        """What stands there then."""
        value = look_up(self.name)
        for change in self.filters:
            value = change(value)
        return value if isinstance(value, str) else value.isoformat()


@dataclass(frozen=True, slots=True, repr=False)
class Template:
    """A text with slots; each value is escaped by ``escape``. It may hold secrets, so it is never printed."""

    pieces: tuple[str | Slot, ...]
    escape: Escape = field(default=as_it_is)

    @classmethod
    def read(cls, text: str, escape: Escape = as_it_is) -> "Template":
        """The template that ``text`` is. Raises SlotError."""
        pieces: list[str | Slot] = []
        for found in _PIECE.finditer(text):
            piece = found.group()
            if piece in ("{", "}"):
                raise SlotError("a brace without its other one: {{ and }} are the braces themselves")
            if piece in ("{{", "}}"):
                pieces.append(piece[0])
            else:
                pieces.append(_slot(found[1]) if found[1] is not None else piece)
        return cls(_joined(pieces), escape)

    def bind(self, known: Mapping[str, str]) -> "Template":
        """The same with the slots filled that ``known`` names."""
        bound = [
            self.escape(_filled(piece, known.__getitem__)) if isinstance(piece, Slot) and piece.name in known else piece
            for piece in self.pieces
        ]
        return Template(_joined(bound), self.escape)

    def fill(self, look_up: Lookup) -> str:
        """The text for one message."""
        return "".join([piece if isinstance(piece, str) else self.escape(piece.fill(look_up)) for piece in self.pieces])

    @property
    def names(self) -> frozenset[str]:
        """The slots that are not filled yet."""
        return frozenset(piece.name for piece in self.pieces if isinstance(piece, Slot))

    @property
    def fixed(self) -> str:
        """The text of one without open slots."""
        return "".join(str(piece) for piece in self.pieces if isinstance(piece, str))


def _filled(slot: Slot, look_up: Lookup) -> str:
    try:
        return slot.fill(look_up)
    except FilterError as error:
        raise SlotError(f"{{{slot.name}}}: {error}") from None


def _slot(inner: str) -> Slot:
    name, *filters = inner.split("|")
    if not _NAME.fullmatch(name):
        raise SlotError(f"{{{inner}}} is no slot: {{{{ and }}}} are the braces themselves")
    try:
        return Slot(name, tuple(make_filter(one) for one in filters))
    except FilterError as error:
        raise SlotError(f"{{{inner}}}: {error}") from None


def _joined(pieces: list[str | Slot]) -> tuple[str | Slot, ...]:
    """``pieces`` with neighbouring texts put together."""
    joined: list[str | Slot] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)
