"""A made-up provider with everything that real ones have: signed bodies, buttons, reports and an HTTP interface.

It keeps the whole contract, so a variant that is broken in one way shows whether the harness notices.
"""

import hmac
import json
from datetime import datetime
from typing import Any

import aiohttp

from bot.core.delivery import DeliveryState
from bot.core.messages import Address, InboundMessage, Receipt
from bot.core.text import clean
from gateway.channel import AccountSettings, Capabilities, Channel, Hook, Parsed, Part, Wire
from gateway.errors import (
    BadPayloadError,
    BadSignatureError,
    MisconfiguredError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
    UnreachableError,
)
from tests.contract.casefile import Cases

SECRET = "geheimnis-4711"  # noqa: S105 – it opens nothing
STATES = {"arrived": DeliveryState.DELIVERED, "lost": DeliveryState.FAILED}


class PigeonAccount(AccountSettings):
    """One loft."""

    secret: str
    api_base: str


def verify(hook: Hook, account: PigeonAccount) -> None:
    """Check the ring on the pigeon's leg."""
    expected = hmac.digest(account.secret.encode(), hook.body, "sha256").hex()
    if not hmac.compare_digest(expected.encode(), hook.headers.get("x-ring", "").encode()):
        raise BadSignatureError("the ring is not ours")


def parse(hook: Hook, account: PigeonAccount, now: datetime) -> Parsed:
    """Read the letter."""
    try:
        letter: dict[str, Any] = json.loads(hook.body)
        if "report" in letter:
            return Parsed(receipts=(_receipt(letter, account, now),))
        return Parsed(messages=(_message(letter, account, now),))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadPayloadError(f"not a letter ({type(error).__name__})") from error


def _message(letter: dict[str, Any], account: PigeonAccount, now: datetime) -> InboundMessage:
    return InboundMessage(
        address=Address(channel="pigeon", account=account.account, user=letter["from"]),
        external_id=letter["id"],
        text=clean(letter.get("text", "")),
        choice=letter.get("choice"),
        received_at=now,
    )


def _receipt(letter: dict[str, Any], account: PigeonAccount, now: datetime) -> Receipt:
    state = STATES[letter["state"]]
    return Receipt(channel="pigeon", account=account.account, provider_id=letter["report"], state=state, at=now)


async def send(part: Part, to: Address, key: str, account: PigeonAccount, wire: Wire) -> str:
    """Let a pigeon fly."""
    letter = {"to": to.user, "text": part.text, "key": key}
    try:
        async with wire.session.post(account.api_base, json=letter, allow_redirects=False) as response:
            _raise_for(response)
            return str((await response.json(content_type=None))["id"])
    except aiohttp.ClientConnectorError as error:
        raise UnreachableError("no loft") from error
    except TimeoutError as error:
        raise OutcomeUnknownError("no answer") from error


def _raise_for(response: aiohttp.ClientResponse) -> None:
    if response.status == 429:
        raise ThrottledError("too many", after=float(response.headers["retry-after"]))
    if response.status >= 500:
        raise UnreachableError("trouble")
    if response.status == 401:
        raise MisconfiguredError("wrong secret")
    if response.status >= 300:
        raise RefusedError("refused")


CHANNEL: Channel[PigeonAccount] = Channel(
    name="pigeon",
    capabilities=Capabilities(limit=1000, pages=2, buttons=True, receipts=True),
    settings=PigeonAccount,
    verify=verify,
    parse=parse,
    send=send,
    peers=lambda account: (account.api_base,),
)

CASES = Cases.model_validate(
    {
        "secrets": [SECRET],
        "account": {"channel": "pigeon", "account": "loft", "secret": SECRET, "api_base": "http://127.0.0.1:1"},
        "request": {
            "headers": {"content-type": "application/json"},
            "proof": "headers.x-ring",
            "sign": {"digest": "hmac-sha256", "key": SECRET, "over": "<body>"},
        },
        "message": {"user": "84900731313", "body": '{"id": <id>, "from": <user>, "text": <text>}'},
        "lacks": {
            "attachment": "a pigeon carries one letter",
            "sticker": "a pigeon carries one letter",
            "join": "the loft keeps no list",
            "leave": "the loft keeps no list",
            "opted_out": "a pigeon is always let in",
        },
        "choice": {"body": '{"id": <id>, "from": <user>, "choice": <choice>}'},
        "receipt": {
            "body": '{"report": <provider_id>, "state": <state>}',
            "states": {"arrived": "DELIVERED", "lost": "FAILED"},
        },
        "samples": [{"id": "a feather", "body": '{"id": "f", "from": "x"}', "messages": [{"user": "x", "text": ""}]}],
        "unreadable": [{"id": "no sender", "body": '{"id": "f"}'}],
        "double": {
            "setting": "api_base",
            "sent": {"body": '{"id": "p-1"}', "provider_id": "p-1"},
            "faults": [
                {
                    "id": "too many",
                    "status": 429,
                    "headers": {"retry-after": "3"},
                    "error": "ThrottledError",
                    "after": 3.0,
                },
                {"id": "trouble", "status": 502, "error": "UnreachableError"},
                {"id": "refused", "status": 400, "error": "RefusedError"},
                {"id": "wrong secret", "status": 401, "error": "MisconfiguredError"},
                {"id": "no answer", "hang": True, "error": "OutcomeUnknownError"},
            ],
        },
    }
)
