"""``tracuu simulate``: every channel on one page, played against this service with doubles of the providers.

Nothing leaves this machine: the accounts are the doubles' own, and those of a settings file are never used.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.core.errors import ContentError
from bot.core.members import DAYS, Role, make_invitation_code
from bot.store import tokens
from bot.store.engine import Store
from bot.store.members import Guest, invite
from gateway.database import open_store
from gateway.settings import PREFIX, load_settings
from gateway.site import open_site
from gateway.terminal import Terminal, now, run, say

if TYPE_CHECKING:
    from simulator.stage.stage import Stage

MARK = ".simulate"
"""The file that says that a folder is the simulator's and may be emptied."""
SETTINGS, LOG = "tracuu.toml", "service.log"
HOST = "127.0.0.1"
_TOKEN_LIFE = timedelta(hours=25)
INVITED = 12
"""Officers who are invited to the bot; whoever comes later stays a stranger."""
_FIRST = ("sms", "zalo", "telegram", "zalo_bot")
"""The lines on which there is a phone at the start."""


def add_commands(app: typer.Typer) -> None:
    """Add ``simulate`` to ``app``."""
    app.command("simulate", help="Play every channel on one page, without any account or Internet.")(simulate)


def simulate(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 = any free one.")] = 8090,
    service_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the service; 0 = any free one.")] = 0,
    folder: Annotated[Path, typer.Option(help="Where its data lie; emptied at every start.")] = Path("var/simulate"),
) -> None:
    """Start doubles of the providers, the service before them, and the page; end it all with Ctrl-C."""
    terminal: Terminal = context.obj
    if terminal.config is not None:
        reason = "is not taken: the simulator makes its own accounts, so that nothing can reach a real provider"
        raise ContentError("command line", "--config", reason)
    with _own(folder):
        run(_simulate(folder.resolve(), port=port, service_port=service_port or _free_port()))


async def _simulate(folder: Path, *, port: int, service_port: int) -> None:
    from simulator.stage.child import Child  # noqa: PLC0415 – no other command pays for loading the doubles
    from simulator.stage.page import make_page  # noqa: PLC0415 – as above
    from simulator.stage.stage import open_stage  # noqa: PLC0415 – as above

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_stage(f"http://{HOST}:{service_port}") as stage:
        settings = folder / SETTINGS
        _write(settings, _settings(stage))
        await _prepare(stage, settings)
        stage.child = Child(
            command=[*_program(), "--config", str(settings), "serve", "--host", HOST, "--port", str(service_port)],
            environ=_environment(),
            log=folder / LOG,
            mourn=lambda code: say(f"tracuu simulate: the service ended by itself (code {code}), see {folder / LOG}"),
        )
        for line in _FIRST:
            if line in stage.lines:
                stage.add(line, "")
        async with open_site(make_page(stage), host=HOST, port=port) as url:
            starting = asyncio.create_task(stage.start())
            say(f"tracuu simulate: {url}")
            await stop.wait()
            say("tracuu simulate: ending the service and the doubles …")
            starting.cancel()


@contextlib.contextmanager
def _own(folder: Path) -> Iterator[None]:
    """An empty ``folder`` that nobody else uses meanwhile. Raises ContentError for one that holds something else."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark = folder / MARK
    if not mark.exists() and any(folder.iterdir()):
        raise ContentError("command line", "--folder", f"{folder} holds something else, and would be emptied")
    with mark.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ContentError("command line", "--folder", f"another simulator uses {folder}") from None
        for found in folder.iterdir():
            if found != mark:
                shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()
        yield


def _settings(stage: "Stage") -> str:
    """The settings file of the service: the accounts of every line, and nothing of anybody else's."""
    tables: list[Mapping[str, Any]] = [line.account() for line in stage.lines.values()]
    head = f'# Written by "tracuu simulate", anew at every start.\n[store]\nurl = {_toml("sqlite:///data.db")}\n'
    return head + "".join(
        "\n[[accounts]]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in table.items()) for table in tables
    )


def _toml(value: object) -> str:
    """Texts, whole numbers, flags and lists of them are written the same in TOML as in JSON."""
    return json.dumps(value)


def _write(file: Path, text: str) -> None:
    """As only we may read it: there are tokens in it, though they open nothing."""
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


async def _prepare(stage: "Stage", settings: Path) -> None:
    """Do what an operator does by commands: log in to the Official Account, invite people to the bot."""
    from simulator.stage.lines.zalo import ZaloLine  # noqa: PLC0415 – no other command pays for loading the doubles
    from simulator.stage.lines.zalo_bot import ZaloBotLine  # noqa: PLC0415 – as above

    async with open_store(load_settings(settings, environ={}), clock=now) as store:
        for line in stage.lines.values():
            if isinstance(line, ZaloLine):
                await _log_in(store, str(line.account()["account"]), *line.tokens)
            elif isinstance(line, ZaloBotLine):
                line.invitations = [await _invite(store, number) for number in range(1, INVITED + 1)]


async def _log_in(store: Store, account: str, access: str, refresh: str) -> None:
    """As ``tracuu zalo login`` does."""
    pair, moment = tokens.Pair(access=access, refresh=refresh), now()
    place = tokens.Place(channel="zalo", account=account)
    await tokens.put(store, place, pair, now=moment, expires_at=moment + _TOKEN_LIFE)


async def _invite(store: Store, number: int) -> str:
    """The code of an invitation for one more officer."""
    code, moment = make_invitation_code(secrets.token_hex(16)), now()
    guest = Guest(name=f"Cán bộ {number:02}", role=Role.OFFICER)
    await invite(store, guest, code, now=moment, expires_at=moment + timedelta(days=DAYS))
    return code


def _program() -> list[str]:
    return [sys.executable, "-m", "gateway"]


def _environment() -> dict[str, str]:
    """Ours without settings: a variable that names a real database must not reach the service that is played with."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


def _free_port() -> int:
    """A port that stays the service's when it is started again."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
