"""``tracuu zalo-bot`` and ``tracuu people``: what is set, what is used, who is invited; the token is never said."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.answer_code import is_code
from simulator.zalo_bot.double import ZaloBotDouble, running_zalo_bot
from simulator.zalo_bot.fault import Fault
from tests.support.commands import tracuu, write_settings
from tests.support.serving import Serving
from tests.support.zalo_bots import PUBLIC_URL, SECRET, zalo_bot_table


@pytest.fixture
async def double() -> AsyncIterator[ZaloBotDouble]:
    async with running_zalo_bot() as running:
        running.front(PUBLIC_URL, "http://127.0.0.1:9")
        yield running
        assert running.violations == []


class Office:
    """An administrator at a machine with one bot."""

    def __init__(self, folder: Path, double: ZaloBotDouble) -> None:
        service = f'[service]\npublic_url = "{PUBLIC_URL}"\nlexicon = "none.toml"\n'
        settings = f"{service}{zalo_bot_table(double, more='messages = 100')}"
        self._service = Serving(folder=folder, store_url="sqlite:///tracuu.db", settings=settings)
        self._token = double.bot.token
        write_settings(self._service)

    async def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Type a command; whatever it says holds no secret."""
        done = await asyncio.to_thread(tracuu, self._service, *words)
        assert not any(secret in done.stdout + done.stderr for secret in (self._token, SECRET))
        return done

    async def json(self, *words: str) -> Any:
        done = await self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


async def test_a_webhook_is_set_looked_at_and_deleted(double: ZaloBotDouble, tmp_path: Path):
    office = Office(tmp_path, double)
    (done,) = await office.json("zalo-bot", "set-webhook")
    assert double.bot.webhook is not None
    assert (double.bot.webhook.url, double.bot.webhook.secret) == (f"{PUBLIC_URL}/hooks/zalo-bot/staff", SECRET)
    assert done == {"account": "staff", "url": double.bot.webhook.url, "verification": None}

    (info,) = await office.json("zalo-bot", "info", "staff")
    assert (info["url"], info["ours"], info["advice"]) == (double.bot.webhook.url, True, None)
    assert (info["bot"], info["package"]) == (double.bot.name, "BASIC")
    assert (info["received"], info["sent"], info["messages"], info["people"], info["places"]) == (0, 0, 100, 0, 50)

    assert await office.json("zalo-bot", "delete-webhook") == [{"account": "staff", "url": ""}]
    assert double.bot.webhook is None
    double.plan(Fault(method="getMe", code=401))
    refused = await office.run("zalo-bot", "info")
    assert refused.returncode == 1
    assert "does not know the token of staff" in refused.stderr
    assert (await office.run("zalo-bot", "info", "other")).returncode == 2


async def test_somebody_is_invited_by_a_code_that_is_shown_once(double: ZaloBotDouble, tmp_path: Path):
    office = Office(tmp_path, double)
    invited = await office.json("people", "invite", "Lê An", "--role", "staff", "--account", "zalo-bot/staff")
    assert is_code(invited["code"])
    assert (invited["name"], invited["role"], invited["channel"], invited["account"]) == (
        "Lê An",
        "staff",
        "zalo-bot",
        "staff",
    )
    shown = await office.json("people", "list")
    assert (invited.pop("agencies"), len(invited.pop("code"))) == ([], 9)
    assert (shown["members"], shown["invitations"]) == ([], [invited])
    assert (await office.run("people", "invite", "Lê An", "--account", "zalo-bot/other")).returncode == 2
    assert (await office.run("people", "unbind", "7")).returncode == 1
