"""Addresses as portals print them: relative, with backslashes, blanks and Vietnamese letters."""

from urllib.parse import urljoin

from yarl import URL

from bot.core.text import clean


def complete(printed: str, base: str) -> str:
    """``printed`` as a web address that can be asked for, seen from ``base``; empty when it is none."""
    text = "".join(clean(printed).split("\n")).replace("\\", "/").strip()
    if not text.removeprefix("https://").removeprefix("http://"):
        return ""
    try:
        url = URL(urljoin(base, text))
    except ValueError:
        return ""
    return str(url) if url.scheme in ("http", "https") and url.host else ""


def same_host(one: str, other: str) -> bool:
    """Whether both addresses lead to the same host and port."""
    try:
        return URL(one).origin() == URL(other).origin()
    except ValueError:
        return False
