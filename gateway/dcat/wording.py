"""The texts of a node: in the language of the readers, on one line, without mark-up."""

import html
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from bot.core.text import clean
from gateway.cell import tidy
from gateway.dcat.graph import Graph, Link, Node, Text, Value, is_blank

_LANGUAGES = ("vi", "", "en")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_VIETNAM = timezone(timedelta(hours=7))
_LABELS = (
    "skos:prefLabel",
    "foaf:name",
    "vcard:fn",
    "rdfs:label",
    "dct:title",
    "schema:name",
    "vcard:organization-name",
)


def pick(values: Iterable[Value]) -> str:
    """The text in Vietnamese, else in no named language, in English, in any."""
    texts = [value for value in values if isinstance(value, Text) and value.value.strip()]
    return tidy(min(texts, key=_rank).value) if texts else ""


def _rank(text: Text) -> int:
    language = text.language.partition("-")[0]
    return _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)


def name(graph: Graph, values: Sequence[Value]) -> str:
    """What ``values`` are called: their text, or the label of what they refer to; empty for a bare address."""
    return pick(values) or next((label for value in values if (label := _label(graph, value))), "")


def names(graph: Graph, values: Sequence[Value]) -> tuple[str, ...]:
    """What each of ``values`` is called, each name once, those in Vietnamese only where there are such."""
    spoken = [value for value in values if isinstance(value, Text)]
    best = min(map(_rank, spoken), default=0)
    found = [pick([value]) for value in spoken if _rank(value) == best]
    found += [_label(graph, value) for value in values if isinstance(value, Link)]
    return tuple(dict.fromkeys(filter(None, found)))


def name_or_address(graph: Graph, values: Sequence[Value]) -> str:
    """As :func:`name`, else the address itself: a licence or a frequency may be nothing but that."""
    links = (tidy(value.id) for value in values if isinstance(value, Link) and not is_blank(value.id))
    return name(graph, values) or next(links, "")


def _label(graph: Graph, value: Value) -> str:
    node = graph.nodes.get(value.id) if isinstance(value, Link) else None
    return label(graph, node) if node else ""


def label(graph: Graph, node: Node) -> str:
    """What ``node`` itself is called."""
    return pick(graph.values(node, *_LABELS))


def plain(text: str) -> str:
    """``text`` on one line without the tags of a web page."""
    return tidy(html.unescape(_TAG.sub(" ", text))) if _TAG.search(text) else tidy(text)


def day(values: Iterable[Value]) -> date | None:
    """The day in Vietnam of the first value that is a day or a moment; never a month or a year for one."""
    return next((found for value in values if isinstance(value, Text) and (found := _day(value.value))), None)


def moment(values: Iterable[Value]) -> datetime | None:
    """The moment of the first value that is one; without a zone it counts as told in UTC, as portals do."""
    for value in values:
        try:
            found = datetime.fromisoformat(clean(value.value)) if isinstance(value, Text) else None
        except ValueError:
            continue
        if found is not None:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _day(text: str) -> date | None:
    text = clean(text)
    if not _DAY.match(text):
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(_VIETNAM).date() if found.tzinfo else found.date()
    except (ValueError, OverflowError):
        pass
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
