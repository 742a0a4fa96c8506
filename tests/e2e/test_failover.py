"""Two accounts for the same phones in one running service: one is down, and everything arrives once by the other."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.core.delivery import Lane
from bot.core.messages import Address, Reply
from bot.core.reach import LadderState
from bot.store.diversion import introduce
from bot.store.engine import Store
from bot.store.ladder import Ladder, read_ladder
from bot.store.outbox import TOPIC, Draft, enqueue
from bot.store.transaction import Transaction
from simulator.kannel.sendsms import PASSWORD, USERNAME, SendSms, Sms, running_sendsms
from tests.support.serving import Serving, running

TOKEN = "0123456789abcdef"  # noqa: S105 – it opens nothing
ANNA, OFFICER = "+84912000001", "+84912000002"
DOWN, UP, THIRD = "8179", "8279", "8379"
WITHIN = timedelta(seconds=1)
_POOL = f"""
[[pools]]
name = "sms"
accounts = ["kannel/{DOWN}", "kannel/{UP}"]
weights = [100, 0]
"""


def _account(number: str, sendsms_url: str) -> str:
    return f"""
[[accounts]]
channel = "kannel"
account = "{number}"
sendsms_url = "{sendsms_url}"
username = "{USERNAME}"
password = "{PASSWORD}"
token = "{TOKEN}"
keyword = "DL"
"""


async def _queue(store: Store, key: str, address: Address, text: str, *elsewhere: Address) -> None:
    """A reminder for ``address``; with other addresses it must reach the person."""
    draft = Draft(
        person=store.vault.person(address),
        channel=address.channel,
        account=address.account,
        lane=Lane.REMINDER,
        reply=Reply(text=text, urgent=True),
        language="vi",
        origin="test",
        dedupe_key=key,
        elsewhere=elsewhere,
        confirm_within=WITHIN if elsewhere else None,
    )

    async def job(connection: Transaction) -> None:
        await introduce(connection, store.vault, address, language="vi")
        await enqueue(connection, draft, now=datetime.now(UTC), vault=store.vault)

    await store.write(job, wake=[TOPIC])


async def _until(sendsms: SendSms, words: str) -> Sms:
    """The first message with ``words``, as soon as it has come."""
    async with asyncio.timeout(60):
        while True:
            for sms in sendsms.arrived:
                if words in sms.text:
                    return sms
            await asyncio.sleep(0.05)


async def _until_over(store: Store, key: str) -> Ladder:
    async with asyncio.timeout(60):
        while (ladder := await read_ladder(store, key)) is None or ladder.state is LadderState.OPEN:
            await asyncio.sleep(0.2)
    return ladder


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_one_account_cannot_send_arrives_once_by_the_other_and_what_nobody_confirms_goes_on(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    async with running_sendsms() as sendsms, aiohttp.ClientSession() as http:
        accounts = [
            _account(DOWN, "http://127.0.0.1:9/cgi-bin/sendsms"),
            *(_account(up, sendsms.url) for up in (UP, THIRD)),
        ]
        serving = Serving(folder=tmp_path, store_url=engine_url, settings="".join(accounts) + _POOL)
        with running(serving) as (service,):
            query = {"from": ANNA, "to": DOWN, "text": "DL HD", "charset": "UTF-8", "id": "1", "token": TOKEN}
            async with http.get(f"{service.url}/hooks/kannel/{DOWN}", params=query) as answer:
                assert answer.status == 200
            await _queue(store, "plain", Address(channel="kannel", account=DOWN, user=OFFICER), "nhac viec mot")
            third = Address(channel="kannel", account=THIRD, user=OFFICER)
            fourth = Address(channel="kannel", account=UP, user=ANNA)
            await _queue(store, "must", third, "nhac viec hai", fourth)
            reminder = await _until(sendsms, "nhac viec mot")
            first = await _until(sendsms, "nhac viec hai")
            ladder = None
            async with asyncio.timeout(60):
                while ladder is None or len(ladder.steps) < 2 or ladder.steps[1].ended_at is None:
                    await asyncio.sleep(0.2)
                    ladder = await read_ladder(store, "must")
            second = [sms for sms in sendsms.arrived if "nhac viec hai" in sms.text][-1]
            there = f"{service.url}{URL(second.reports_to, encoded=True).raw_path_qs}"
            assert await sendsms.report(http, replace(second, reports_to=there), 1, "") == 200
            over = await _until_over(store, "must")
        assert (reminder.sender, reminder.to) == (UP, OFFICER.removeprefix("+"))
        assert [(sms.sender, sms.to) for sms in (first, second)] == [
            (THIRD, OFFICER.removeprefix("+")),
            (UP, ANNA.removeprefix("+")),
        ]
        assert over.state is LadderState.REACHED
        answers = [sms for sms in sendsms.arrived if "nhac viec" not in sms.text]
        assert [(sms.sender, sms.to) for sms in answers] == [(UP, ANNA.removeprefix("+"))]
        assert UP in answers[0].text
        assert DOWN not in answers[0].text
        assert sum("nhac viec mot" in sms.text for sms in sendsms.arrived) == 1
        assert sum("nhac viec hai" in sms.text for sms in sendsms.arrived) == 2
