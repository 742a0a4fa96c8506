"""Read one TOML file of the content."""

import tomllib
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError


def read_toml(file: Path) -> dict[str, Any]:
    """What stands in ``file``. Raises ContentError when it cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(file.name, "file", f"cannot be read: {error}") from error
