"""How a table of cases becomes a source that can be read: the files of a folder, or the double of a portal.

A double is plugged in by ``double = "x"`` in ``portal_cases/<module>.toml``. The package ``simulator.portals.x`` then has
``open_double(case)``: an asynchronous context manager that opens a portal filled from the table, on a free port, and
yields an object with

* ``url`` – its address; ``{url}`` in the ``address`` of the case stands for it (``address = "{url}/data.json"``);
* ``sleep(seconds)`` – passes that much of the portal's own time; the client pauses with it, so that no test waits;
* ``change(key, **fields)`` – edits one dataset, or adds it, as its publisher would;
* ``withdraw(key)`` – takes one away;
* ``fault(name, times=, after=)`` – after ``after`` more requests that go well, the next ``times`` go wrong: the names of
  :mod:`simulator.portals.fault`, and whatever else this kind of portal may do; ``recover()`` – all goes well again;
* ``offences`` – the rules that callers broke (:class:`simulator.portals.manners.Offence`); every test ends with none.
"""

import contextlib
import importlib
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.outbound_rules import plan
from gateway.portal import Client, Entry, Offline, Portal, Progress, Request, read_source, silent
from gateway.portal_client import Patience, open_client
from tests.support.catalogue import write_files

CASES = Path(__file__).parent / "portal_cases"
AGENT = "tracuu/0 (+mailto:dulieumo@example.vn)"
PATIENCE = Patience(connect=2, silence=0.05, whole=5)
"""Short, for portals that stall on this machine."""

Case = dict[str, Any]


def load_case(module: str) -> Case:
    """The table of the portal in ``gateway/portals/<module>.py``."""
    return tomllib.loads((CASES / f"{module}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source that can be read. ``double`` is None where it is made of files in ``folder``."""

    case: Case
    folder: Path
    client: Client
    double: Any = None

    def request(self, *, mark: str = "", **identity: str) -> tuple[Portal, Request]:
        """The portal and the request for the address of the case."""
        address = self.case["address"].replace("{url}", self.double.url if self.double else "")
        portal, request = read_source(f"{self.case['kind']}:{address}", folder=self.folder, **identity)
        return portal, Request(**{**_fields(request), "mark": mark})

    async def read(self, progress: Progress = silent, *, mark: str = "", **identity: str) -> list[Entry]:
        """Every entry of one reading."""
        portal, request = self.request(mark=mark, **identity)
        return [entry async for entry in portal.fetch(request, self.client, progress)]


@contextlib.asynccontextmanager
async def open_source(case: Case, folder: Path) -> AsyncIterator[Source]:
    """The source of ``case``. At the end, no rule of its portal may have been broken."""
    write_files(folder, case.get("files", {}))
    if "double" not in case:
        yield Source(case=case, folder=folder, client=Offline())
        return
    double = importlib.import_module(f"simulator.portals.{case['double']}")
    async with (
        double.open_double(case) as opened,
        open_client(plan([], sources=[opened.url]), agent=AGENT, sleep=opened.sleep, patience=PATIENCE) as client,
    ):
        yield Source(case=case, folder=folder, client=client, double=opened)
        assert not opened.offences


def _fields(request: Request) -> dict[str, str]:
    return {name: getattr(request, name) for name in ("kind", "address", "name", "province")}
