"""The shape of the project: who may import whom, what lies where, and that a plug-in is only a plug-in."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import ROOT, tracked_files

PLUGIN_FOLDERS = {
    "bot/handlers": "HANDLER",
    "gateway/channels": "CHANNEL",
    "gateway/portals": "PORTAL",
    "gateway/tables/formats": "FORMAT",
}
EACH_FOLDER = pytest.mark.parametrize(("folder", "exposes"), PLUGIN_FOLDERS.items(), ids=PLUGIN_FOLDERS.keys())
REGISTRY = re.compile(r"py[p]i\.org|python[h]osted\.|deb\.[d]ebian\.|npm[j]s\.(?:org|com)|proxy\.[g]olang\.")
OURS_ALONE = re.compile(r"(?<![\w./:-])/(?:work|root|home|Users)/\w")
"""A path that exists on somebody's machine only."""


def contracts_kept(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_every_import_points_downwards():
    result = contracts_kept(ROOT)
    assert result.returncode == 0, result.stdout


def test_an_import_upwards_breaks_a_contract(tmp_path: Path):
    for package in ("bot", "gateway", "simulator"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "bot" / "core" / "breach.py").write_text("import bot.store.engine\n", encoding="utf-8")
    result = contracts_kept(tmp_path)
    assert result.returncode != 0
    assert "bot.core.breach -> bot.store.engine" in result.stdout


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py*"))


def test_the_content_holds_no_program():
    assert not python_files(ROOT / "data")


def test_a_program_among_the_content_is_noticed(tmp_path: Path):
    (tmp_path / "places").mkdir()
    (tmp_path / "places" / "load.py").touch()
    assert python_files(tmp_path)


def strangers(folder: Path, exposes: str) -> Iterator[str]:
    """What lies in a plug-in folder without being a plug-in."""
    for entry in sorted(folder.iterdir()):
        if entry.name == "__init__.py":
            statements = ast.parse(entry.read_text(encoding="utf-8")).body
            if len(statements) > 1:
                yield "__init__.py does more than say what the folder is"
        elif entry.suffix == ".py":
            if exposes not in _assigned(entry):
                yield f"{entry.name} exposes no {exposes}"
        elif entry.name != "__pycache__":
            yield f"{entry.name} is no plug-in"


def _assigned(file: Path) -> set[str]:
    targets: list[ast.expr] = []
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    return {target.id for target in targets if isinstance(target, ast.Name)}


@EACH_FOLDER
def test_a_plugin_folder_holds_only_plugins(folder: str, exposes: str):
    assert not list(strangers(ROOT / folder, exposes))


@pytest.mark.parametrize("name", ["shared.py", "templates", "notes.txt"])
def test_a_stranger_among_plugins_is_noticed(tmp_path: Path, name: str):
    (tmp_path / name).write_text("LIMIT = 3\n", encoding="utf-8")
    assert list(strangers(tmp_path, "CHANNEL"))


def effects_of_importing(folder: Path, package: str) -> str:
    result = subprocess.run(
        [sys.executable, "-B", str(ROOT / "tests" / "support" / "import_effects.py"), package],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@EACH_FOLDER
def test_importing_a_plugin_has_no_effect(folder: str, exposes: str):
    assert not effects_of_importing(ROOT, folder.replace("/", "."))


@pytest.mark.parametrize(
    "effect",
    [
        "open('left-behind', 'w').close()",
        "import socket; socket.socket().close()",
        "import threading; threading.Thread(target=print).start()",
        "import os; os.environ['TRACUU_X'] = '1'",
        "import subprocess; subprocess.run(['true'])",
        "print('hello')",
        "import logging; logging.basicConfig()",
    ],
)
def test_an_effect_of_importing_is_noticed(tmp_path: Path, effect: str):
    package = tmp_path / "plugins"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "example.py").write_text(effect, encoding="utf-8")
    assert effects_of_importing(tmp_path, "plugins")


def revealing_lines(text: str) -> Iterator[str]:
    """Lines that name a package registry's host or a path of one machine."""
    for number, line in enumerate(text.splitlines(), start=1):
        if OURS_ALONE.search(line) or REGISTRY.search(line):
            yield f"{number}: {line.strip()[:80]}"


def test_no_file_names_a_registry_or_a_machine():
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in tracked_files()
        if file.suffix not in {".xlsx", ".xls", ".png", ".woff2", ".db"}
        for line in revealing_lines(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found, "a mirror or another machine must do as well:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line", ["index = https://py" + "pi.org/simple", "see /" + "work/main/x", "deb" + ".debian.org"]
)
def test_a_revealing_line_is_noticed(line: str):
    assert list(revealing_lines(line))
