"""The harness itself: a channel that keeps the contract passes, and each way of breaking it is noticed."""

import hmac
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import structlog
from pydantic import ValidationError

from bot.core.delivery import DeliveryState
from bot.core.messages import Address
from gateway.channel import Parsed
from gateway.errors import BadPayloadError, BadSignatureError, RefusedError
from tests.contract import pigeon
from tests.contract.casefile import Cases
from tests.contract.checks import CHECKS
from tests.contract.harness import stand
from tests.support.engines import SQLITE_ONLY

Spoiled = dict[str, Any]


def with_parsed(spoil: Callable[[Parsed], Parsed]) -> Spoiled:
    """Everything is read, then spoiled."""
    return {"parse": lambda hook, account, now: spoil(pigeon.parse(hook, account, now))}


def with_messages(**changes: Any) -> Spoiled:
    """Every message has these fields instead."""
    return with_parsed(lambda seen: replace(seen, messages=tuple(replace(one, **changes) for one in seen.messages)))


def with_reports(**changes: Any) -> Spoiled:
    """Every report has these fields instead."""
    return with_parsed(lambda seen: replace(seen, receipts=tuple(replace(one, **changes) for one in seen.receipts)))


def with_new_ids() -> Spoiled:
    """No message is ever known again."""
    numbers = itertools.count()

    def parse(*given):
        return with_messages(external_id=str(next(numbers)))["parse"](*given)

    return {"parse": parse}


def comparing_as_text(hook, account):
    expected = hmac.digest(account.secret.encode(), hook.body, "sha256").hex()
    if not hmac.compare_digest(expected, hook.headers.get("x-ring", "")):
        raise BadSignatureError("the ring is not ours")


def not_cleaning(hook, account, now):
    seen = pigeon.parse(hook, account, now)
    return replace(seen, messages=tuple(replace(one, text=json.loads(hook.body)["text"]) for one in seen.messages))


def not_guarding(hook, account, now):
    json.loads(hook.body)
    return pigeon.parse(hook, account, now)


def swallowing(hook, account, now):
    try:
        return pigeon.parse(hook, account, now)
    except BadPayloadError:
        return Parsed()


def talkative(hook, account, now):
    structlog.get_logger().info("parsed", body=hook.body.decode(errors="replace"))
    return pigeon.parse(hook, account, now)


async def refusing(*_given):
    raise RefusedError("whatever the provider said")


async def inventing(*_given):
    return "p-0"


STRANGER = Address(channel="pigeon", account="loft", user="somebody else")
BREACHES: dict[str, tuple[str, Spoiled]] = {
    "anybody is believed": ("a forged request is refused before it is read", {"verify": lambda *_: None}),
    "a strange proof breaks it": ("a forged request is refused before it is read", {"verify": comparing_as_text}),
    "forgeries are stored": ("a forged request leaves no row", {"verify": lambda *_: None}),
    "people are mixed up": ("words become one message", with_messages(address=STRANGER)),
    "a button is lost": ("a pressed button carries its value", with_messages(choice=None)),
    "nothing is known again": ("the same message again is one row", with_new_ids()),
    "texts are replaced": ("any text arrives whole and fit for a database", with_messages(text="dân")),
    "texts are not cleaned": ("any text arrives whole and fit for a database", {"parse": not_cleaning}),
    "messages are dropped": ("any text is stored once", with_parsed(lambda _: Parsed())),
    "garbage breaks it": ("garbage is set aside and never blocks", {"parse": not_guarding}),
    "what is not understood is gone": ("what is not understood is kept in quarantine", {"parse": swallowing}),
    "reports are misread": ("every report of the provider is understood", with_reports(state=DeliveryState.READ)),
    "samples are misread": ("every sample becomes what it says", with_messages(text="?")),
    "ids are invented": ("a part that leaves has an id", {"send": inventing}),
    "every answer is a refusal": ("every answer of the provider has its meaning", {"send": refusing}),
    "every answer is a success": ("every answer of the provider has its meaning", {"send": inventing}),
    "texts are logged": ("no log holds a secret a text or a person", {"parse": talkative}),
}


@SQLITE_ONLY
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
async def test_a_channel_that_keeps_the_contract_passes(check, store):
    async with stand(pigeon.CHANNEL, pigeon.CASES, store) as prepared:
        await check(prepared)


@SQLITE_ONLY
@pytest.mark.parametrize(("check", "spoiled"), BREACHES.values(), ids=BREACHES.keys())
async def test_a_channel_that_breaks_the_contract_is_noticed(check, spoiled, store):
    async with stand(replace(pigeon.CHANNEL, **spoiled), pigeon.CASES, store) as prepared:
        with pytest.raises((Exception, pytest.fail.Exception)):
            await CHECKS[check](prepared)


@pytest.mark.parametrize(
    "change",
    [{"secret": []}, {"request": {"proof": "body"}}, {"samples": [{"id": "x", "mesages": []}]}],
    ids=["a misspelt table", "a proof that is nowhere", "a misspelt key"],
)
def test_a_table_of_cases_with_a_typing_error_fails(change):
    with pytest.raises(ValidationError):
        Cases.model_validate({**pigeon.CASES.model_dump(), **change})
