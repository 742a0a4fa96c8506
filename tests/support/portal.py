"""A CKAN portal of this machine with many datasets, and ways to sync it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot.core.personal import PersonalRules
from bot.store.engine import Store
from gateway.masking import load_personal_rules
from gateway.outbound_rules import Outbound, plan
from gateway.portal import Request, find_portals
from gateway.portal_client import open_client
from gateway.sync import SyncReport, sync
from gateway.syncing.order import Order
from simulator.portals.ckan.double import CkanDouble, open_ckan
from simulator.portals.ckan.shelf import Written
from tests.support.catalogue import DAY
from tests.support.rows import NOW
from tests.support.talk import DATA

AGENT = "tracuu/test (+mailto:duty@example.vn)"


def rules() -> PersonalRules:
    """The rules for personal data as they are shipped."""
    return load_personal_rules(DATA / "personal", Path("none.toml"))


def key(number: int) -> str:
    """The id of a dataset of :func:`running_portal`."""
    return f"{number:08x}-0000-4000-8000-{number:012x}"


@contextlib.asynccontextmanager
async def running_portal(datasets: int, *, tables: int = 0) -> AsyncIterator[CkanDouble]:
    """A portal with so many datasets, the first of them with a table of two rows."""
    files = [{"name": "Bảng", "table": f"xã,giá\nTịnh Khê,{n}\nTịnh Kỳ,7\n"} for n in range(tables)]
    packages = [{"title": f"Cây số {n}", "resources": files[n : n + 1]} for n in range(datasets)]
    async with open_ckan(Written(packages)) as portal:
        yield portal


def called(portal: CkanDouble) -> Outbound:
    """Rules by which it may be called."""
    return plan((), more=[portal.url.removeprefix("http://")])


def request(portal: CkanDouble) -> Request:
    """How it is read."""
    return Request(kind="ckan", name="portal", address=portal.url)


def order(portal: CkanDouble, url: str) -> Order:
    """How a process of its own is told to sync it into the database at ``url``."""
    return Order(url=url, request=request(portal), agent=AGENT, outbound=called(portal), personal="none.toml")


async def sync_portal(store: Store, portal: CkanDouble, *, days: float = 0, **choices: Any) -> SyncReport:
    """Sync it in this process, ``days`` after the fixed time."""
    async with open_client(called(portal), agent=AGENT, sleep=portal.sleep) as client:
        return await sync(
            store,
            find_portals()["ckan"],
            request(portal),
            now=NOW + days * DAY,
            client=client,
            rules=rules(),
            **choices,
        )
