"""Sending through a strict ``sendsms``: what the handset shows, what each answer means, what never happens twice."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.core.delivery import DeliveryState
from bot.core.messages import Address
from bot.store.engine import Store
from bot.store.tables import receipts
from gateway.channel import Part, Presence, Wire
from gateway.channels.kannel import CHANNEL, KannelAccount
from gateway.errors import MisconfiguredError, OutcomeUnknownError, RefusedError, SendError, UnreachableError
from gateway.outbound import open_sessions
from gateway.outbound_rules import plan
from simulator.kannel.sendsms import PASSWORD, USERNAME, SendSms, running_sendsms
from tests.contract.casefile import load_cases
from tests.contract.harness import every_log, stand
from tests.support.canary import Canaries, leaks
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW

pytestmark = SQLITE_ONLY
ANNA = Address(channel="kannel", account="8179", user="+84912345678")
PLAIN = "Quang Ngai - dan so: 2.161.755 nguoi {x} [y] €"
ACCENTED = "Quảng Ngãi – dân số: 2.161.755 người 😀"


@pytest_asyncio.fixture
async def sendsms() -> AsyncIterator[SendSms]:
    async with running_sendsms() as running:
        yield running


@pytest_asyncio.fixture
async def wire(store: Store) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        yield Wire(store=store, session=session, clock=lambda: NOW)


def account(sendsms_url: str, **changes: object) -> KannelAccount:
    settings = {
        "channel": "kannel",
        "account": "8179",
        "sendsms_url": sendsms_url,
        "username": USERNAME,
        "password": PASSWORD,
        "token": "the-report-token",
    }
    return KannelAccount.model_validate({**settings, **changes})


async def send(wire: Wire, to: KannelAccount, text: str = PLAIN, *, key: str = "7:0") -> str:
    return await CHANNEL.send(Part(text=text), ANNA, key, to, wire)


@pytest.mark.parametrize(("text", "coding"), [(PLAIN, 0), (ACCENTED, 2), ("a\nb", 0), ("", 0), ("ế", 2), ("é", 0)])
async def test_a_text_is_shown_as_it_was_meant(sendsms: SendSms, wire: Wire, text: str, coding: int) -> None:
    assert await send(wire, account(sendsms.url), text) == "7:0"
    (shown,) = sendsms.arrived
    assert (shown.text, shown.coding) == (text, coding)
    assert (shown.sender, shown.to) == ("8179", "84912345678")


@pytest.mark.parametrize(("numbers", "to"), [("84", "84912345678"), ("+84", "+84912345678"), ("0", "0912345678")])
async def test_the_receiver_is_written_as_the_carrier_wants_it(
    sendsms: SendSms, wire: Wire, numbers: str, to: str
) -> None:
    await send(wire, account(sendsms.url, numbers=numbers))
    assert sendsms.arrived[0].to == to


async def test_sender_and_link_are_those_of_the_account(sendsms: SendSms, wire: Wire) -> None:
    await send(wire, account(sendsms.url, number="6179", smsc="viettel"))
    assert (sendsms.arrived[0].sender, sendsms.arrived[0].smsc) == ("6179", "viettel")


async def test_without_a_number_kannels_own_sender_stands(sendsms: SendSms, wire: Wire) -> None:
    with pytest.raises(MisconfiguredError):
        await send(wire, account(sendsms.url, account="main"))
    sendsms.default_sender = "1022"
    await send(wire, account(sendsms.url, account="main"))
    assert sendsms.arrived[0].sender == "1022"


async def test_no_link_up_is_sent_all_the_same(sendsms: SendSms, wire: Wire) -> None:
    sendsms.linked = False
    assert await send(wire, account(sendsms.url)) == "7:0"


async def test_a_report_finds_its_way_to_the_part(sendsms: SendSms, store: Store) -> None:
    async with stand(CHANNEL, load_cases("kannel"), store) as prepared:
        ours = account(sendsms.url, hook_url=prepared.url)
        assert await send(prepared.wire, ours, key="7:0") == "7:0"
        answers = [
            (8, "ACK/"),
            (34, "id:1 stat:EXPIRED err:001 text:Quang"),
            (2, "id:1 stat: delivrd err:000 text:Q & A=%d"),
        ]
        for status, answer in answers:
            assert await sendsms.report(prepared.session, sendsms.arrived[0], status, answer) == 200
        async with store.read() as connection:
            found = await connection.execute(select(receipts.c.provider_id, receipts.c.state).order_by(receipts.c.id))
            stored = [(part, DeliveryState(state).name) for part, state in found]
    assert stored == [("7:0", "SENT"), ("7:0", "EXPIRED"), ("7:0", "DELIVERED")]


REFUSALS: dict[str, tuple[dict[str, object], dict[str, object], type[SendError]]] = {
    "a wrong password": ({}, {"password": "another"}, MisconfiguredError),
    "a wrong path": ({}, {"sendsms_url": "wrong"}, MisconfiguredError),
    "a denied number": ({"denied": frozenset({"84912345678"})}, {}, RefusedError),
    "no route": ({"routable": False}, {}, RefusedError),
    "a full queue": ({"full": True}, {}, UnreachableError),
}


@pytest.mark.parametrize(("state", "change", "error"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_refusal_has_its_meaning_and_sends_nothing(
    sendsms: SendSms, wire: Wire, state: dict[str, object], change: dict[str, object], error: type[SendError]
) -> None:
    for name, value in state.items():
        setattr(sendsms, name, value)
    if change.get("sendsms_url") == "wrong":
        change = {"sendsms_url": sendsms.url.replace("sendsms", "sendmail")}
    with pytest.raises(error) as caught:
        await send(wire, account(**{"sendsms_url": sendsms.url, **change}))
    assert type(caught.value) is error
    assert sendsms.arrived == []
    assert len(sendsms.refused) == 1


async def test_nobody_listening_is_unreachable(wire: Wire) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(UnreachableError):
        await send(wire, account(f"http://127.0.0.1:{port}/cgi-bin/sendsms"))


async def test_a_host_without_address_is_unreachable(wire: Wire) -> None:
    with pytest.raises(UnreachableError):
        await send(wire, account("http://kannel.invalid/cgi-bin/sendsms"))


@contextlib.contextmanager
def busy_port() -> Iterator[int]:
    """A port at which nobody takes a connection: as with a host that is down, nothing comes back at all."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


