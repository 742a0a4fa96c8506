"""Sending to a strict Bot API: what a person sees, what each answer means, what never happens twice."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
import pytest_asyncio

from bot.core.messages import Choice
from bot.store.engine import Store
from gateway.channel import Part, Wire
from gateway.errors import (
    MisconfiguredError,
    OptedOutError,
    OutcomeUnknownError,
    RefusedError,
    Scope,
    SendError,
    ThrottledError,
    UnreachableError,
)
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.fault import Fault
from simulator.telegram.limits import Limits
from simulator.telegram.world import Person
from tests.contract.harness import every_log
from tests.support.canary import leaks
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW
from tests.support.telegram import account_of, address_of, send

pytestmark = SQLITE_ONLY
ROOMY = Limits(per_chat_second=1000, per_group_minute=1000)
"""Windows are the sender's; here several parts follow each other at once."""
HELLO = Part(text="Dân số: 2.161.755 người")


@pytest_asyncio.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with running_telegram(limits=ROOMY, bots=2) as running:
        yield running


@pytest_asyncio.fixture
async def wire(store: Store) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        yield Wire(store=store, session=session, clock=lambda: NOW)


@pytest.fixture
def anna(double: TelegramDouble) -> Person:
    person = double.person("Anna")
    for bot in double.bots:
        double.acquaint(person, bot=bot)
    return person


@pytest.mark.parametrize("text", ["<b>&amp;</b> {x} %s", "👨‍👩‍👧‍👦" * 700, "", "dân\x00 số\ud800", "a" * 5000])
async def test_no_text_is_ever_refused(double: TelegramDouble, wire: Wire, anna: Person, text: str) -> None:
    number = await send(Part(text=text), anna, account_of(double), wire)
    (shown,) = double.shown(anna)
    assert str(shown.id) == number
    assert double.refusals == double.violations == []


