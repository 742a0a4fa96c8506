"""The id under which a message is kept: its provider's, and the fields that its answer has to name again."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

KEPT = "kept."
"""What the slots of these fields begin with."""
_LONGEST = 64


def pack_id(named: str, kept: Sequence[str]) -> str:
    """The id of a message that its provider calls ``named``; a field that is too long for a name is left empty."""
    if not kept:
        return named
    fitting = [text if len(text) <= _LONGEST else "" for text in kept]
    return " ".join(quote(text, safe="", errors="replace") for text in (named, *fitting))


def unpack_id(external_id: str, names: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """What the provider calls the message, and the fields ``names`` by their slots."""
    if not names:
        return external_id, {}
    named, *kept = (unquote(text) for text in external_id.split(" "))
    kept += [""] * (len(names) - len(kept))
    return named, {f"{KEPT}{name}": text for name, text in zip(names, kept, strict=False)}
