"""DCAT as JSON: ``data.json`` and JSON-LD, compacted, expanded or as a graph."""

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.dcat.context import Context, Term
from gateway.dcat.graph import Graph, Link, Text, Value
from gateway.portal import PortalError

_DEEPEST = 40
_HOLDING = ("@graph", "@list", "@set", "@included")


def read_json(body: bytes) -> object:
    """The JSON value in ``body``. Raises PortalError with the reason when it is none, or half of one."""
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise PortalError(f"the answer is no whole JSON document{where}") from error


def read_graph(printed: object) -> Graph:
    """The nodes of a JSON document. Raises PortalError when it is nested beyond reason."""
    reader = _Reader()
    for _ in reader.read(printed, Context(), Term(short=""), 0):
        pass
    return reader.graph


class _Reader:
    def __init__(self) -> None:
        self.graph = Graph()
        self._numbers = itertools.count(1)

    def read(self, printed: object, context: Context, term: Term, depth: int) -> Iterator[Value]:
        """The values that ``printed`` holds, its nodes put into the graph."""
        if depth > _DEEPEST:
            raise PortalError(f"the document is nested deeper than {_DEEPEST} times")
        if isinstance(printed, list):
            for part in printed:
                yield from self.read(part, context, term, depth + 1)
        elif isinstance(printed, Mapping):
            yield from self._read_object(printed, context, term, depth)
        elif isinstance(printed, str):
            yield Link(context.expand(printed)) if term.links else Text(printed, (term.language or context.language))
        elif printed is not None:
            yield Text(json.dumps(printed))

    def _read_object(self, printed: Mapping[str, Any], context: Context, term: Term, depth: int) -> Iterator[Value]:
        context = context.extend(printed.get("@context"))
        roles = {name: context.read(name) for name in printed}
        keywords = {role.short: printed[name] for name, role in roles.items() if role and role.short.startswith("@")}
        if "@value" in keywords:
            yield from _literal(keywords, term.language or context.language)
        elif term.by_language and not keywords:
            yield from _by_language(printed)
        elif depth and not keywords.keys() - {"@list", "@set"} and keywords:
            for held in keywords.values():
                yield from self.read(held, context, term, depth + 1)
        else:
            yield self._read_node(printed, keywords, roles, context, depth)

    def _read_node(
        self,
        printed: Mapping[str, Any],
        keywords: Mapping[str, Any],
        roles: Mapping[str, Term | None],
        context: Context,
        depth: int,
    ) -> Link:
        named = keywords.get("@id")
        name = context.expand(named) if isinstance(named, str) and named else f"_:json{next(self._numbers)}"
        node = self.graph.node(name)
        kinds = keywords.get("@type")
        node.kinds.update(filter(None, map(context.shorten, kinds if isinstance(kinds, list) else [kinds])))
        for holding in _HOLDING:
            if holding in keywords:
                for _ in self.read(keywords[holding], context, Term(short=""), depth + 1):
                    pass
        for label, role in roles.items():
            if role is not None and not role.short.startswith("@"):
                for value in self.read(printed[label], context, role, depth + 1):
                    node.add(role.short, value)
        return Link(name)


def _literal(keywords: Mapping[str, Any], default: str) -> Iterator[Text]:
    value, language = keywords["@value"], keywords.get("@language", default)
    if isinstance(value, str):
        yield Text(value, language.lower() if isinstance(language, str) else "")
    elif isinstance(value, (int, float)):
        yield Text(json.dumps(value))


def _by_language(printed: Mapping[str, Any]) -> Iterator[Text]:
    for language, texts in printed.items():
        for text in texts if isinstance(texts, list) else [texts]:
            if isinstance(text, str):
                yield Text(text, language.lower())
