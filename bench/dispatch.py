"""How much CPU a message costs from its claim to its reply in the outbox, and how many a second one process handles."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.database import KEY, databases, now, opened
from bench.table import Line, Scale, missing
from bot.core.messages import Address, InboundMessage
from bot.dispatch import Dispatcher
from bot.mind import Decided, Mind
from bot.store.engine import Store
from bot.store.intake import Intake
from gateway.deployment import build_mind
from gateway.sample import ensure_sample
from gateway.settings import load_settings

PEOPLE = 200
TEXTS = {"HD": "HD", "look-up": "dan so quang ngai"}


def lines(engine: str, scale: Scale) -> Iterator[Line]:
    """A line for each kind of message on ``engine``."""
    with databases(engine) as urls:
        for name, text in TEXTS.items():
            what = f"dispatch, {engine}, {name}"
            if urls is None:
                yield missing(what, engine)
                continue
            with tempfile.TemporaryDirectory() as folder:
                rate, cpu = asyncio.run(_measure(next(urls), text, Path(folder), messages=scale.messages))
            yield Line(what=what, figure=f"{rate:.0f} messages/s, {cpu:.2f} ms CPU each (our process)")


async def _measure(url: str, text: str, folder: Path, *, messages: int) -> tuple[float, float]:
    async with opened(url) as store:
        await ensure_sample(store, now=now())
        mind = mind_over(store, folder)
        await mind.library.refresh()
        await put_in(store, messages=messages, people=PEOPLE, text=text)
        return await _handle_all(mind, messages)


def mind_over(store: Store, folder: Path) -> Mind:
    """A mind over ``store`` whose settings, and index files, lie in ``folder``."""
    file = folder / "tracuu.toml"
    file.write_text(f'[security]\nkey = "{KEY.hex()}"\n', encoding="ascii")
    return build_mind(store, load_settings(file, {}), {}, clock=now)


async def put_in(store: Store, *, messages: int, people: int, text: str, first: int = 0) -> None:
    """``messages`` from ``people`` of the web chat, in turn, numbered from ``first``."""
    intake, at = Intake(store), now()
    waiting = [
        InboundMessage(
            address=Address(channel="web", account="main", user=f"{number % people + first:032x}"),
            external_id=f"bench-{number}",
            received_at=at,
            text=text,
        )
        for number in range(first, first + messages)
    ]
    for start in range(0, messages, 500):
        await intake.accept(waiting[start : start + 500])


async def _handle_all(mind: Mind, messages: int) -> tuple[float, float]:
    """Messages a second, CPU of this process in ms a message."""
    stop, handled = asyncio.Event(), 0

    def count(_decided: Decided) -> None:
        nonlocal handled
        handled += 1
        if handled >= messages:
            stop.set()

    begun, cpu = time.perf_counter(), time.process_time()
    await Dispatcher(mind, watched=count).run(stop)
    return messages / (time.perf_counter() - begun), 1000 * (time.process_time() - cpu) / messages
