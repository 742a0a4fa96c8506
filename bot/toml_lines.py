"""On which line of a TOML file each key stands: :mod:`tomllib` forgets it."""

import re
from collections import Counter
from collections.abc import Mapping

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#|[\[\]{}]')
_OPENS, _CLOSES = "[{", "]}"


def key_lines(text: str) -> Mapping[str, int]:
    """The line (from 1) of each key and section of a valid TOML ``text``: ``name``, ``api``, ``api.access``, and of
    the second of several sections ``rules[1]``, ``rules[1].id``. Keys within ``{…}`` stand where it begins."""
    found: dict[str, int] = {}
    sections: Counter[str] = Counter()
    section, open_value = "", _Value()
    for number, line in enumerate(text.splitlines(), start=1):
        if open_value.goes_on:
            open_value.read(line)
        elif header := _HEADER.match(line):
            section = _bare(header[2])
            if header[1] == "[[":
                sections[section] += 1
                section = f"{section}[{sections[section] - 1}]"
            found.setdefault(section, number)
        elif key := _KEY.match(line):
            found.setdefault(f"{section}.{_bare(key[1])}" if section else _bare(key[1]), number)
            open_value.read(line[key.end() :])
    return found


def _bare(name: str) -> str:
    return ".".join(part.strip(" \"'") for part in name.split("."))


class _Value:
    """A value while it is read: whether it goes on in the next line."""

    def __init__(self) -> None:
        self._depth, self._quotes = 0, ""

    @property
    def goes_on(self) -> bool:
        return bool(self._depth or self._quotes)

    def read(self, line: str) -> None:
        position = 0
        while True:
            if self._quotes:
                end = line.find(self._quotes, position)
                if end < 0:
                    return
                position, self._quotes = end + 3, ""
            token = _TOKEN.search(line, position)
            if token is None or token[0] == "#":
                return
            position = token.end()
            if token[0] in {'"""', "'''"}:
                self._quotes = token[0]
            else:
                self._depth += (token[0] in _OPENS) - (token[0] in _CLOSES)
