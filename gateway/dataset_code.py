"""Codes for datasets whose source gives none: short, the same at every reading, one for each."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from bot.core.errors import TracuuError
from bot.core.text import tokens

_DIGITS = 6
KEY_DIGITS = 8
"""Letters of a code made from a key: among 20,000 datasets two have the same ones once in 5,000 catalogues."""
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # none is read as another
_LONGEST_PREFIX = 12
_NATIONAL = ("toan", "quoc")


class TakenError(TracuuError):
    """The entry would be in the catalogue twice; the sentence names the line of the first."""


class Codes:
    """The codes of one source, given out in its order."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}
        self._identities: dict[tuple[str, ...], int] = {}

    def claim(self, printed: str, identity: Sequence[str], *, line: int) -> str:
        """The code of the entry in ``line``: the ``printed`` one, else one made from its ``identity``.

        ``identity`` begins with province and title; what follows is used only as far as those are not enough to tell
        two entries apart. Raises TakenError for a printed code or a whole identity that was there before.
        """
        code = printed or self._make(tuple(identity), line)
        if code in self._lines:
            raise TakenError(f"code {code} stands in line {self._lines[code]} already")
        self._lines[code] = line
        return code

    def _make(self, identity: tuple[str, ...], line: int) -> str:
        first = self._identities.setdefault(identity, line)
        if first != line:
            raise TakenError(f"the same entry stands in line {first} already")
        return next(code for code in make_codes(identity) if code not in self._lines)


def make_codes(identity: Sequence[str]) -> Iterator[str]:
    """Codes for an entry, the best first: from province and title, then from ever more of its ``identity``."""
    province, title, *more = identity
    parts, prefix = [province, " ".join(tokens(title)) or title], _prefix(province)
    yield f"{prefix}-{_digest(parts)[:_DIGITS]}"
    for part in [*more, title]:
        parts.append(part)
        yield f"{prefix}-{_digest(parts)[:_DIGITS]}"
    digest = _digest(parts)
    yield from (f"{prefix}-{digest[:digits]}" for digits in range(_DIGITS + 1, len(digest) + 1))


class KeyCodes:
    """The codes of one source whose portal has a key of its own for each dataset: whatever else of it may change.

    ``longer`` are the keys whose short code was another's; whoever keeps them gets the same codes from a part of the
    source as from the whole.
    """

    def __init__(self, province: str, longer: Iterable[str] = (), *, digits: int = KEY_DIGITS) -> None:
        self._prefix, self._digits = _prefix(province), digits
        self.longer = set(longer)
        self._keys: dict[str, str] = {}

    def claim(self, key: str) -> str:
        """The code of the dataset that the portal calls ``key``; the first of two with the same one keeps it."""
        code = self._code(key, self._digits)
        if key in self.longer or self._keys.setdefault(code, key) != key:
            self.longer.add(key)
            return self._code(key, 2 * self._digits)
        return code

    def _code(self, key: str, digits: int) -> str:
        number = int.from_bytes(hashlib.sha256(key.encode()).digest())
        return f"{self._prefix}-" + "".join(_LETTERS[number >> 5 * at & 31] for at in range(digits))


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _prefix(province: str) -> str:
    """``quangngai`` → quangngai, ``Toàn quốc (NSO)`` → nso, ``Yên Bái (nay thuộc Lào Cai)`` → yenbai, nothing → vn."""
    name, _, inside = province.partition("(")
    words = tokens(name)
    if words == _NATIONAL and inside:
        words = tokens(inside)
    return "".join(words)[:_LONGEST_PREFIX] or "vn"
