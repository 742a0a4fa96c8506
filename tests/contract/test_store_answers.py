"""Answers by code, consent with evidence, and the mailbox of the web chat."""

import asyncio
from decimal import Decimal

import pytest

from bot.core.charts import Chart, ChartKind, Point, Series, Subject
from bot.core.effects import RecordAnswer, RecordConsent
from bot.core.errors import ConflictError, StoreError
from bot.core.messages import Choice, Reply
from bot.store import answers, consents
from bot.store.mailbox import deliver, fetch, mailbox_topic
from bot.store.tables import consents as consents_table
from tests.support.rows import NOW, address, message, receive, rows

REPLY = Reply(text="Dân số: 1.245.600 người", choices=(Choice(label="Trang sau", value="page:2"),), link="https://a.vn")


async def keep(store, identity: str, *, code: str | None = None) -> str:
    code = code or await answers.code_for(store, identity)
    answer = RecordAnswer(code=code, identity=identity, dataset="d-1", reply=REPLY)
    await store.write(lambda connection: answers.record(connection, answer, now=NOW))
    return code


async def test_an_answer_comes_back_exactly_as_it_was_given(store):
    code = await keep(store, "d-1/v1/rows 3")
    found = await answers.find(store, code)
    assert (found.code, found.dataset, found.reply, found.given_at) == (code, "d-1", REPLY, NOW)
    assert await answers.find(store, "NEVER") is None


async def test_what_an_answer_was_about_and_its_chart_come_back(store):
    point = Point(label="Hà Nội", value=Decimal("3359.84"), printed="3.359,84", own=True)
    gap = Point(label="Huế", value=None, printed="nguồn không ghi")
    chart = Chart(
        kind=ChartKind.BARS,
        title="Diện tích",
        unit="km²",
        dataset="",
        series=(Series(name="", points=(point, gap)),),
        source=("Nguồn: …", "Mã 7KQ2M"),
    )
    answer = RecordAnswer(
        code="7KQ2M",
        identity="x",
        dataset="d-1",
        reply=REPLY,
        table="a" * 64,
        rows=(0, 2),
        total=5,
        asked=(3,),
        chart=chart,
    )
    await store.write(lambda connection: answers.record(connection, answer, now=NOW))
    found = await answers.find(store, "7KQ2M")
    assert found.subject == Subject(dataset="d-1", table="a" * 64, rows=(0, 2), of=5, asked=(3,))
    assert (found.chart, found.chart.digest) == (chart, chart.digest)


async def test_the_same_answer_keeps_its_code(store):
    first = await keep(store, "same")
    assert await keep(store, "same") == first
    assert await answers.code_for(store, "same") == first


async def test_a_code_that_is_taken_grows(store):
    short = await answers.code_for(store, "mine")
    await keep(store, "somebody else's", code=short)
    longer = await keep(store, "mine")
    assert len(longer) == len(short) + 1
    assert await answers.code_for(store, "mine") == longer


async def test_a_code_is_never_given_to_two_answers(store):
    code = await keep(store, "first")
    with pytest.raises(ConflictError):
        await keep(store, "second", code=code)
    assert (await answers.find(store, code)).dataset == "d-1"


async def test_two_workers_that_give_the_same_answer_agree(store, open_another):
    other = await open_another("other")
    codes = await asyncio.gather(*(keep(one, "popular") for one in (store, other) for _ in range(5)))
    assert len(set(codes)) == 1


@pytest.mark.parametrize(
    ("history", "agrees"),
    [
        ([], False),
        ([("thoi-tiet", True)], True),
        ([("thoi-tiet", True), ("thoi-tiet", False)], False),
        ([("thoi-tiet", True), (None, False)], False),
        ([(None, False), ("thoi-tiet", True)], True),
        ([("gia-ca", True)], False),
    ],
    ids=["never asked", "given", "withdrawn", "withdrawn from all", "given again", "another topic"],
)
async def test_the_latest_consent_for_a_topic_counts(store, history, agrees):
    for topic, given in history:
        consent = RecordConsent(topic=topic, given=given, evidence="ĐK THOI TIET")
        await store.write(lambda connection, c=consent: consents.record(connection, "person", c, now=NOW))
    assert await consents.agreed(store, ["person"], "thoi-tiet") is agrees
    assert not await consents.agreed(store, ["somebody else"], "thoi-tiet")
    assert [evidence for (evidence,) in await rows(store, consents_table, "evidence")] == ["ĐK THOI TIET"] * len(
        history
    )


async def test_mail_is_numbered_without_gaps_and_once(store, open_another):
    await receive(store, message(1))
    person = store.vault.person(address())
    other = await open_another("other")
    keys = [f"k{n % 15}" for n in range(45)]
    numbers = await asyncio.gather(
        *(deliver((store, other)[n % 2], person, key, {"text": key}, now=NOW) for n, key in enumerate(keys))
    )
    assert sorted(set(numbers)) == list(range(1, 16))
    assert len(set(zip(keys, numbers, strict=True))) == 15, "the same key always gets the same number"
    assert [number for number, _ in await fetch(store, person, after=0)] == list(range(1, 16))


async def test_a_page_fetches_what_came_after_the_last_it_saw(store):
    await receive(store, message(1))
    person = store.vault.person(address())
    for n in range(5):
        await deliver(store, person, f"k{n}", {"text": f"Đoạn {n}"}, now=NOW)
    assert await fetch(store, person, after=3) == [(4, {"text": "Đoạn 3"}), (5, {"text": "Đoạn 4"})]
    assert await fetch(store, "somebody else", after=0) == []


async def test_mail_wakes_the_page_of_its_person(store):
    await receive(store, message(1))
    person = store.vault.person(address())
    with store.wakeup.subscribe(mailbox_topic(person)) as subscription:
        await deliver(store, person, "k", {"text": "x"}, now=NOW)
        await asyncio.wait_for(subscription.wait(3600), 30)


async def test_mail_for_somebody_who_never_wrote_is_refused_with_a_sentence(store):
    with pytest.raises(StoreError):
        await deliver(store, "nobody", "k", {"text": "x"}, now=NOW)