async def test_markup_that_somebody_wrote_is_shown_as_words(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    await send(Part(text="<b>dân số</b> &amp; <a href='x'>"), anna, account_of(double), wire)
    assert double.shown(anna)[0].text == "<b>dân số</b> &amp; <a href='x'>"
    assert "entities" not in double.shown(anna)[0].content


async def test_buttons_stand_under_the_text_and_a_link_leads_to_its_page(
    double: TelegramDouble, wire: Wire, anna: Person
) -> None:
    part = replace(
        HELLO,
        choices=(Choice(label="Mục 1", value="dataset:1"),),
        actions=(Choice(label="Biểu đồ", value="chart:A"), Choice(label="Nguồn", value="wrong:A")),
        link="https://data.example.vn/a",
    )
    await send(part, anna, account_of(double), wire)
    rows = double.shown(anna)[0].content["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        ["Mục 1"],
        ["Biểu đồ", "Nguồn"],
        ["data.example.vn"],
    ]
    assert rows[2][0]["url"] == "https://data.example.vn/a"


async def test_two_accounts_answer_each_with_its_own_bot(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    first, second = (account_of(double, bot) for bot in double.bots)
    await asyncio.gather(
        *(send(Part(text=account.account), anna, account, wire) for account in (first, second) for _ in range(3))
    )
    for account, bot in zip((first, second), double.bots, strict=True):
        assert [message.text for message in double.shown(double.chat_of(anna, bot))] == [account.account] * 3


async def test_a_person_who_blocked_us_has_opted_out(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    await double.block(anna)
    with pytest.raises(OptedOutError):
        await send(HELLO, anna, account_of(double), wire)
    await double.unblock(anna)
    assert await send(HELLO, anna, account_of(double), wire)


async def test_whoever_never_wrote_or_deleted_the_account_has_opted_out(
    double: TelegramDouble, wire: Wire, anna: Person
) -> None:
    double.deactivate(anna)
    for person in (anna, double.person("nobody we know")):
        with pytest.raises(OptedOutError):
            await send(HELLO, person, account_of(double), wire)


async def test_asked_to_wait_for_one_chat_the_others_go_on(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    bert = double.person("Bert")
    double.acquaint(bert)
    double.plan(Fault(method="sendMessage", chat_id=anna.id, retry_after=17))
    with pytest.raises(ThrottledError) as caught:
        await send(HELLO, anna, account_of(double), wire)
    assert (caught.value.after, caught.value.scope) == (17.0, Scope.PERSON)
    assert await send(HELLO, bert, account_of(double), wire)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(10**9, 1e9), (10**400, 1e9), (-3, 5.0), ("30", 5.0), (None, 5.0), (2.5, 2.5)],
    ids=["years", "no float", "negative", "a text", "nothing", "a fraction"],
)
async def test_whatever_is_said_of_the_time_to_wait_it_is_waited(
    double: TelegramDouble, wire: Wire, anna: Person, asked: object, seconds: float
) -> None:
    said = {"ok": False, "error_code": 429, "description": "Too Many", "parameters": {"retry_after": asked}}
    double.plan(Fault(status=429, body=json.dumps(said)))
    with pytest.raises(ThrottledError) as caught:
        await send(HELLO, anna, account_of(double), wire)
    assert caught.value.after == seconds


async def throttled(double: TelegramDouble, wire: Wire, person: Person) -> Scope:
    """Whom a 429 for ``person`` is taken to mean."""
    double.plan(Fault(method="sendMessage", chat_id=person.id, status=429))  # forgotten at once, whoever asks again
    with pytest.raises(ThrottledError) as caught:
        await send(HELLO, person, account_of(double), wire)
    return caught.value.scope


async def test_asked_to_wait_for_a_second_chat_meanwhile_everybody_waits(
    double: TelegramDouble, wire: Wire, anna: Person
) -> None:
    bert = double.person("Bert")
    double.acquaint(bert)
    assert await throttled(double, wire, anna) is Scope.PERSON
    assert await throttled(double, wire, anna) is Scope.PERSON
    assert await throttled(double, wire, bert) is Scope.ACCOUNT
    later = replace(wire, clock=lambda: NOW + timedelta(seconds=5))
    assert await throttled(double, later, anna) is Scope.PERSON


FAULTS: dict[str, tuple[Fault, type[SendError]]] = {
    "a page of the servers before it": (Fault(status=502), UnreachableError),
    "a server before it that did not wait": (Fault(status=504, taken=True), OutcomeUnknownError),
    "out of order": (Fault(status=503), UnreachableError),
    "no answer": (Fault(hang=30), OutcomeUnknownError),
    "a connection that breaks in the middle of the answer": (Fault(reset=True), OutcomeUnknownError),
    "a message that was sent and an answer that was lost": (Fault(reset=True, taken=True), OutcomeUnknownError),
    "a page instead of an answer": (Fault(status=200), OutcomeUnknownError),
}


@pytest.mark.parametrize(("fault", "error"), FAULTS.values(), ids=FAULTS)
async def test_whatever_goes_wrong_on_the_way_has_its_meaning(
    double: TelegramDouble, wire: Wire, anna: Person, fault: Fault, error: type[SendError]
) -> None:
    double.plan(fault)
    with pytest.raises(SendError) as caught:
        await send(HELLO, anna, account_of(double), wire)
    assert type(caught.value) is error
    assert len(double.shown(anna)) == int(fault.taken)


async def test_nobody_listening_is_unreachable(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    for base in (f"http://127.0.0.1:{port}", "http://telegram.invalid"):
        with pytest.raises(UnreachableError):
            await send(HELLO, anna, account_of(double, api_base=base), wire)


async def test_a_wrong_token_is_our_fault_and_is_never_told(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    token = "7000000001:AAE-wrong-token-of-nobody-0001"  # noqa: S105 – it opens nothing
    with every_log() as logged, pytest.raises(MisconfiguredError) as caught:
        await send(HELLO, anna, account_of(double, token=token), wire)
    assert not leaks(f"{caught.value!r} {caught.value.__cause__!r} {logged()}", [token, token.partition(":")[2]])


async def test_what_is_no_chat_is_refused(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    account = account_of(double)
    to = replace(address_of(account, anna), user="@anna")
    from gateway.channels.telegram import CHANNEL

    with pytest.raises(RefusedError):
        await CHANNEL.send(HELLO, to, "7:0", account, wire)
    assert double.calls == []


async def test_a_group_that_became_a_supergroup_gets_it_there(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    group = double.group("Bàn trực", kind="group")
    moved = await double.upgrade(group, anna)
    part = replace(HELLO, choices=(Choice(label="1", value="a:1"),))
    number = await send(part, group, account_of(double), wire)
    (shown,) = double.shown(moved)
    assert (str(shown.id), shown.text, len(shown.buttons)) == (number, HELLO.text, 1)


async def test_no_library_ever_prints_the_token(
    double: TelegramDouble, wire: Wire, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Our own HTTP is under the library, so that even its loudest voice knows no address; set_up_logs quiets it anyway."""
    account = account_of(double)
    await send(HELLO, anna, account, wire)  # the bot itself says its address at DEBUG, once it is made
    caplog.set_level(logging.INFO)
    double.plan(Fault(status=502), Fault(status=200), Fault(retry_after=1))
    for _ in range(3):
        with pytest.raises(SendError):
            await send(HELLO, anna, account, wire)
    assert not leaks(caplog.text, [double.bot.token, HELLO.text, str(anna.id)])
