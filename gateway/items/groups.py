"""Rows of an annex that are only the heading of a group, and whose group that is."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bot.core.text import tokens
from gateway.items.wordlists import read_wordlists

_NUMBER = re.compile(r"(?P<number>[IVXLC]{1,6}|[A-ZĐ]|\d{1,3}(?:\.\d{1,3})*)\s*(?:[.)/:\-–]\s*|$)", re.IGNORECASE)
_COUNTING = re.compile(r"\d+(?:\.\d+)*[.)]?")
_MORE = " …"


class GroupKind(StrEnum):
    """What the heading of a group says of the items below."""

    OWNER = "owner"
    THEME = "theme"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The heading of a group without its numbering. ``sure`` is False where no word tells what it is."""

    kind: GroupKind
    text: str
    line: int
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWords:
    """The word lists of ``data/catalogue/groups.toml``: the kind of each folded beginning, the longest first."""

    beginnings: tuple[tuple[tuple[str, ...], bool, GroupKind], ...]

    def kind_of(self, text: str) -> GroupKind | None:
        """What the heading ``text`` says, None when no word of it tells."""
        words = tokens(text)
        for known, whole, kind in self.beginnings:
            if words == known or (not whole and words[: len(known)] == known and len(words) > len(known)):
                return kind
        return None

    def is_agency(self, text: str) -> bool:
        """Whether ``text`` begins like the name of an agency."""
        return self.kind_of(text) is GroupKind.OWNER

    def read(self, number: str, text: str, *, line: int, alone: bool, known_owners: bool) -> Group | None:
        """The group whose heading is the only ``text`` of a row, with its printed ``number``; None for an item.

        ``alone`` says that it is merged over the row. A row numbered 1, 2, 3 like the items is a group only when it
        names an agency and the agencies have no column of their own (``known_owners``).
        """
        printed = _NUMBER.match(text) if not number else None
        bare = text[printed.end() :].strip() if printed and printed.end() < len(text) else text
        number = number or (printed["number"] if printed and bare != text else "")
        kind = self.kind_of(bare)
        if _COUNTING.fullmatch(number) and not alone:
            counts = kind is GroupKind.OWNER and not known_owners
            return Group(kind=GroupKind.OWNER, text=bare, line=line) if counts else None
        if kind is None and not (alone or number):
            return None
        return Group(kind=kind or GroupKind.THEME, text=bare, line=line, sure=kind is not None)


@dataclass(slots=True, kw_only=True)
class Groups:
    """The groups that the present row stands in, the outer ones first."""

    open: list[Group] = field(default_factory=list)

    def enter(self, group: Group) -> None:
        """Begin ``group``: it ends the last one of its kind with everything inside it."""
        kinds = [each.kind for each in self.open]
        if group.kind is GroupKind.NOTHING:
            self.open.clear()
            return
        if group.kind in kinds:
            del self.open[kinds.index(group.kind) :]
        self.open.append(group)

    def text(self, kind: GroupKind) -> str:
        """The group of that kind that the row stands in, "" for none."""
        return next((group.text for group in self.open if group.kind is kind), "")


def load_group_words(folder: Path) -> GroupWords:
    """The lists of ``data/catalogue``. Raises ContentError."""
    lists = read_wordlists(folder / "groups.toml", tuple(GroupKind))
    known = [
        (tokens(text), not text.endswith(_MORE), GroupKind(kind)) for kind, texts in lists.items() for text in texts
    ]
    return GroupWords(beginnings=tuple(sorted(known, key=lambda each: len(each[0]), reverse=True)))
