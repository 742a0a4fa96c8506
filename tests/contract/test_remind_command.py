"""``tracuu remind`` in this process, on a SQLite file: what it prints, and that a dry run writes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gateway.commands.remind import add_commands
from gateway.terminal import Terminal, run
from tests.conftest import KEY
from tests.support.staffed import open_quang_ngai

APP = typer.Typer()
add_commands(APP)
add_commands(APP)  # a group of two, so that the command is called by its name


@pytest.fixture
def terminal(migrated_file: Path, tmp_path: Path) -> Terminal:
    database = tmp_path / "remind.db"
    database.write_bytes(migrated_file.read_bytes())
    config = tmp_path / "tracuu.toml"
    service = '[service]\nauthority_contact = "0255 3822 822"\n'
    store = f'[store]\nurl = "sqlite:///{database}"\n[security]\nkey = "{KEY.hex()}"\n'
    config.write_text(store + service, encoding="utf-8")

    async def work() -> None:
        async with Terminal(config=config).store() as store:
            await open_quang_ngai(store)

    run(work())
    return Terminal(config=config)


def remind(terminal: Terminal, *words: str) -> Any:
    """What the command prints with --json; it must succeed."""
    result = CliRunner().invoke(APP, ["remind", *words, "--json"], obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_is_due_is_released_once_and_a_dry_run_writes_nothing(terminal):
    friday = ("--now", "2026-11-13T08:00")
    tried = remind(terminal, *friday, "--dry-run")
    told = remind(terminal, *friday)
    assert tried == told
    (digest,) = told["released"]
    assert (told["planned"], digest["recipient"], digest["step"]) == (2, "Cán bộ đầu mối 01", "0")
    item, review = digest["items"]
    assert (review["rule"], review["step"]) == ("review-yearly", "-10")
    shown = {
        name: item[name] for name in ("number", "step", "rule", "agency", "item", "period", "nominal_due", "legal_due")
    }
    assert shown == {
        "number": 1,
        "step": "0",
        "rule": "update-period",
        "agency": "Sở 1",
        "item": "Danh mục 1",
        "period": "2026-10",
        "nominal_due": "2026-11-15",
        "legal_due": "2026-11-16",
    }
    assert "Liên hệ: 0255 3822 822" in digest["text"]
    vacant = [each["agency"] for each in told["skipped"] if each["reason"] == "vacant"]
    assert set(vacant) == {"Sở 2"}
