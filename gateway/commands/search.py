"""``tracuu search``: titles for a query, without answering it."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import bot.handlers
from bot.content import load_content
from bot.core.accounts import Account
from bot.core.catalogue import Hit
from bot.core.conversation import Conversation
from bot.core.intents import Intent
from bot.core.messages import Address, InboundMessage
from bot.handler import Handler
from bot.plugins import find_plugins
from bot.routing import LOOKUP, Router
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup
from bot.search.places import load_places
from gateway.deployment import DATA, open_library
from gateway.portal import Fetched, Offline, read_source, silent
from gateway.terminal import Terminal, lines_of, print_json, run


@dataclass(frozen=True, slots=True, kw_only=True)
class Searcher:
    """Titles for queries, told apart from what is no question for the catalogue."""

    lookup: Lookup
    router: Router

    def search(self, query: str, *, province: str, limit: int) -> dict[str, Any]:
        """The result line of one query (CONTRACT: ``tracuu search``)."""
        started = time.perf_counter()
        findings = self.lookup.titles(query, provinces=(province,) if province else (), limit=limit)
        milliseconds = (time.perf_counter() - started) * 1000
        return {
            "query": query,
            "answered": findings.answered and self.is_question(query),
            "hits": [_line(hit) for hit in findings.hits],
            "ms": round(milliseconds, 3),
        }

    def is_question(self, query: str) -> bool:
        """Whether a message with these words would be looked up at all."""
        address = Address(channel="web", account="cli", user="search")
        message = InboundMessage(
            address=address, external_id="search", received_at=datetime(2026, 1, 1, tzinfo=UTC), text=query
        )
        account = Account(channel="web", name="cli")
        route = self.router.route(message=message, conversation=Conversation(address=address), account=account)
        return route.handler.name == LOOKUP and self.router.content.intent_of(query) is Intent.QUESTION


def add_commands(app: typer.Typer) -> None:
    """Add ``search`` to ``app``."""
    app.command("search", help="Titles of datasets for a query; JSON lines with --json.")(search_command)


def search_command(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="What is looked for.")] = None,
    batch: Annotated[Path | None, typer.Option(help="File with a query per line; - is standard input.")] = None,
    catalogue_file: Annotated[
        Path | None, typer.Option("--catalogue", help="Search this catalogue (CSV, XLSX) instead of the store.")
    ] = None,
    province: Annotated[str, typer.Option(help="Only this province (id) and the whole country.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100, help="Hits per query.")] = 10,
    json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False,
) -> None:
    """Print the hits of each query, in order."""
    queries = lines_of(text, batch)
    searcher = run(open_searcher(context.obj, catalogue_file))
    _print(
        (searcher.search(query, province=province, limit=limit) for query in queries), as_json=json or batch is not None
    )


async def open_searcher(terminal: Terminal, file: Path | None) -> Searcher:
    """Titles of the catalogue ``file``, or of the store without one."""
    if file is not None:
        portal, request = read_source(f"csv:{file}")
        found = [
            entry.dataset async for entry in portal.fetch(request, Offline(), silent) if isinstance(entry, Fetched)
        ]
        lexicon = load_lexicon(DATA / "synonyms", terminal.settings().lexicon_file)
        places = load_places(DATA / "places")
        lookup = Lookup.build(found, lexicon=lexicon, places=places, version=1)
    else:
        async with terminal.store() as store:
            library = open_library(store, terminal.settings())
            await library.refresh()
            lookup = library.lookup
    router = Router.build(find_plugins(bot.handlers, "HANDLER", Handler), load_content(DATA))
    return Searcher(lookup=lookup, router=router)


def _print(results: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    for result in results:
        if as_json:
            print_json(result)
            continue
        if not result["answered"]:
            typer.echo("không có" + (" – gần nhất:" if result["hits"] else ""))
        for hit in result["hits"]:
            typer.echo(f"{hit['score']:.2f}  {hit['code']}  {hit['title']}")


def _line(hit: Hit) -> dict[str, Any]:
    return {
        "code": hit.dataset.code,
        "title": hit.dataset.title,
        "province": hit.dataset.province,
        "score": round(hit.score, 4),
        "why": {name: round(value, 4) for name, value in hit.why.items()},
    }
