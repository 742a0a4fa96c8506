"""Headings of groups: every row of the content file, and which rows are items after all."""

import tomllib
from pathlib import Path

import pytest

from bot.core.text import fold
from gateway.items.groups import Group, GroupKind, Groups, load_group_words

FOLDER = Path(__file__).parents[3] / "data" / "catalogue"
LISTS = tomllib.loads((FOLDER / "groups.toml").read_text(encoding="utf-8"))
WORDS = load_group_words(FOLDER)
PRINTED = [(text, kind) for kind, texts in LISTS.items() for text in texts]
ROWS = {
    "a Roman number": (("I", "Sở Y tế"), False, False, ("owner", "Sở Y tế", True)),
    "numbered in its text": (("", "II. Sở Tư pháp"), False, True, ("owner", "Sở Tư pháp", True)),
    "merged over the row": (("", "Lĩnh vực Y tế"), True, True, ("theme", "Lĩnh vực Y tế", True)),
    "a letter and no known word": (("B", "Trồng trọt"), False, True, ("theme", "Trồng trọt", False)),
    "an agency numbered like an item, where agencies have no column": (("1", "Sở Y tế"), False, False, ("owner", "Sở Y tế", True)),
    "an item about an agency": (("1", "Sở Y tế"), False, True, None),
    "an item without anything else": (("3", "Danh sách chợ"), False, False, None),
    "a title alone": (("", "Danh sách chợ"), False, False, None),
    "a heading above headings": (("A", "Khối các sở, ban, ngành"), False, True, ("nothing", "Khối các sở, ban, ngành", True)),
    "a name with a first letter is not numbered": (("", "Công ty A"), True, True, ("owner", "Công ty A", True)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), PRINTED, ids=[text for text, _ in PRINTED])
def test_a_beginning_is_understood_with_and_without_diacritics(text, kind):
    printed = text.replace(" …", " nọ")
    for way in (printed, fold(printed), printed.upper()):
        assert WORDS.kind_of(way) == kind


@pytest.mark.parametrize(("row", "alone", "known", "expected"), ROWS.values(), ids=ROWS)
def test_a_row_of_one_text_is_a_group_or_an_item(row, alone, known, expected):
    group = WORDS.read(*row, line=5, alone=alone, known_owners=known)
    assert (group and (group.kind.value, group.text, group.sure)) == expected


def standing(*entered):
    groups = Groups()
    for kind, text in entered:
        groups.enter(Group(kind=GroupKind(kind), text=text, line=1))
    return groups.text(GroupKind.OWNER), groups.text(GroupKind.THEME)


def test_an_inner_group_ends_with_the_outer_one():
    assert standing(("theme", "A"), ("owner", "x")) == ("x", "A")
    assert standing(("theme", "A"), ("owner", "x"), ("owner", "y")) == ("y", "A")
    assert standing(("theme", "A"), ("owner", "x"), ("theme", "B")) == ("", "B")
    assert standing(("owner", "x"), ("theme", "A"), ("owner", "y")) == ("y", "")
    assert standing(("owner", "x"), ("nothing", "Khối")) == ("", "")
