"""What every command needs: settings, clock, store, and a way to print one JSON document."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import typer

from bot.core.errors import ContentError
from bot.core.local_time import VIETNAM
from bot.store.engine import Store
from gateway.database import open_store
from gateway.logs import set_up_logs
from gateway.settings import Settings, load_settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """One run of ``tracuu``. ``config`` is the settings file, None = ``tracuu.toml`` here if there is one."""

    config: Path | None = None

    def settings(self) -> Settings:
        """The settings, with logging set up by them. Raises ContentError."""
        settings = load_settings(self.config)
        set_up_logs(settings.service.log)
        return settings

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """The opened store, with this program's schema."""
        async with open_store(self.settings(), clock=now) as store:
            yield store


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine of a command to its end."""
    return asyncio.run(work)


def now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


def set_clock(moment: str | None) -> "Clock":
    """The clock of ``--now``: starts at ``moment`` (ISO; without an offset it is Vietnam's) and runs on.

    Raises ContentError when ``moment`` is no date and time.
    """
    if moment is None:
        return Clock(timedelta(0))
    try:
        start = datetime.fromisoformat(moment)
    except ValueError as error:
        raise ContentError("command line", "--now", f"{moment} is not a date and time like 2026-11-16T09:00") from error
    if start.tzinfo is None:
        start = start.replace(tzinfo=VIETNAM)
    return Clock(start - now())


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time, shifted."""

    shift: timedelta

    def __call__(self) -> datetime:
        """The shifted time in UTC."""
        return (now() + self.shift).astimezone(UTC)


def print_json(document: object) -> None:
    """One JSON document on one line of stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say(line: str) -> None:
    """A line for a person, on stderr."""
    typer.echo(line, err=True)


def lines_of(text: str | None, batch: Path | None) -> list[str]:
    """The messages of a command: its one argument, or the lines of ``--batch`` (- = standard input).

    Raises ContentError when neither or both are given, or the file cannot be read.
    """
    if (text is None) == (batch is None):
        raise ContentError("command line", "TEXT", "give either a text or --batch FILE")
    if batch is None:
        return [text or ""]
    try:
        content = sys.stdin.read() if str(batch) == "-" else batch.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(str(batch), "--batch", "cannot be read as UTF-8 text") from error
    return content.splitlines()
