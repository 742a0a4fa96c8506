"""The word lists of annexes under ``data/catalogue``: read and checked."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core.errors import ContentError
from bot.toml_file import read_toml


def read_wordlists(file: Path, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The lists of texts that ``file`` has under ``names``: all of these and no others. Raises ContentError."""
    found = read_toml(file)
    for name in sorted({*names, *found}):
        listed = found.get(name)
        if name not in names or not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
            raise ContentError(file.name, name, f"must be one of {', '.join(names)}, each with a list of texts")
    return {name: tuple(found[name]) for name in names}
