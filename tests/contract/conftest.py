"""What tests of commands in this process share."""

from pathlib import Path

import pytest

from gateway.terminal import Terminal
from tests.conftest import KEY


@pytest.fixture
def terminal(migrated_file: Path, tmp_path: Path) -> Terminal:
    """A run of ``tracuu`` with its settings file in ``tmp_path``, on a SQLite file of its own."""
    database = tmp_path / "store.db"
    database.write_bytes(migrated_file.read_bytes())
    config = tmp_path / "tracuu.toml"
    config.write_text(f'[store]\nurl = "sqlite:///{database}"\n[security]\nkey = "{KEY.hex()}"\n', encoding="utf-8")
    return Terminal(config=config)
