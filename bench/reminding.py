"""One look at the duties of five provinces: ``python -m bench.reminding [--quick]``.

5 profiles × 200 agencies × 40 catalogue items (40,000), an officer for each agency, bound on the web chat; a quarter of
the items are monthly, a third quarterly, the others yearly or half-yearly. Each look is made by a process of its own,
as the service does it, and is measured whole: reading, planning, wording, writing. The first look of an installation
tells everybody of everything that is open; the second, minutes later, nobody; the third is the next morning.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bench.conditions import conditions
from bench.database import ENGINES, KEY, databases, now, opened
from bench.table import Line, missing, show, show_head
from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueWording
from bot.core.items import CatalogueItem, Decision
from bot.core.local_time import VIETNAM
from bot.core.messages import Address
from bot.rulebook import load_rulebook
from bot.store.confirmations import confirm
from bot.store.engine import Store
from bot.store.items import save_annex
from bot.store.tables import agencies, conversations, members, officers, posts
from bot.store.transaction import Transaction
from gateway.deployment import DATA
from gateway.reminding.__main__ import sort_rarely
from gateway.reminding.desk import look
from gateway.settings import Settings

VALID = date(2026, 7, 2)
"""Since when the items bind, as those of the newest decision do; nothing was ever reported."""
LOOKS = ("2026-11-13T08:00", "2026-11-13T08:05", "2026-11-16T08:00")
_CYCLES = (
    *(UpdateCycle.MONTHLY,) * 3,
    *(UpdateCycle.QUARTERLY,) * 4,
    UpdateCycle.ANNUAL_2,
    *(UpdateCycle.ANNUAL,) * 4,
)
_DUE = DueWording(anchor=DueAnchor.PERIOD_END, offset_days=15, printed="15 ngày")
_BAR_SECONDS, _BAR_MEGABYTES = 10.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many agencies each profile binds, and how many items each agency has."""

    agencies: int
    items: int


WHOLE, QUICK = Size(agencies=200, items=40), Size(agencies=4, items=5)


async def fill(url: str, size: Size) -> None:
    """Record everybody and everything."""
    rules = load_rulebook(DATA).rule_sets
    async with opened(url) as store:
        for profile, one in rules.items():
            names = [f"Sở {number} {one.name}" for number in range(size.agencies)]
            await store.write(
                lambda connection, names=names, profile=profile: _employ(connection, store, names, profile)
            )
            await save_annex(
                store,
                Decision(number="1/QĐ", signed_on=VALID, province=profile, valid_from=VALID),
                [_item(profile, name, number) for name in names for number in range(size.items)],
                file="bench",
                now=now(),
            )
            await confirm(store, one, by="bench", signed_on=date(2026, 7, 1), basis="bench", now=now())


async def _employ(connection: Transaction, store: Store, names: list[str], profile: str) -> None:
    for name in names:
        row = {"province": profile, "key": name.lower(), "name": name, "kind": "department", "rule_set": profile}
        made = insert(agencies).values(**row, applied_by="QĐ 1", aliases=[], imported_at=now())
        agency = await connection.scalar(made.returning(agencies.c.id))
        officer = await connection.scalar(
            insert(officers).values(name=f"Đầu mối {name}", imported_at=now()).returning(officers.c.id)
        )
        await connection.execute(insert(posts).values(officer_id=officer, agency_id=agency, role="officer", unit=""))
        address = Address(channel="web", account="main", user=f"officer-{officer}")
        person = store.vault.person(address)
        where = {"person": person, "channel": "web", "account": "main"}
        talk = {"state": "", "data": {}, "choices": [], "language": "vi", "version": 0, "mail_count": 0}
        await connection.execute(
            insert(conversations).values(**where, **talk, sealed=store.vault.seal(address, person))
        )
        bound = {"name": name, "role": "officer", "bound_at": now(), "officer_id": officer}
        await connection.execute(insert(members).values(**where, **bound))


def _item(profile: str, owner: str, number: int) -> CatalogueItem:
    code = f"{owner}-{number}"
    return CatalogueItem(
        code=code,
        lineage=code,
        title=f"Danh mục dữ liệu số {number} của {owner}",
        province=profile,
        owner=owner,
        cycle=Cycle(code=_CYCLES[number % len(_CYCLES)]),
        due=_DUE,
    )


async def look_once(url: str, moment: str, folder: Path) -> dict[str, Any]:
    """One look at ``moment``: its seconds, and what the process has cost with its start."""
    at = datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)
    settings = Settings(store={"url": url}, security={"key": KEY.hex()}, folder=folder)
    sort_rarely()
    begun = time.perf_counter()
    store = Store(url, KEY, owner="bench")
    await store.open()
    try:
        looked = await look(settings, store, clock=lambda: at)
    finally:
        await store.close()
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time(),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "planned": looked.plan.planned,
        "messages": len(looked.said),
    }


def lines(engine: str, size: Size) -> Iterator[Line]:
    """The looks at a database of ``engine``, one after the other."""
    with databases(engine) as urls:
        if urls is None:
            yield missing(f"looks, {engine}", "PostgreSQL")
            return
        url = next(urls)
        asyncio.run(fill(url, size))
        for moment in LOOKS:
            command = [sys.executable, "-m", "bench.reminding", "--look", url, moment]
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            within = told["seconds"] <= _BAR_SECONDS and told["megabytes"] <= _BAR_MEGABYTES
            yield Line(
                what=f"{engine}, {moment}: {told['messages']} messages on {told['planned']} duties",
                figure=f"{told['seconds']:.1f} s, {told['cpu']:.1f} s CPU with the start, {told['megabytes']:.0f} MB",
                bar=f"{_BAR_SECONDS:.0f} s, {_BAR_MEGABYTES:.0f} MB",
                met=within,
            )


def main() -> None:
    """Measure and print, or be one look."""
    if "--look" in sys.argv:
        url, moment = sys.argv[-2:]
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(asyncio.run(look_once(url, moment, Path(folder)))))
        return
    size = QUICK if "--quick" in sys.argv[1:] else WHOLE
    show_head(conditions())
    for engine in ENGINES:
        for line in lines(engine, size):
            show(line)


if __name__ == "__main__":
    main()
