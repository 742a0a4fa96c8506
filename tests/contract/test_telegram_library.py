"""What python-telegram-bot may not do: be loaded without need, or say what is secret."""

import subprocess
import sys

from tests.support.canary import leaks
from tests.support.source import ROOT

QUIET = """
import asyncio, sys
from gateway.logs import set_up_logs
set_up_logs("debug")
import aiohttp, structlog
from gateway.telegram.calls import _open
from gateway.telegram.account import TelegramAccount
from gateway.channel import Wire
account = TelegramAccount(channel="telegram", account="a", mode="polling", token="7000000001:AAE-double-token-1234567",
                          api_base="http://127.0.0.1:9")
async def main():
    async with aiohttp.ClientSession() as session:
        way = _open(account, Wire(store=None, session=session, clock=lambda: None), None)
        try:
            await way.bot.send_message(5, "hoang-yen-hot")
        except Exception as error:
            structlog.get_logger().debug("send.failed", error=type(error).__name__)
asyncio.run(main())
"""


def test_at_debug_level_our_log_holds_neither_token_nor_text() -> None:
    done = subprocess.run([sys.executable, "-c", QUIET], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "NotLeftError" in done.stderr
    assert not leaks(done.stdout + done.stderr, ["AAE-double-token-1234567", "hoang-yen-hot"])


def test_the_library_is_loaded_only_when_something_is_sent() -> None:
    program = (
        "import sys, gateway.cli, gateway.app, gateway.settings, gateway.commands.serve;"
        "from bot.plugins import find_plugins; import gateway.channels; from gateway.channel import Channel;"
        "names = [c.name for c in find_plugins(gateway.channels, 'CHANNEL', Channel)];"
        "print('telegram' in names, sorted({'telegram', 'httpx', 'httpcore', 'anyio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True []"
