"""Read a TOML file that a person wrote: whatever is wrong with it is named with its place."""

import re
import tomllib
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError

_LINE = re.compile(r"\(at line (\d+)")


def read_toml(file: Path, *, called: str = "") -> dict[str, Any]:
    """What ``file`` holds. Raises ContentError with file (its name, or ``called``), place and reason."""
    name = called or file.name
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ContentError(name, "file", f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ContentError(name, f"byte {error.start}", "is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        raise ContentError(name, "TOML", str(error), line=int(place[1]) if place else 0) from error
