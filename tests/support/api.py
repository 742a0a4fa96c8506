"""The public API over a store of the test: in the loop of the test, or on a thread for clients that block."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from yarl import URL

from bot.core.catalogue import Dataset
from bot.core.changes import Change, ChangeKind
from bot.store import catalogue
from bot.store.api_keys import SECRET_BYTES, add_key, make_key
from bot.store.changes import stage_changes
from bot.store.engine import Store
from bot.store.source import find_source, open_version, publish_version, write_datasets
from gateway.api.opening import add_api
from gateway.metrics import Metrics
from gateway.settings import ServiceSettings
from gateway.site import new_app, open_site
from tests.conftest import NOW, open_store
from tests.support.catalogue import publish
from tests.support.library import new_library


@dataclass(slots=True, kw_only=True)
class Client:
    """Asks the API at ``url``. Each has an address of its own, so that none uses up another's quota."""

    http: aiohttp.ClientSession
    url: str
    metrics: Metrics
    address: str = "203.0.113.1"
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, *, method: str = "GET", **headers: str) -> "Reply":
        """The reply to one request; ``_`` in names of headers stands for ``-``."""
        sent = {"X-Forwarded-For": self.address, **self.headers}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(method, URL(self.url + path, encoded=True), headers=sent) as answer:
            return Reply(status=answer.status, headers=dict(answer.headers), body=await answer.read())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@contextlib.asynccontextmanager
async def running_api(store: Store, *, ready: bool = True, **service: Any) -> AsyncIterator[Client]:
    """The API over ``store`` on a port of its own; ``service`` are settings of that section."""
    library, metrics, app = new_library(store, None), Metrics(), new_app()
    if ready:
        await library.refresh()
    settings = ServiceSettings(**service)
    add_api(app, store, library, settings, metrics=metrics, clock=lambda: NOW)
    async with open_site(app, host="127.0.0.1", port=0) as url, aiohttp.ClientSession() as http:
        yield Client(http=http, url=url, metrics=metrics)


async def give_key(store: Store, *, units: int = 1000, entropy: bytes = b"a", until: datetime | None = None) -> str:
    """A key that counts from now on."""
    key = make_key(store.vault, entropy * SECRET_BYTES)
    await add_key(store, key, name="Sở mẫu", rate=units, now=NOW, expires_at=until)
    return key


async def publish_changes(store: Store, *found: Change, name: str = "a", at: datetime = NOW) -> None:
    """Publish a version of the source in memory that changed what ``found`` says; its datasets stay as they are."""
    source = await find_source(store, kind="memory", name=name, province="")
    assert source is not None
    version = await open_version(store)
    kept = [entry.dataset async for entry in catalogue.entries(store) if entry.source == name]
    await write_datasets(store, source, version, kept)
    await stage_changes(store, source, version, found)
    await publish_version(store, source, version, now=at)


def changed(code: str, kind: ChangeKind = ChangeKind.CONTENT, *, title: str = "", province: str = "") -> Change:
    """A change of a dataset."""
    return Change(code=code, kind=kind, title=title or f"Bộ {code}", province=province)


@contextlib.contextmanager
def threaded_api(url: str, *entries: Any) -> Iterator[tuple[str, str]]:
    """The API over the database at ``url``, which publishes ``entries``: its address, and a key without bounds."""
    started, told = threading.Event(), dict[str, Any]()

    async def serve() -> None:
        stop = told["stop"] = asyncio.Event()
        told["loop"] = asyncio.get_running_loop()
        async with open_store(url) as store:
            await publish(store, *entries)
            await publish_changes(store, *(changed(one.code) for one in entries if isinstance(one, Dataset)))
            told["key"] = await give_key(store, units=1_000_000)
            async with running_api(store) as client:
                told["url"] = client.url
                started.set()
                await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    assert started.wait(30)
    try:
        yield told["url"], told["key"]
    finally:
        told["loop"].call_soon_threadsafe(told["stop"].set)
        thread.join()
