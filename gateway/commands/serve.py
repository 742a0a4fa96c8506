"""``tracuu serve``."""

import asyncio
import contextlib
import signal
import sys
from typing import Annotated

import typer

from gateway.app import STOP_SECONDS, Role, serve
from gateway.settings import Settings
from gateway.terminal import Terminal, now, run, say

SWITCH_SECONDS = 0.001
"""How long a thread that computes may keep the interpreter from the event loop; Python's own choice is 5 ms."""


def add_commands(app: typer.Typer) -> None:
    """Add ``serve`` to ``app``."""
    app.command("serve", help="Run the service.")(serve_command)


def serve_command(
    context: typer.Context,
    role: Annotated[
        list[Role] | None, typer.Option(help="What this process does; repeat for several. Default: all.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 = any free one.")] = None,
) -> None:
    """Run the service until it is told to stop (Ctrl-C, SIGTERM)."""
    terminal: Terminal = context.obj
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = terminal.settings()
    settings = settings.model_copy(update={"service": settings.service.model_copy(update=changes)})
    sys.setswitchinterval(SWITCH_SECONDS)
    run(_serve(settings, role or list(Role)))


async def _serve(settings: Settings, roles: list[Role]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    started = asyncio.Event()

    def announce(url: str) -> None:
        started.set()
        say(f"tracuu: {url}" if url else "tracuu: ready")

    service = asyncio.create_task(serve(settings, roles=set(roles), clock=now, stop=stop, announce=announce))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([service, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if stop.is_set() and not started.is_set():
        service.cancel()  # it may be waiting for an older process, and has promised nobody anything
    with contextlib.suppress(TimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(service, STOP_SECONDS)
