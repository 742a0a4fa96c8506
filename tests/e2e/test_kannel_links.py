"""Kannel's link to a carrier by SMPP, as it is shipped: long questions, and every fate that a message can have."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.core.delivery import DeliveryState
from bot.core.text import unaccent
from bot.store.engine import Store
from bot.store.tables import outbox, receipts
from tests.support.crowd import count
from tests.support.kannel import SMPP_PASSWORD
from tests.support.smpp import MessageCentre, running_centre
from tests.support.sms_line import CODE, SmsLine, running_line

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
NUMBER = "849000000{}"
FATES = {
    "01": DeliveryState.FAILED,
    "02": DeliveryState.DELIVERED,
    "03": DeliveryState.FAILED,
    "04": DeliveryState.DELIVERED,
    "05": DeliveryState.SENT,
    "06": DeliveryState.EXPIRED,
    "08": DeliveryState.DELIVERED,
    "09": DeliveryState.FAILED,
    "10": DeliveryState.DELIVERED,
}
LONG = (
    "DL Kính gửi cơ quan quản lý dữ liệu, tôi là người dân đang tìm hiểu về tỉnh nhà sau khi sắp xếp đơn vị hành chính, "
    "xin cho biết dân số Quảng Ngãi hiện nay là bao nhiêu người, cảm ơn rất nhiều 😀"
)


@pytest_asyncio.fixture
async def centre() -> AsyncIterator[MessageCentre]:
    async with running_centre(SMPP_PASSWORD) as running:
        yield running


@pytest_asyncio.fixture
async def line(
    tmp_path: Path, engine: str, engine_url: str, store: Store, centre: MessageCentre
) -> AsyncIterator[SmsLine]:
    # what the centre throttles comes back after this; nobody wants to wait ten seconds twice
    changes = {"sms-resend-freq = 10": "sms-resend-freq = 1"}
    async with running_line(tmp_path, engine_url, store, smpp_port=centre.port, changes=changes) as running:
        await centre.until_bound()
        yield running


async def test_every_fate_of_a_message_ends_in_its_state(line: SmsLine, centre: MessageCentre, engine: str) -> None:
    for fate in FATES:
        await centre.write(NUMBER.format(fate), CODE, "DL HD")
    for fate, state in FATES.items():
        await line.until_state(f"+{NUMBER.format(fate)}", state)
    print("\nfate of the number, reports (status, answer), state at the end")
    for fate, state in FATES.items():
        said = await _reports(line, NUMBER.format(fate))
        print(f"  …{fate}  {' · '.join(said) or 'none'}  ->  {state.name}")
    assert centre.throttled == {NUMBER.format("04"): 2}
    assert set(centre.refused) == {NUMBER.format("03")}
    taken = [(part.to, part.number) for part in centre.submitted]
    assert len({to for to, _ in taken}) == len(FATES) - 1
    assert len(taken) == len(set(taken)), "each part was taken once"
    assert NUMBER.format("01") not in line.kannel.said("bearerbox") + line.kannel.said("smsbox")


async def test_a_long_question_in_parts_is_one_message(line: SmsLine, centre: MessageCentre, engine: str) -> None:
    parts = await centre.write(NUMBER.format("10"), CODE, LONG)
    await line.until_state(f"+{NUMBER.format('10')}", DeliveryState.DELIVERED)
    print(f"\na question of {len(LONG)} characters in {parts} parts came as {len(line.door.messages())} call")
    assert parts > 2
    assert await line.inbox() == [LONG]
    assert len(line.door.messages()) == 1


async def test_a_reply_of_two_parts_has_one_pair_of_reports(
    line: SmsLine, centre: MessageCentre, engine: str, store: Store
) -> None:
    number = NUMBER.format("10")
    await centre.write(number, CODE, "DL CO DAU")
    await line.until_state(f"+{number}", DeliveryState.DELIVERED)
    first, second = centre.submitted
    assert (first.total, second.total, first.ucs2, second.ucs2) == (2, 2, True, True)
    assert (first.wants_report, second.wants_report) == (True, False)
    assert unaccent(first.text + second.text) != first.text + second.text
    assert await count(store, select(func.count()).select_from(receipts)) == 2


async def test_a_link_that_breaks_comes_back_by_itself(line: SmsLine, centre: MessageCentre, engine: str) -> None:
    number = NUMBER.format("10")
    centre.drop()
    await centre.until_bound()
    await centre.write(number, CODE, "DL HD")
    await line.until_state(f"+{number}", DeliveryState.DELIVERED)


async def _reports(line: SmsLine, number: str) -> list[str]:
    """The reports on the message to ``number``: what Kannel said, and what we read."""
    async with line.store.read() as connection:
        owner = select(outbox.c.id).where(outbox.c.person == line.person(f"+{number}"))
        sent = await connection.scalar(owner)
    calls = [call.query for call in line.door.reports() if call.query["id"] == f"{sent}:0"]
    return [f"{query['status']} {_stat(query['answer'])}".strip() for query in calls]


def _stat(answer: str) -> str:
    _, stat, rest = answer.partition("stat:")
    return stat + rest.partition(" err")[0] if stat else answer
