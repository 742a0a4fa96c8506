"""Which tables were read as they are: the newest update, and a print of each table with its update.

A newest update alone would miss a table that appears with an older one, as tables do that come from an archive.
"""

import hashlib
import re
from collections.abc import Iterable

from gateway.pxweb.tree import Leaf

_LETTERS = 10
_MARK = re.compile(r"px \S*((?: [0-9a-f]{10})*)")


def fingerprint(leaf: Leaf) -> str:
    """Other letters when the table was updated; empty for one that does not say when it was."""
    if not leaf.updated:
        return ""
    return hashlib.sha256(f"{leaf.key}\n{leaf.updated}".encode()).hexdigest()[:_LETTERS]


def write_mark(leaves: Iterable[Leaf]) -> str:
    """The mark after ``leaves`` were read."""
    known = list(leaves)
    newest = max((leaf.updated for leaf in known), default="")
    return " ".join(["px", newest.replace(" ", "T"), *sorted(filter(None, map(fingerprint, known)))])


def read_mark(text: str) -> frozenset[str]:
    """The prints of the tables that were read; none of any other text."""
    found = _MARK.fullmatch(text)
    return frozenset(found[1].split()) if found else frozenset()
