"""The harness itself: a channel that keeps the contract passes, and each way of breaking it is noticed."""

import contextlib
import hmac
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
import structlog
from pydantic import ValidationError

from bot.core.delivery import DeliveryState
from bot.core.messages import Address
from gateway.channel import Parsed
from gateway.errors import BadPayloadError, BadSignatureError, RefusedError, ThrottledError
from tests.contract import pigeon
from tests.contract.casefile import Cases
from tests.contract.check import NotApplicable
from tests.contract.harness import Subject, stand
from tests.contract.matrix import CHECKS
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


def believing_silence(hook, account):
    if hook.headers.get("x-ring"):
        pigeon.verify(hook, account)


def not_looking(hook, account):
    if len(hook.headers.get("x-ring", "")) != 64:
        raise BadSignatureError("the ring is not ours")


def refusing_all(_hook, _account):
    raise BadSignatureError("the ring is not ours")


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


async def hasty(*given):
    try:
        return await pigeon.send(*given)
    except ThrottledError as error:
        raise ThrottledError(str(error), after=0.1) from error


async def obedient(_part, _to, _key, account, wire):
    async with wire.session.post(account.api_base, json={}) as response:
        return str((await response.json(content_type=None))["id"])


async def straying(*given):
    with contextlib.suppress(aiohttp.ClientError):
        await given[-1].session.get("http://127.0.0.1:9/")
    return await pigeon.send(*given)


STRANGER = Address(channel="pigeon", account="loft", user="somebody else")
BREACHES: dict[str, tuple[str, Spoiled]] = {
    "anybody is believed": ("a bad signature is refused", {"verify": lambda *_: None}),
    "no proof is needed": ("a missing signature is refused", {"verify": believing_silence}),
    "one proof serves for every body": ("a replayed signature opens nothing", {"verify": not_looking}),
    "nobody is believed": ("a good signature is taken", {"verify": refusing_all}),
    "a strange proof breaks it": ("a bad signature is refused", {"verify": comparing_as_text}),
    "people are mixed up": ("words become one message", with_messages(address=STRANGER)),
    "a button is lost": ("a pressed button carries its value", with_messages(choice=None)),
    "nothing is known again": ("the same message twice is one row", with_new_ids()),
    "texts are replaced": ("any text arrives whole and fit for a database", with_messages(text="dân")),
    "texts are not cleaned": ("any text arrives whole and fit for a database", {"parse": not_cleaning}),
    "messages are dropped": ("any text is stored once", with_parsed(lambda _: Parsed())),
    "garbage breaks it": ("garbage is set aside and never blocks", {"parse": not_guarding}),
    "what is not understood is gone": ("what is not understood is kept in quarantine", {"parse": swallowing}),
    "reports are misread": ("every report of the provider is understood", with_reports(state=DeliveryState.READ)),
    "samples are misread": ("every sample becomes what it says", with_messages(text="?")),
    "ids are invented": ("every part has an id of its own", {"send": inventing}),
    "ids are lost": ("a part that leaves has its id stored", {"send": inventing}),
    "a wait is cut short": ("too many requests become a wait of the length that is asked", {"send": hasty}),
    "trouble is a refusal": ("trouble of the provider is unreachable or unknown", {"send": refusing}),
    "a refusal is a success": ("a refusal is refused", {"send": inventing}),
    "a wrong secret is a refusal": ("wrong credentials are our own fault", {"send": refusing}),
    "silence is a refusal": ("silence is of unknown outcome", {"send": refusing}),
    "every redirect is followed": ("no request goes to a host that the double does not serve", {"send": obedient}),
    "another host is called": ("no request goes to a host that the double does not serve", {"send": straying}),
    "every answer is a refusal": ("every answer of the provider has its meaning", {"send": refusing}),
    "every answer is a success": ("every answer of the provider has its meaning", {"send": inventing}),
    "texts are logged": ("no log holds a secret a text or a person", {"parse": talkative}),
}


