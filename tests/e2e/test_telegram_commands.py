"""``tracuu telegram`` against a Bot API: what is set, what is said, and that the token never is."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.fault import Fault
from tests.support.bots import PUBLIC_URL, SECRET, telegram_table
from tests.support.commands import tracuu, write_settings
from tests.support.serving import Serving

EPOCH = 1_779_156_000.0  # 2026-05-19 09:00 in Việt Nam
KINDS = {"message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member"}


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with running_telegram(bots=3, epoch=EPOCH) as running:
        running.front(PUBLIC_URL, "http://127.0.0.1:9")
        yield running
        assert running.violations == []


class Office:
    """An administrator at a machine with these settings."""

    def __init__(self, folder: Path, double: TelegramDouble, *tables: str, public_url: str = PUBLIC_URL) -> None:
        settings = "".join(tables)
        service = f'[service]\npublic_url = "{public_url}"\nlexicon = "none.toml"\n'
        self._service = Serving(folder=folder, store_url="sqlite:///tracuu.db", settings=f"{service}{settings}")
        self._tokens = [bot.token for bot in double.bots]
        write_settings(self._service)

    async def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Type a command; whatever it says holds no secret."""
        done = await asyncio.to_thread(tracuu, self._service, *words)
        said = done.stdout + done.stderr
        assert not any(token in said for token in (*self._tokens, SECRET))
        return done

    async def json(self, *words: str) -> list[dict[str, object]]:
        done = await self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        found: list[dict[str, object]] = json.loads(done.stdout)
        return found


async def test_a_webhook_is_set_looked_at_and_deleted(double: TelegramDouble, tmp_path: Path):
    office = Office(tmp_path, double, telegram_table(double))
    await double.say(double.person(), "dân số")
    (before,) = await office.json("telegram", "info")
    assert (before["url"], before["ours"], before["pending"]) == ("", False, 1)
    assert "set-webhook main" in str(before["advice"])

    done = await office.run("telegram", "set-webhook")
    assert done.returncode == 0, done.stderr
    webhook = double.mailbox().webhook
    assert webhook is not None
    assert (webhook.url, webhook.secret) == (f"{PUBLIC_URL}/hooks/telegram/main", SECRET)
    assert double.mailbox().allowed == KINDS
    assert double.pending == 1, "what people wrote before is not thrown away"

    await double.wait_for(lambda: bool(webhook.error))
    (info,) = await office.json("telegram", "info", "main")
    assert (info["url"], info["ours"], info["pending"], info["advice"]) == (webhook.url, True, 1, None)
    assert info["bot"] == f"@{double.bot.username}"
    assert info["can_read_all_group_messages"] is False
    assert info["last_error"] == "Connection refused"
    at = datetime.fromisoformat(str(info["last_error_at"]))
    assert at.utcoffset() is not None
    assert (at.day, at.month, at.hour) == (19, 5, 9)

    shown = (await office.run("telegram", "info")).stdout
    assert f"url: {webhook.url}" in shown
    assert "ours: yes" in shown
    assert "2026-05-19T09:" in shown

    done = await office.run("telegram", "delete-webhook")
    assert done.returncode == 0, done.stderr
    assert double.mailbox().webhook is None
    assert double.pending == 1


async def test_a_webhook_of_somebody_else_is_named_and_its_token_hidden(double: TelegramDouble, tmp_path: Path):
    office = Office(tmp_path, double, telegram_table(double))
    double.hook(f"https://tracuu.example/another/{double.bot.token}")
    (info,) = await office.json("telegram", "info")
    assert (info["url"], info["ours"]) == ("https://tracuu.example/another/…", False)
    assert "leads elsewhere" in str(info["advice"])


