"""The documents say what is true: their commands exist and run, their links lead somewhere, their tables are complete."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from gateway.cli import app
from gateway.settings import PoolSettings, Settings, SourceSettings
from tests.support.in_process import tracuu_here
from tests.support.source import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = sorted((ROOT / "deploy").rglob("*.md"))
SECTIONS = ("store", "security", "service", "outbound")
HARMLESS = {"ask", "search", "datasets", "doctor"}
"""Commands that a document shows and a test may run as they stand."""
_FENCE = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_SETTING = re.compile(r"^\| `([a-z]+\.[a-z_]+)`", re.MULTILINE)


def shown_commands(program: str) -> list[tuple[str, ...]]:
    """The arguments of every call of ``program`` in the documents' shell blocks."""
    lines = [line for file in DOCUMENTS for block in _FENCE.findall(text_of(file)) for line in block.splitlines()]
    calls = [shlex.split(line.removeprefix("$ "), comments=True) for line in lines]
    return sorted({tuple(call[1:]) for call in calls if call and call[0].rpartition("/")[2] == program})


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*##", text_of(ROOT / "Makefile"), re.MULTILINE))


def test_a_newcomer_finds_the_two_commands():
    shown = {target for call in shown_commands("make") for target in call}
    assert {"run", "test"} <= shown


def test_every_make_target_that_is_shown_exists():
    assert {target for call in shown_commands("make") for target in call if "=" not in target} <= targets()


def test_make_lists_every_target():
    listed = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"make (\w+) ", listed.stdout)) == targets()


@pytest.mark.parametrize("call", shown_commands("tracuu"), ids=" ".join)
def test_every_command_that_is_shown_is_understood(call: tuple[str, ...]):
    group = typer.main.get_command(app)
    context = group.make_context("tracuu", list(call))
    name, command, rest = group.resolve_command(context, context._protected_args + context.args)
    command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("call", [c for c in shown_commands("tracuu") if c and c[0] in HARMLESS], ids=" ".join)
def test_every_harmless_command_that_is_shown_runs(call: tuple[str, ...], tmp_path: Path):
    done = tracuu_here(*call, folder=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", [*DOCUMENTS, *GUIDES], ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(file: Path):
    local = [link for link in _LINK.findall(text_of(file)) if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (file.parent / link).exists()] == []


def test_the_documents_have_a_row_for_every_setting():
    existing = {
        f"{section}.{name}" for section in SECTIONS for name in Settings.model_fields[section].annotation.model_fields
    }
    for table, model in (("sources", SourceSettings), ("pools", PoolSettings)):
        existing |= {f"{table}.{name}" for name in model.model_fields}
    assert {name for file in DOCUMENTS for name in _SETTING.findall(text_of(file))} == existing
