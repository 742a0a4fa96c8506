"""Mistakes in an ``[[accounts]]`` table: one sentence with table, key and reason, and never the value."""

from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.store.engine import Store
from bot.store.vault import KEY_BYTES
from gateway.deployment import read_presences
from gateway.settings import load_settings

TOKEN = "7000000001:" + "x" * 35
BOT = f'[[accounts]]\nchannel = "telegram"\naccount = "main"\ntoken = "{TOKEN}"\nmode = "polling"\n'
OA = '[[accounts]]\nchannel = "zalo"\naccount = "431"\napp_id = "1087"\napp_secret = "the-app-secret"\n'
MISTAKES = {
    "missing": (OA.replace('app_id = "1087"\n', ""), "accounts[1].app_id: is missing"),
    "no text": (OA.replace('"1087"', "1087"), "accounts[1].app_id: is to be a text in quotes"),
    "another form": (OA.replace('"431"', '"main"'), "accounts[1].account: has not the form that it must have: ^[0-9]"),
    "a rule of ours": (OA + 'oa_secret = "the-app-secret"\n', "accounts[1].oa_secret: is the same as app_secret"),
    "no token": (BOT.replace(TOKEN, "the-app-secret"), "accounts[1].token: is not a token as BotFather gives it"),
    "no secret": (BOT.replace("polling", "webhook"), 'accounts[1]: mode "webhook" needs a secret'),
    "twice": (BOT + BOT, "accounts[2]: the account main of telegram is there twice"),
    "the same bot": (
        BOT + BOT.replace('"main"', '"second"'),
        "accounts[2]: is for the provider the same as account main",
    ),
    "no such channel": (BOT.replace("telegram", "Telegram"), "accounts[1].channel: Telegram is not one of kannel,"),
}


@pytest.mark.parametrize(("text", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence_without_the_value(tmp_path: Path, text: str, sentence: str):
    file = tmp_path / "tracuu.toml"
    file.write_text(text, encoding="utf-8")
    settings = load_settings(file)
    with pytest.raises(ContentError) as raised:
        read_presences(settings, Store(settings.store_url, bytes(KEY_BYTES), owner=""))
    assert str(raised.value).startswith(f"settings: {sentence}")
    assert "the-app-secret" not in str(raised.value)
    assert TOKEN not in str(raised.value)
