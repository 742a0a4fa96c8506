"""Each command is found where it is said to stand, and a command loads nothing that it does not use."""

import importlib
import pkgutil
import subprocess
import sys

import typer
from typer.main import get_command, get_group

import gateway.commands
from gateway.cli import app
from gateway.families import MODULES
from tests.support.source import ROOT

HEAVY = {
    *("matplotlib", "PIL", "pdfplumber", "openpyxl", "docx", "holidays", "telegram", "httpx", "rich.markdown"),
    *("rdflib", "defusedxml", "gateway.downloading", "gateway.tables"),
}


def loaded_by(module: str) -> set[str]:
    program = f"import gateway.cli, gateway.commands.{module}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_command_of_every_family_stands_where_it_is_looked_for():
    found = {}
    for info in pkgutil.iter_modules(gateway.commands.__path__):
        family = typer.Typer()
        importlib.import_module(f"gateway.commands.{info.name}").add_commands(family)
        found |= dict.fromkeys(get_group(family).commands, info.name)
    assert found == MODULES


def test_each_command_is_found_by_its_name_and_another_name_is_not():
    group = get_command(app)
    context = typer.Context(group)
    assert [group.get_command(context, name).name for name in group.list_commands(context)] == list(MODULES)
    assert group.get_command(context, "serv") is None


def test_a_command_that_needs_only_the_database_loads_neither_the_look_up_nor_the_channels():
    loaded = loaded_by("backup")
    assert "bot.store.backup" in loaded
    assert not loaded & {"numpy", "rapidfuzz", "aiohttp", "bot.search", "bot.handlers", "gateway.channel"}


def test_no_command_loads_what_only_reads_files_draws_or_calls_telegram_before_it_does():
    for module in ("serve", "ask"):
        loaded = loaded_by(module)
        assert "gateway.deployment" in loaded
        assert not loaded & HEAVY
