"""What the nodes of a catalogue say of its datasets."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.core.catalogue import Dataset
from bot.core.errors import TracuuError
from gateway.cell import CellError, tidy
from gateway.ckan.naming import load_naming
from gateway.dataset_code import KeyCodes, TakenError
from gateway.dcat.address import complete, same_host
from gateway.dcat.files import read_files
from gateway.dcat.graph import Graph, Link, Node, Text, is_blank
from gateway.dcat.wording import day, name, name_or_address, names, pick, plain
from gateway.portal import Fetched, Notice, Rejected

_LONGEST_TITLE = 500
_LONGEST_KEY = 500
_LONGEST_THEME = 300
_LONGEST_TEXT = 10_000
_CLOSED = {"NON_PUBLIC", "RESTRICTED", "CONFIDENTIAL", "SENSITIVE", "non-public", "restricted public", "private"}


@dataclass(slots=True, kw_only=True)
class Reader:
    """One source while it is read, page by page: ``province`` as of the request, ``seen`` the page and
    line of a dataset."""

    province: str
    codes: KeyCodes
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    page: int = 0
    closed: int = 0
    line: int = 0

    def read(self, graph: Graph, base: str) -> Iterator[Fetched | Rejected]:
        """The entries of one document that came from ``base``; one that an earlier page had too is passed over."""
        self.page += 1
        for node in find_datasets(graph):
            self.line += 1
            try:
                entry = self._read(graph, node, base)
            except TracuuError as error:
                yield Rejected(line=self.line, reason=str(error))
            else:
                if entry is not None:
                    yield entry

    def _read(self, graph: Graph, node: Node, base: str) -> Fetched | None:
        if _is_closed(graph, node):
            self.closed += 1
            return None
        title, key = _title(graph, node), _key(graph, node)
        page, line = self.seen.setdefault(key, (self.page, self.line))
        if page != self.page:
            return None
        if line != self.line:
            raise TakenError(f"{key} stands in line {line} already")
        parts = [node] if "dcat:Distribution" in node.kinds else graph.linked(node, "dcat:distribution")
        resources, files = read_files(graph, parts, base)
        dataset = Dataset(
            code=self.codes.claim(key),
            title=title,
            province=self.province,
            key=key,
            description=_description(graph, node, title),
            publisher=name(graph, graph.values(node, "dct:publisher")),
            theme=_themes(graph, node),
            cycle=name_or_address(graph, graph.values(node, "dct:accrualPeriodicity")),
            licence=_licence(graph, [node, *parts]),
            format=", ".join(dict.fromkeys(r.format for r in resources if r.format)),
            url=_page(graph, node, base),
            published_at=day(graph.values(node, "dct:issued")),
            changed_at=day(graph.values(node, "dct:modified")),
            resources=resources,
        )
        return Fetched(dataset=dataset, files=files)

    def notices(self) -> Iterator[Notice]:
        """What the operator should know once everything is read."""
        if self.closed:
            yield Notice(text=f"{self.closed} datasets are marked as not public and are left out")


def find_datasets(graph: Graph) -> list[Node]:
    """The datasets in the order of the document; without any the distributions stand for themselves."""
    listed = [
        node
        for catalogue in graph.nodes.values()
        for node in (*graph.linked(catalogue, "dcat:dataset"), *graph.linked(catalogue, "schema:dataset"))
    ]
    found = {node.id: node for node in [*listed, *graph.of_kind("dcat:Dataset")]}
    parts = [] if found else list(graph.of_kind("dcat:Distribution"))
    return [node for node in (*found.values(), *parts) if node.terms]


def _is_closed(graph: Graph, node: Node) -> bool:
    for value in graph.values(node, "pod:accessLevel", "dct:accessRights"):
        printed = value.value.strip() if isinstance(value, Text) else value.id
        if printed.rstrip("/").rpartition("/")[2] in _CLOSED:
            return True
    return False


def _title(graph: Graph, node: Node) -> str:
    title = plain(pick(graph.values(node, "dct:title", "rdfs:label")))
    if not title:
        raise CellError("the title is empty")
    if len(title) > _LONGEST_TITLE:
        raise CellError(f"the title is longer than {_LONGEST_TITLE} characters")
    return title


def _key(graph: Graph, node: Node) -> str:
    """What the portal calls the dataset: its identifier, its address, or the page about it."""
    pages = [value.id for value in graph.values(node, "dcat:landingPage") if isinstance(value, Link)]
    named = tidy(name_or_address(graph, graph.values(node, "dct:identifier")))
    key = named or ("" if is_blank(node.id) else node.id) or next(iter(pages), "")
    key = key or pick(graph.values(node, "dcat:landingPage"))
    if not key:
        raise CellError("it has no identifier: nothing says which dataset it is the next time")
    if len(key) > _LONGEST_KEY:
        raise CellError(f"the identifier is longer than {_LONGEST_KEY} characters")
    return tidy(key)


def _description(graph: Graph, node: Node, title: str) -> str:
    """Its description, and the keywords that neither this nor the title says already."""
    text = plain(pick(graph.values(node, "dct:description")))[:_LONGEST_TEXT]
    said = f"{text} {title}".casefold()
    words = [word for word in names(graph, graph.values(node, "dcat:keyword")) if word.casefold() not in said]
    return " ".join(filter(None, (text, load_naming().tags_as.format(tags=", ".join(words)) if words else "")))


def _themes(graph: Graph, node: Node) -> str:
    themes = names(graph, graph.values(node, "dcat:theme"))
    return ", ".join(theme for theme in themes if "://" not in theme)[:_LONGEST_THEME]


def _licence(graph: Graph, nodes: list[Node]) -> str:
    """That of the dataset, else the one that all its distributions name; nothing when they differ."""
    own, *parts = (name_or_address(graph, graph.values(node, "dct:license")) for node in nodes)
    return own or (parts[0] if parts and len(set(parts)) == 1 else "")


def _page(graph: Graph, node: Node, base: str) -> str:
    for value in graph.values(node, "dcat:landingPage"):
        if url := complete(value.id if isinstance(value, Link) else value.value, base):
            return url
    return complete(node.id, base) if same_host(node.id, base) else ""
