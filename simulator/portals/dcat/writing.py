"""Statements written down: Turtle, RDF/XML, JSON-LD with prefixes or without."""

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from simulator.portals.dcat.triples import NAMESPACES, Statement

KINDS = {
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "xml": "application/rdf+xml",
}


def write(statements: Iterable[Statement], form: str) -> str:
    """``statements`` in the form that an address ends with."""
    known = list(statements)
    match form:
        case "ttl":
            return _turtle(known)
        case "jsonld":
            return json.dumps(_compacted(known), ensure_ascii=False)
        case "expanded":
            return json.dumps(_expanded(known), ensure_ascii=False)
        case _:
            return _xml(known)


def _turtle(statements: list[Statement]) -> str:
    lines = [f"@prefix {prefix}: <{address}> ." for prefix, address in NAMESPACES.items()]
    for each in statements:
        short = each.term == "rdf:type"
        value = each.value if short else f"<{each.value}>" if each.address else _quoted(each)
        lines.append(f"<{each.subject}> {each.term} {value} .")
    return "\n".join(lines) + "\n"


def _quoted(statement: Statement) -> str:
    text = json.dumps(statement.value, ensure_ascii=False)
    return f"{text}@{statement.language}" if statement.language else text


def _xml(statements: list[Statement]) -> str:
    names = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<rdf:RDF {names}>"]
    for subject, group in groupby(statements, lambda each: each.subject):
        lines.append(f"<rdf:Description rdf:about={quoteattr(subject)}>")
        for each in group:
            address = _full(each.value) if each.term == "rdf:type" else each.value
            language = f' xml:lang="{each.language}"' if each.language else ""
            if each.address:
                lines.append(f"<{each.term} rdf:resource={quoteattr(address)}/>")
            else:
                lines.append(f"<{each.term}{language}>{escape(each.value)}</{each.term}>")
        lines.append("</rdf:Description>")
    return "\n".join([*lines, "</rdf:RDF>"]) + "\n"


def _full(name: str) -> str:
    prefix, _, rest = name.partition(":")
    return f"{NAMESPACES[prefix]}{rest}"


def _compacted(statements: list[Statement]) -> dict[str, Any]:
    nodes: dict[str, dict[str, Any]] = {}
    for each in statements:
        node = nodes.setdefault(each.subject, {"@id": each.subject})
        if each.term == "rdf:type":
            node["@type"] = each.value
            continue
        known = node.get(each.term)
        value: Any = {"@id": each.value} if each.address else each.value
        if each.language:
            value = {"@value": each.value, "@language": each.language}
        node[each.term] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return {"@context": dict(NAMESPACES), "@graph": list(nodes.values())}


def _expanded(statements: list[Statement]) -> list[dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    for each in statements:
        node = nodes.setdefault(each.subject, {"@id": each.subject})
        if each.term == "rdf:type":
            node["@type"] = [_full(each.value)]
            continue
        value = {"@id": each.value} if each.address else {"@value": each.value}
        if each.language:
            value["@language"] = each.language
        node.setdefault(_full(each.term), []).append(value)
    return list(nodes.values())
