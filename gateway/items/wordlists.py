"""The word lists of annexes under ``data/catalogue``: read and checked."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core.errors import ContentError


def read_wordlists(file: Path, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The lists of texts that ``file`` has under ``names``: all of these and no others. Raises ContentError."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(file.name, "file", f"cannot be read: {error}") from error
    for name in sorted({*names, *found}):
        listed = found.get(name)
        if name not in names or not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
            raise ContentError(file.name, name, f"must be one of {', '.join(names)}, each with a list of texts")
    return {name: tuple(found[name]) for name in names}
