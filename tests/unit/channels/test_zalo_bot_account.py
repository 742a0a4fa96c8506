"""What is set up for a bot: nothing that anybody could guess, and closed while there is no secret."""

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.channel import Hook
from gateway.channels.zalo_bot import CHANNEL, SECRET_HEADER
from gateway.errors import BadSignatureError
from gateway.zalo_bot.account import ZaloBotAccount
from gateway.zalo_bot.client import hide_token

GOOD = {
    "channel": "zalo-bot",
    "account": "staff",
    "token": "4318000000000000001:token-of-the-sample-bot",
    "secret": "a-secret-of-the-webhook",
}


def account(**changes: Any) -> ZaloBotAccount:
    return ZaloBotAccount.model_validate({**GOOD, **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"token": "no token"}, "is not a token as Zalo gives it"),
        ({"token": "1:short"}, "is not a token as Zalo gives it"),
        ({"secret": "eight888"}, "must be 16 to 256 letters"),
        ({"secret": "with spaces and more of them"}, "must be 16 to 256 letters"),
        ({"secret": None}, "needs a secret"),
        ({"api_base": "ftp://bot-api.zaloplatforms.com"}, "api_base"),
        ({"users": 0}, "users"),
        ({"messages": 0}, "messages"),
        ({"mode": "long"}, "mode"),
        ({"bot_name": "Bot"}, "bot_name"),
    ],
)
def test_a_mistake_stops_the_start_and_no_secret_is_quoted(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as raised:
        account(**changes)
    first = raised.value.errors(include_input=False, include_url=False)[0]
    assert "sample-bot" not in str(first)


def test_the_package_is_the_free_one_and_strangers_are_not_answered_unless_said_otherwise() -> None:
    known = account()
    assert (known.allowance.users, known.allowance.messages) == (50, 3000)
    assert known.api_base == "https://bot-api.zaloplatforms.com"
    assert known.meaning().members_only
    assert not account(members_only=False).meaning().members_only
    assert known.login == account(account="other").login


@pytest.mark.parametrize("given", ["", "a-secret-of-the-webhook", "ệ\udcff"])
def test_an_account_without_a_secret_takes_no_post_at_all(given: str) -> None:
    hook = Hook(method="POST", query={}, headers={SECRET_HEADER: given}, cookies={}, body=b"{}")
    with pytest.raises(BadSignatureError):
        CHANNEL.verify(hook, account(mode="polling", secret=None))


def test_a_token_in_what_others_set_is_hidden_however_it_is_written() -> None:
    token = GOOD["token"]
    text = f"https://x.vn/{token}/a?b={token.replace(':', '%3A')}"
    assert hide_token(text, account()) == "https://x.vn/…/a?b=…"