async def test_a_host_that_does_not_take_the_connection_has_got_nothing(store: Store) -> None:
    with busy_port() as port:
        ours = account(f"http://127.0.0.1:{port}/cgi-bin/sendsms")
        presence = Presence(channel=CHANNEL, account=ours)
        async with open_sessions(plan([presence])) as session_of:
            session = session_of(presence)
            with pytest.raises(UnreachableError):
                await send(Wire(store=store, session=session, clock=lambda: NOW), ours)


async def test_a_proxy_that_leads_nowhere_has_passed_on_nothing(store: Store) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    proxy = await asyncio.start_server(refuse, "127.0.0.1")
    ours = account("https://sms.example.vn/cgi-bin/sendsms")
    presence = Presence(channel=CHANNEL, account=ours)
    address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
    async with open_sessions(plan([presence], proxy=address)) as session_of:
        session = session_of(presence)
        with pytest.raises(UnreachableError):
            await send(Wire(store=store, session=session, clock=lambda: NOW), ours)
    proxy.close()


async def test_an_answer_that_takes_too_long_leaves_the_outcome_unknown(sendsms: SendSms, wire: Wire) -> None:
    sendsms.pause = 5
    quick = aiohttp.ClientTimeout(total=0.3)
    async with aiohttp.ClientSession(timeout=quick) as session:
        with pytest.raises(OutcomeUnknownError):
            await send(replace(wire, session=session), account(sendsms.url))


async def test_a_connection_that_breaks_after_the_request_is_not_tried_again(wire: Wire) -> None:
    heard = 0

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        await reader.readuntil(b"\r\n\r\n")
        heard += 1
        writer.close()

    server = await asyncio.start_server(break_off, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    ours = account(f"http://127.0.0.1:{port}/cgi-bin/sendsms")
    presence = Presence(channel=CHANNEL, account=ours)
    async with open_sessions(plan([presence])) as session_of:
        with pytest.raises(OutcomeUnknownError):
            await send(replace(wire, session=session_of(presence)), ours)
    server.close()
    assert heard == 1


async def test_no_error_and_no_log_tells_a_secret_a_text_or_a_number(sendsms: SendSms, wire: Wire) -> None:
    marks = Canaries()
    told: list[str] = []
    with every_log() as logged:
        for change in ({"password": marks.token}, {"sendsms_url": "http://127.0.0.1:9/cgi-bin/sendsms"}):
            with contextlib.suppress(SendError):
                try:
                    await send(
                        wire, account(**{"sendsms_url": sendsms.url, "token": marks.token, **change}), marks.text
                    )
                except SendError as error:
                    told.append(str(error))
                    raise
        assert len(told) == 2
        assert not leaks("\n".join([*told, logged()]), [*marks.all(), PASSWORD, "912345678"])