async def test_several_bots_are_set_together_and_deleted_one_by_one(double: TelegramDouble, tmp_path: Path):
    one, two, three = double.bots
    tables = (telegram_table(double, bot=one, name="one"), telegram_table(double, bot=two, name="two"))
    office = Office(tmp_path, double, *tables, telegram_table(double, bot=three, name="asks", mode="polling"))
    assert [done["account"] for done in await office.json("telegram", "set-webhook")] == ["one", "two"]
    assert [done["account"] for done in await office.json("telegram", "info")] == ["one", "two", "asks"]
    done = await office.run("telegram", "delete-webhook")
    assert done.returncode == 2
    assert "one, two" in done.stderr
    assert (await office.run("telegram", "delete-webhook", "two")).returncode == 0
    assert double.mailbox(one).webhook is not None
    assert double.mailbox(two).webhook is None


async def test_an_account_that_fetches_gets_no_webhook(double: TelegramDouble, tmp_path: Path):
    office = Office(tmp_path, double, telegram_table(double, mode="polling"))
    done = await office.run("telegram", "set-webhook")
    assert done.returncode == 2
    assert 'mode = "polling"' in done.stderr
    double.hook("http://127.0.0.1:9/x")
    (info,) = await office.json("telegram", "info")
    assert info["advice"] == "a webhook is set: tracuu telegram delete-webhook main"


ADDRESSES = [
    ("", "https"),
    ("http://tracuu.example", "https"),
    ("https://tracuu.example:8444", "443, 80, 88, 8443"),
    ("https://", "https"),
]


@pytest.mark.parametrize(("public_url", "words"), ADDRESSES, ids=["none", "no https", "another port", "no host"])
async def test_where_telegram_would_not_post_no_webhook_is_set(
    double: TelegramDouble, tmp_path: Path, public_url: str, words: str
):
    done = await Office(tmp_path, double, telegram_table(double), public_url=public_url).run("telegram", "set-webhook")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "service.public_url" in done.stderr
    assert words in done.stderr
    assert double.calls == []


@pytest.mark.parametrize("command", ["set-webhook", "delete-webhook", "info"])
async def test_without_a_bot_it_is_said_what_to_put_in_the_settings(
    double: TelegramDouble, tmp_path: Path, command: str
):
    done = await Office(tmp_path, double).run("telegram", command)
    assert done.returncode == 2
    assert 'channel = "telegram"' in done.stderr
    assert "docs/channels/telegram.md" in done.stderr


async def test_an_account_that_does_not_exist_is_answered_with_those_that_do(double: TelegramDouble, tmp_path: Path):
    done = await Office(tmp_path, double, telegram_table(double)).run("telegram", "info", "mian")
    assert (done.returncode, done.stderr.strip()) == (2, "tracuu: command line: ACCOUNT: mian is not one of main")


async def test_trouble_of_telegram_is_one_sentence(double: TelegramDouble, tmp_path: Path):
    one, two, _three = double.bots
    tables = (telegram_table(double, bot=one, name="one"), telegram_table(double, bot=two, name="two"))
    double.plan(Fault(method="getMe", status=502))
    done = await Office(tmp_path, double, *tables).run("telegram", "info", "--json")
    assert done.returncode == 1
    assert done.stderr.strip() == "tracuu: Telegram has trouble of its own (HTTP 502)"
    assert [info["account"] for info in json.loads(done.stdout)] == ["two"], "the other one is shown all the same"


async def test_a_token_that_was_revoked_is_one_sentence(double: TelegramDouble, tmp_path: Path):
    table = telegram_table(double).replace(double.bot.token, "7000000009:AAE-a-token-that-was-revoked")
    done = await Office(tmp_path, double, table).run("telegram", "info")
    assert done.returncode == 1
    assert "does not know the token of main" in done.stderr
    assert "7000000009" not in done.stderr
    assert {refusal.rule for refusal in double.violations} == {"T2"}
    double.violations.clear()


async def test_doctor_names_the_state_of_the_webhook(double: TelegramDouble, tmp_path: Path):
    office = Office(tmp_path, double, telegram_table(double))
    assert "set-webhook main" in (await office.run("doctor")).stdout
    await office.run("telegram", "set-webhook")
    line = next(line for line in (await office.run("doctor")).stdout.splitlines() if "telegram/main" in line)
    assert line.startswith("✓")
    assert "posts here" in line
