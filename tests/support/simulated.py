"""``tracuu simulate`` as a process of its own, and its page as somebody plays with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from playwright.async_api import Locator, Page

STOP_SECONDS = 20.0
_ROOT = Path(__file__).parents[2]


@dataclass(kw_only=True)
class Simulated:
    """A running simulator at ``url``; its data lie in ``folder``."""

    folder: Path
    process: subprocess.Popen[str]
    url: str

    def end(self) -> int:
        """Press Ctrl-C; the exit code. Raises TimeoutExpired when it does not end in time."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS)


def simulate_command(*words: str) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "gateway", "simulate", *words]


@contextmanager
def running_simulator(folder: Path) -> Iterator[Simulated]:
    """The command on free ports, as long as the block lasts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACUU_")}
    process = subprocess.Popen(
        simulate_command("--port", "0", "--folder", str(folder)),
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, "PYTHONPATH": str(_ROOT)},
    )
    try:
        yield Simulated(folder=folder, process=process, url=_announced(process.stderr))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)
        if process.stderr is not None:
            process.stderr.close()


def _announced(said: IO[str] | None) -> str:
    line = said.readline() if said else ""
    if not line.startswith("tracuu simulate: http"):
        raise AssertionError(f"the simulator did not start: {line}{said.read() if said else ''}")
    return line.split()[-1]


async def open_stage(page: Page, url: str) -> Page:
    """The page with the service running."""
    await page.goto(url)
    await page.locator('#service[data-state="running"]').wait_for()
    return page


async def add_phone(page: Page, line: str, name: str) -> Locator:
    """One more phone on ``line`` (as the page calls it), for somebody called ``name``."""
    await page.locator("#add-line").select_option(label=line)
    await page.locator("#add-name").fill(name)
    await page.locator("#adder button").click()
    added = phone_of(page, name)
    await added.wait_for()
    return added


def phone_of(page: Page, name: str) -> Locator:
    """The phone of ``name``."""
    return page.get_by_role("region", name=name, exact=True)


async def write(phone: Locator, text: str) -> None:
    """Type ``text`` on ``phone`` and press Enter."""
    await phone.get_by_role("textbox").fill(text)
    await phone.get_by_role("textbox").press("Enter")


def answers(phone: Locator) -> Locator:
    """The messages of the service on ``phone``."""
    return phone.locator(".theirs")


def last(phone: Locator) -> Locator:
    """The newest of them."""
    return answers(phone).last


def card(page: Page, line: str) -> Locator:
    """The panel of the provider of ``line``, by its name in the API."""
    return page.locator(f'.card[data-line="{line}"]')
