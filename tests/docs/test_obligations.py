"""``docs/obligations.md``: no norm of the five decisions is missing, and each is carried by something that exists."""

import csv
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.source import ROOT

PARTS = ("incident desk", "notices", "reports", "out of scope")
ROW = re.compile(r"\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
ANOTHER = re.compile(rf"; (?={'|'.join(PARTS)})")
NAME = re.compile(r"`([^`\s]+)`")


def rows() -> dict[int, tuple[str, str, str]]:
    """By its number: the article, the kind and the carrier of each row of the table."""
    page = (ROOT / "docs" / "obligations.md").read_text(encoding="utf-8")
    return {int(row[0]): (row[1], row[2], row[4]) for row in ROW.findall(page)}


def norms() -> list[dict[str, str]]:
    with (ROOT / "docs" / "obligations.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def named_tests() -> frozenset[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    found = (
        re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE) for file in files
    )
    return frozenset(name for names in found for name in names)


def exists(name: str) -> bool:
    """Whether a test has that name, or a module that function or class."""
    if ":" not in name:
        return name in named_tests()
    module, _, thing = name.partition(":")
    file = ROOT / f"{module.replace('.', '/')}.py"
    return (
        file.exists()
        and re.search(rf"^(async def|def|class) {thing}\b", file.read_text("utf-8"), re.MULTILINE) is not None
    )


def faults(carrier: str) -> Iterator[str]:
    """What is wrong with the last cell of a row."""
    names, *later = ANOTHER.split(carrier) if carrier.startswith("`") else ["", carrier]
    carried, _, remark = names.partition(" – ")
    for name in re.split(r", ", carried) if carried else ():
        quoted = NAME.fullmatch(name)
        if quoted is None or not exists(quoted[1]):
            yield f"{name} is no test and no function"
    if names and " – " in names and not remark.strip():
        yield "an empty remark"
    for part in later:
        kind, _, reason = part.partition(" – ")
        if kind not in PARTS or not reason.strip():
            yield f"{part!r} names no part, or no reason"


def test_no_norm_of_the_five_decisions_is_missing():
    expected = {number: (norm["article"], norm["kind"]) for number, norm in enumerate(norms(), start=1)}
    assert len(expected) == 278
    assert {number: row[:2] for number, row in rows().items()} == expected


def test_each_norm_is_carried_by_something_that_exists_or_says_why_not():
    wrong = [f"row {number}: {fault}" for number, row in rows().items() for fault in faults(row[2])]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("carrier", "fault"),
    [
        ("`test_of_nothing_at_all`", "is no test"),
        ("`bot.profiles:nothing`", "is no test and no function"),
        ("`bot.nowhere:nothing`", "is no test and no function"),
        ("out of scope – ", "no reason"),
        ("some day – later", "names no part"),
        ("`bot.profiles:load_profiles`; reports", "no reason"),
        ("by hand", "names no part"),
    ],
)
def test_a_carrier_that_leads_nowhere_is_noticed(carrier: str, fault: str):
    assert any(fault in found for found in faults(carrier))
