"""People on Zalo and the real service: two accounts of one app on one address, greetings, pictures, one of our people."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from simulator.zalo.clock import millis
from simulator.zalo.double import Zalo, running_zalo
from simulator.zalo.events import Body, serialise, sign
from simulator.zalo.world import APP_SECRET, OA_ID, OA_SECRET, Oa
from tests.conftest import open_store
from tests.support.engines import SQLITE_ONLY
from tests.support.serving import Serving, running
from tests.support.zalo_office import keep_tokens, zalo_table

pytestmark = SQLITE_ONLY
SECOND = "4318246701934865208"
AN, BINH = "7293648105738264910", "7293648105738264911"
FIGURE, QUESTION = "2.161.755", "dân số quảng ngãi"
SECONDS = 30
CODE = "MeVd6Dce_pu-fj"


class Office:
    """The service, and the double that it speaks with."""

    def __init__(self, zalo: Zalo, service: Serving) -> None:
        self.zalo, self.service = zalo, service

    async def answers(self, uid: str, count: int) -> list[str]:
        """The first ``count`` answers to ``uid``, once they are there."""
        async with asyncio.timeout(SECONDS):
            while len(self.zalo.texts(uid)) < count:
                await asyncio.sleep(0.05)
        return self.zalo.texts(uid)


@pytest_asyncio.fixture
async def office(tmp_path: Path, engine_url: str) -> AsyncIterator[Office]:
    async with running_zalo() as zalo:
        zalo.add_oa(Oa(oa_id=SECOND))
        async with open_store(engine_url) as store:
            for oa_id in (OA_ID, SECOND):
                await keep_tokens(store, zalo, oa_id)
        tables = "".join(zalo_table(zalo, oa_id, more=f'verifier = "{CODE}"') for oa_id in (OA_ID, SECOND))
        service = Serving(folder=tmp_path, store_url=engine_url, settings=tables)
        with running(service):
            zalo.app.webhook = f"{service.url}/hooks/zalo/{OA_ID}"
            yield Office(zalo, service)
            await zalo.settle()
            said = service.said()
        assert zalo.violations == []
        assert not any(mark in said for mark in (AN, BINH, OA_SECRET, APP_SECRET, FIGURE, "quảng ngãi"))


async def test_who_follows_is_told_what_can_be_asked_and_a_picture_how(office: Office):
    await office.zalo.event("follow", AN)
    (greeting,) = await office.answers(AN, 1)
    assert QUESTION.split(maxsplit=1)[0] in greeting.casefold()
    await office.zalo.event("user_send_sticker", AN)
    await office.zalo.event("user_send_location", AN)
    await office.zalo.say(AN, QUESTION)
    said = await office.answers(AN, 4)
    assert len(said) == len(set(said)) == 4, "each gets an answer of its own; our own echoes get none"
    assert FIGURE in said[3]


async def test_zalo_hears_200_in_time_while_the_database_takes_nothing_and_all_are_answered_later(
    office: Office,
):
    with contextlib.closing(sqlite3.connect(make_url(office.service.store_url).database or "")) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        for uid in (AN, BINH):
            delivery = await office.zalo.say(uid, QUESTION)
            assert [attempt.status for attempt in delivery.attempts] == [200]
        assert office.zalo.sent == []
        foreign.rollback()
    for uid in (AN, BINH):
        (answer,) = await office.answers(uid, 1)
        assert FIGURE in answer


async def test_each_account_answers_whoever_wrote_to_it(office: Office):
    await office.zalo.say(AN, QUESTION)
    await office.zalo.say(BINH, QUESTION, oa_id=SECOND)
    for uid in (AN, BINH):
        (answer,) = await office.answers(uid, 1)
        assert FIGURE in answer
    assert {sent.to: sent.oa_id for sent in office.zalo.sent} == {AN: OA_ID, BINH: SECOND}


async def test_the_service_is_silent_where_one_of_our_people_talks(office: Office):
    await office.zalo.say(AN, QUESTION)
    await office.answers(AN, 1)
    await office.zalo.answer_by_hand(AN, "Để tôi xem")
    assert (await office.zalo.say(AN, QUESTION)).status == 200
    await office.zalo.say(BINH, QUESTION)
    await office.answers(BINH, 1)
    assert len(office.zalo.texts(AN)) == 1


@pytest.mark.parametrize("headers", [{}, {"num_retry": "5"}], ids=["without its number", "with it"])
async def test_a8_a_retry_that_is_almost_twelve_hours_old_is_answered_once(office: Office, headers: dict[str, str]):
    office.zalo.person(AN)
    app = office.zalo.app
    timestamp = millis(office.zalo.clock() - timedelta(hours=11, minutes=59))
    body: Body = {
        "app_id": app.app_id,
        "event_name": "user_send_text",
        "sender": {"id": AN},
        "recipient": {"id": OA_ID},
        "message": {"msg_id": "an-old-one", "text": QUESTION},
        "timestamp": timestamp,
    }
    raw = serialise(body)
    signed = {"X-ZEvent-Signature": sign(app, raw, timestamp), **headers}
    office.zalo.interact(AN, ago=timedelta(hours=11, minutes=59))
    assert [await office.zalo.post(raw, signed) for _ in range(2)] == [200, 200]
    (answer,) = await office.answers(AN, 1)
    assert FIGURE in answer
    await office.zalo.say(BINH, QUESTION)
    await office.answers(BINH, 1)
    assert len(office.zalo.texts(AN)) == 1


async def test_the_domain_can_be_verified(office: Office):
    async with aiohttp.ClientSession() as http:
        for path in ("/", f"/zalo_verifier{CODE}.html"):
            async with http.get(office.service.url + path) as answer:
                assert (answer.status, (await answer.text()).count(f'content="{CODE}"')) == (200, 1), path
