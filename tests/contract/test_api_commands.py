"""``tracuu api`` as an operator types it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.core.errors import ContentError, TracuuError
from gateway.commands.api import add_commands
from gateway.settings import Settings, load_settings
from gateway.terminal import Terminal
from tests.conftest import KEY

Say = Callable[..., str]


class Quiet(Terminal):
    """A terminal that leaves the logs of the test run as they are."""

    def settings(self) -> Settings:
        return load_settings(self.config)


@pytest.fixture
def say(tmp_path: Path, migrated_file: Path) -> Say:
    shutil.copy(migrated_file, tmp_path / "tracuu.db")
    config = tmp_path / "tracuu.toml"
    config.write_text(
        f'[store]\nurl = "sqlite:///tracuu.db"\n[security]\nkey = "{KEY.hex()}"\n',
        encoding="utf-8",
    )
    app = typer.Typer()
    add_commands(app)
    app.callback()(lambda: None)

    def run(*words: str) -> str:
        return CliRunner().invoke(app, ["api", *words], obj=Quiet(config=config), catch_exceptions=False).stdout

    return run


def test_a_key_is_shown_once_listed_without_itself_and_revoked(say: Say):
    assert say("list") == "no keys\n"
    number, name, key = say("add", "Sở mẫu", "--days", "3").splitlines()[0].split("\t")
    assert (number, name, key.startswith("tracuu_")) == ("1", "Sở mẫu", True)
    assert say("list") == "1\tSở mẫu\tcounts\t1200/min\tused never\n"
    (listed,) = json.loads(say("list", "--json"))["keys"]
    assert listed.keys() == {"id", "name", "units", "counts", "made_at", "expires_at", "revoked_at", "used_on"}
    assert say("revoke", "1") == "Sở mẫu: the key counts no more\n"
    assert say("list").split("\t")[2] == "revoked"
    assert json.loads(say("revoke", "1", "--json"))["counts"] is False


def test_what_cannot_be_done_is_said_in_a_sentence(say: Say):
    with pytest.raises(TracuuError, match="there is no key 7; tracuu api list shows them all"):
        say("revoke", "7")
    with pytest.raises(ContentError, match="must have 1 to 100 characters"):
        say("add", " ")
