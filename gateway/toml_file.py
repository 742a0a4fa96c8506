"""Read a TOML file that a person wrote: whatever is wrong with it is named with its place."""

import tomllib
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError


def read_toml(path: Path) -> dict[str, Any]:
    """What ``path`` holds. Raises ContentError with file, place and reason when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ContentError(str(path), "file", f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ContentError(str(path), f"byte {error.start}", "is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ContentError(str(path), "TOML", str(error)) from None
