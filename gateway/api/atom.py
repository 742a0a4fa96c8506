"""Changes as an Atom feed (RFC 4287), newest first, in pages (RFC 5005)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from uuid import UUID, uuid5

import bot
from bot.content import LANGUAGES
from bot.core.changes import Change, ChangeKind
from bot.core.errors import ContentError
from bot.store.types import EPOCH
from bot.toml_file import read_toml

FILE = Path(bot.__file__).parents[1] / "data" / "api" / "feed.toml"
_WORDS = frozenset({"title", "author", *ChangeKind})
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses of a page of the feed, whole: itself, the first page, the next one (empty at the end)."""

    this: str
    first: str
    next: str


def write_feed(
    changes: Sequence[Change], *, links: Links, dataset_at: Mapping[str, str], language: str, namespace: UUID
) -> str:
    """The feed of ``changes``. ``dataset_at`` are whole addresses by code; ``namespace`` makes the ids of this
    deployment, the same for ever."""
    words = load_words()[language]
    newest = changes[0].at if changes else None
    following = f'\n<link rel="next" href="{_text(links.next)}"/>' if links.next else ""
    head = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">
<id>{uuid5(namespace, "feed").urn}</id>
<title>{_text(words["title"])}</title>
<updated>{(newest or EPOCH).isoformat()}</updated>
<author><name>{_text(words["author"])}</name></author>
<link rel="self" type="application/atom+xml" href="{_text(links.this)}"/>
<link rel="first" href="{_text(links.first)}"/>{following}
"""
    entries = [_entry(change, words, dataset_at[change.code], namespace) for change in changes]
    return head + "".join(entries) + "</feed>\n"


def _entry(change: Change, words: Mapping[str, str], address: str, namespace: UUID) -> str:
    kind = words[change.kind]
    details = ", ".join(map(str, change.detail.get("fields", ())))
    summary = f"{kind}: {change.title}" + (f" ({details})" if details else "")
    return f"""<entry>
<id>{uuid5(namespace, f"{change.publication} {change.code}").urn}</id>
<title>{_text(f"{kind}: {change.title}")}</title>
<updated>{(change.at or EPOCH).isoformat()}</updated>
<link rel="alternate" type="application/json" href="{_text(address)}"/>
<category term="{change.kind}"/>
<summary>{_text(summary)}</summary>
</entry>
"""


def _text(value: str) -> str:
    return escape(_NO_XML.sub("", value))


@cache
def load_words(file: Path = FILE) -> Mapping[str, Mapping[str, str]]:
    """The words of the feed by language. Raises ContentError with the entry and what is wrong with it."""
    document = read_toml(file)
    for language in sorted(document.keys() ^ set(LANGUAGES)):
        raise ContentError(file.name, language, "is not there, or no language of the service")
    for language, words in document.items():
        for word in sorted(set(words) ^ _WORDS):
            raise ContentError(file.name, f"{language}.{word}", "is missing or unknown")
    return document
