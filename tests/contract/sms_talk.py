"""Short ways to let a person and an account of the channel ``sms`` talk over a double."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot.core.messages import Address
from bot.store.engine import Store
from bot.store.tables import inbox
from gateway.channel import Part
from gateway.channels.sms import CHANNEL
from simulator.sms.courier import Delivery
from tests.contract.sms_desk import Line, open_line
from tests.contract.sms_parts import ANNA, answer_to, answering
from tests.support.rows import rows

WORDS = 'DL dân số & "nước" + <1>'


@contextlib.asynccontextmanager
async def at(preset: str, store: Store) -> AsyncIterator[Line]:
    async with open_line(preset, store) as line:
        line.double.receipts = False
        yield line


async def answered(line: Line, words: str = WORDS, reply: str = "Dan so: 1.234.567", *, key: str = "12:0") -> Delivery:
    """Anna writes and is answered, whichever way the answer goes."""
    known = len(await rows(line.store, inbox, "id"))
    saying = asyncio.create_task(line.double.say(ANNA, words))
    while len(found := await rows(line.store, inbox, "external_id")) == known:
        await asyncio.sleep(0.01)
    part = await answer_to(line.store, anna(line), reply, request=found[-1][0])
    assert await CHANNEL.send(part, anna(line), key, line.account, line.wire)
    return await saying


def anna(line: Line) -> Address:
    return Address(channel="sms", account=line.account.account, user=ANNA)


async def heard(store: Store) -> list[str]:
    return [body["text"] for (body,) in await rows(store, inbox, "body")]


async def asked(line: Line) -> str:
    """The request that the next message answers, where the provider wants one."""
    if not line.desk.cases.answers:
        return "r-1"
    await line.double.say(ANNA, "DL")
    found = await rows(line.store, inbox, "external_id")
    return str(found[-1][0])


async def prepared(line: Line, text: str = "Dan so") -> tuple[Part, Address]:
    """A message that may be sent by this account."""
    if line.desk.cases.answers:
        return await answer_to(line.store, anna(line), text, request=await asked(line)), anna(line)
    part, to = await answering(line.desk, line.store, text)
    return part, to


async def send(line: Line, text: str = "Dan so", *, key: str = "12:0") -> str:
    part, to = await prepared(line, text)
    return await CHANNEL.send(part, to, key, line.account, line.wire)