@SQLITE_ONLY
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
async def test_a_channel_that_keeps_the_contract_passes(check, store):
    async with stand(pigeon.CHANNEL, pigeon.CASES, store) as prepared:
        outcome = await check.carry_out(prepared)
    assert isinstance(outcome, NotApplicable) or outcome > 0


@SQLITE_ONLY
@pytest.mark.parametrize(("check", "spoiled"), BREACHES.values(), ids=BREACHES.keys())
async def test_a_channel_that_breaks_the_contract_is_noticed(check, spoiled, store):
    with pytest.raises((Exception, pytest.fail.Exception)):
        async with stand(replace(pigeon.CHANNEL, **spoiled), pigeon.CASES, store) as prepared:
            await CHECKS[check].carry_out(prepared)


def without(**changes: Any) -> Cases:
    """The cases of the pigeon, lacking something."""
    return Cases.model_validate({**pigeon.CASES.model_dump(), **changes})


def faults_but(error: str) -> dict[str, Any]:
    """The double's answers without those that become ``error``."""
    double = pigeon.CASES.double.model_dump()
    return {**double, "faults": [fault for fault in double["faults"] if fault["error"] != error]}


LACKING = {
    "an attachment becomes what its sample says": without(lacks={}),
    "a sticker becomes what its sample says": without(lacks={}),
    "who joins becomes what the sample says": without(lacks={}),
    "who leaves becomes what the sample says": without(lacks={}),
    "who refuses us has opted out": without(lacks={}),
    "a pressed button carries its value": without(choice=None),
    "every report of the provider is understood": without(receipt=None),
    "every sample becomes what it says": without(samples=[]),
    "what is not understood is kept in quarantine": without(unreadable=[]),
    "too many requests become a wait of the length that is asked": without(double=faults_but("ThrottledError")),
    "trouble of the provider is unreachable or unknown": without(double=faults_but("UnreachableError")),
    "a refusal is refused": without(double=faults_but("RefusedError")),
    "wrong credentials are our own fault": without(double=faults_but("MisconfiguredError")),
    "silence is of unknown outcome": without(double=faults_but("OutcomeUnknownError")),
    "every answer of the provider has its meaning": without(double=None),
}


@SQLITE_ONLY
@pytest.mark.parametrize(("check", "cases"), LACKING.items(), ids=LACKING.keys())
async def test_a_channel_without_a_case_fails_unless_it_says_why(check, cases, store):
    with pytest.raises(AssertionError, match="has no case"):
        async with stand(pigeon.CHANNEL, cases, store) as prepared:
            await CHECKS[check].carry_out(prepared)


def test_a_reason_for_having_no_case_may_not_stand_beside_a_case():
    opted_out = {"id": "let out", "status": 410, "error": "OptedOutError"}
    double = pigeon.CASES.double.model_dump()
    cases = without(double={**double, "faults": [*double["faults"], opted_out]})
    with pytest.raises(AssertionError, match="which has a case"):
        CHECKS["who refuses us has opted out"].find(Subject(channel=pigeon.CHANNEL, cases=cases))


@SQLITE_ONLY
async def test_a_scripted_answer_that_nobody_asks_for_fails(store):
    with pytest.raises(AssertionError, match="were not used"):
        async with stand(pigeon.CHANNEL, pigeon.CASES, store) as prepared:
            prepared.provider.script.append(pigeon.CASES.double.sent)


@SQLITE_ONLY
async def test_a_request_that_nobody_announced_fails(store):
    with pytest.raises(AssertionError, match="nobody had announced"):
        async with (
            stand(pigeon.CHANNEL, pigeon.CASES, store) as prepared,
            prepared.session.get(prepared.account.api_base),
        ):
            pass


@pytest.mark.parametrize(
    "change",
    [{"secret": []}, {"request": {"proof": "body"}}, {"samples": [{"id": "x", "mesages": []}]}],
    ids=["a misspelt table", "a proof that is nowhere", "a misspelt key"],
)
def test_a_table_of_cases_with_a_typing_error_fails(change):
    with pytest.raises(ValidationError):
        Cases.model_validate({**pigeon.CASES.model_dump(), **change})
