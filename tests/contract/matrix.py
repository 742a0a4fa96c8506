"""The contract matrix: every check and every channel, with the number of cases, or why there can be none.

``python -m tests.contract.matrix`` writes ``docs/channel-matrix.md``; a run of the suite prints what it has tried.
"""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module

import pytest

import gateway.channels
import tests.contract.checks_sending  # noqa: F401 – it and what it imports fill CHECKS
from tests.contract.casefile import FOLDER, load_cases
from tests.contract.check import CHECKS, NotApplicable
from tests.contract.harness import Subject
from tests.support.source import ROOT

FILE = ROOT / "docs" / "channel-matrix.md"
PROPERTY = "contract"
FAILED = "FAILED"
MODULES = tuple(sorted(module.name for module in pkgutil.iter_modules(gateway.channels.__path__)))
"""Every channel that is installed."""

Cell = str
Table = Mapping[tuple[str, str], Cell]
"""By check and channel: a number, a reason, or :data:`FAILED`."""

_HEAD = """# What every channel must pass

Each line is a check that `tests/contract` runs for every channel, over both databases, with the sample requests and answers
of `tests/contract/cases/`; each number says how many cases it tries there. A channel that has none fails unless its table says
why it can have none: the letters below. A run of the suite prints the same table with what it has really tried, and a test
compares this file with the tables of cases. To write it anew: `python -m tests.contract.matrix`.

"""


def subject_of(module: str) -> Subject:
    """The channel in ``gateway/channels/<module>.py`` with its cases."""
    return Subject(channel=import_module(f"gateway.channels.{module}").CHANNEL, cases=load_cases(module))


def count_cases(modules: Iterable[str] = MODULES) -> Table:
    """What there is to try, without trying it."""
    table = {}
    for subject in map(subject_of, modules):
        for check in CHECKS.values():
            found = check.find(subject)
            table[check.name, subject.channel.name] = tell(found if isinstance(found, NotApplicable) else len(found))
    return table


def tell(outcome: int | NotApplicable) -> Cell:
    """An outcome as it stands in a cell."""
    return outcome.reason if isinstance(outcome, NotApplicable) else str(outcome)


def draw(table: Table) -> str:
    """``table`` for people: channels as columns, reasons as letters below."""
    channels = sorted({channel for _, channel in table})
    checks = [name for name in CHECKS if any((name, channel) in table for channel in channels)]
    letters: dict[str, str] = {}
    lines = [["check", *channels]]
    lines += [[name, *(_cell(table.get((name, channel), ""), letters) for channel in channels)] for name in checks]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    rows = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    notes = [f"- {letter}: {reason}" for reason, letter in letters.items()]
    return "\n".join([rows[0], rule, *rows[1:], "", *notes])


def _cell(cell: Cell, letters: dict[str, str]) -> str:
    if not cell or cell.isdecimal() or cell == FAILED:
        return cell
    return f"– {letters.setdefault(cell, _letter(len(letters)))}"


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else f"a{_letter(number - 26)}"


def document() -> str:
    """What ``docs/channel-matrix.md`` has to say."""
    return f"{_HEAD}{draw(count_cases())}\n"


def tried(reports: Iterable[pytest.TestReport]) -> Table:
    """What ``reports`` of test runs tell, from whatever process they come."""
    table: dict[tuple[str, str], Cell] = {}
    for report in reports:
        told = dict(report.user_properties).get(PROPERTY)
        if told is None:
            continue
        name, channel, outcome = told
        failed = report.failed or table.get((name, channel)) == FAILED
        table[name, channel] = FAILED if failed else outcome
    return table


def show(reporter: pytest.TerminalReporter) -> None:
    """Print the matrix of this run, if it was about channels."""
    table = tried([*reporter.getreports("passed"), *reporter.getreports("failed")])
    if table:
        reporter.section("contract matrix")
        reporter.write_line(draw(table))


def tables() -> set[str]:
    """Channels that have a table of cases."""
    return {file.stem for file in FOLDER.glob("*.toml")}


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
