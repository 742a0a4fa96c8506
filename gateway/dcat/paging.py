"""Hydra paging of ckanext-dcat: whether a document is one page of several, and where the next one is.

The links name the portal as it calls itself, which may be an old name or one inside its network. So only what they
ask for is taken from them, never the host.
"""

from dataclasses import dataclass

from yarl import URL

from gateway.dcat.graph import Graph, Text, Value
from gateway.dcat.wording import pick
from gateway.portal import PortalError

_PAGES = ("hydra:PagedCollection", "hydra:PartialCollectionView", "hydra:Collection")
_TERMS = {"hydra:next", "hydra:nextPage", "hydra:last", "hydra:lastPage", "hydra:totalItems"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says of the others: the query of the next one (None = it is the last), and how many ``items`` all
    have together (None = not told)."""

    next: str | None
    items: int | None


def read_page(graph: Graph) -> Page | None:
    """None when the document is whole by itself. Raises PortalError when its next page is none."""
    nodes = [n for n in graph.nodes.values() if n.kinds.intersection(_PAGES) or _TERMS.intersection(n.terms)]
    if not nodes:
        return None
    links = [link for node in nodes for link in graph.values(node, "hydra:next", "hydra:nextPage")]
    totals = [total for node in nodes for total in graph.values(node, "hydra:totalItems")]
    text = pick(totals)
    items = int(text) if text.isdecimal() and len(text) < 12 else None
    return Page(next=_query(links[0]) if links else None, items=items)


def _query(link: Value) -> str:
    address = link.value if isinstance(link, Text) else link.id
    try:
        query = URL(address).query_string
    except ValueError:
        query = ""
    if not query:
        raise PortalError("the paging is broken: a page names no next one that can be asked for")
    return query


def turn(address: str, query: str) -> str:
    """``address`` asked with ``query``."""
    return str(URL(address).with_query(query))
