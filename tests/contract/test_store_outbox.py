"""Messages leave once, answers first, in order within their lane, and nothing that must wait blocks what may go."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.core.delivery import DeliveryState, Lane, OutboxState
from bot.core.messages import Choice, Reply
from bot.store import sending
from bot.store.outbox import Draft, claim_heads, claim_queues, due, enqueue
from bot.store.queue import LEASE
from bot.store.sending import Departure, Return, SentPart
from bot.store.tables import outbox, outbox_heads, outbox_parts
from tests.support.rows import MINUTE, NOW, address, analyze, message, plans, queue, receive, rows, statements


@pytest.fixture
async def known(store):
    """A store in which ``an`` and ``binh`` have written before, so that we have their addresses."""
    await receive(store, message(1), message(1, user="binh"))
    return store


async def claim(store, *, now=NOW, limit=10):
    return await claim_heads(store, channel="web", account="main", now=now, limit=limit)


async def texts(store, head, *, now=NOW) -> list[str]:
    return [item.reply.text for item in await due(store, head, now=now, limit=10)]


async def send_all(store, head, *, now=NOW) -> list[str]:
    """Send what may go of ``head`` and give the queue back."""
    sent = []
    for item in await due(store, head, now=now, limit=10):
        part = SentPart(outbox_id=item.id, number=0, provider_id=f"m-{item.id}", state=DeliveryState.SENT, at=now)
        await sending.record_part(store, head, part, last=True)
        sent.append(item.reply.text)
    await sending.settle(store, head, now=NOW)
    return sent


async def test_queueing_a_message_twice_queues_it_once(known):
    await queue(known, "a")
    await queue(known, "a")
    await asyncio.gather(*(queue(known, "b") for _ in range(8)))
    (head,) = await claim(known)
    assert await texts(known, head) == ["a", "b"]


async def test_a_message_comes_back_as_it_was_queued(known):
    reply = Reply(
        text="Dân số tỉnh: 1.245.600 người",
        brief="Dan so: 1.245.600",
        choices=(Choice(label="Đúng", value="yesno:1"),),
        link="https://example.vn/d",
        urgent=True,
    )
    draft = Draft(
        person=known.vault.person(address()),
        channel="web",
        account="main",
        lane=Lane.INCIDENT,
        reply=reply,
        language="en",
        origin="test",
        dedupe_key="k",
    )
    await known.write(lambda connection: enqueue(connection, draft, now=NOW))
    (head,) = await claim(known)
    (item,) = await due(known, head, now=NOW, limit=10)
    assert (head.address, head.lane) == (address(), Lane.INCIDENT)
    assert (item.reply, item.language, item.since, item.attempts) == (reply, "en", NOW, 0)


async def test_an_answer_goes_before_a_broadcast_that_waits_longer(known):
    await queue(known, "notice for binh", user="binh", lane=Lane.BROADCAST, at=NOW - MINUTE * 9)
    await queue(known, "notice for an", lane=Lane.BROADCAST, at=NOW - MINUTE * 8)
    await queue(known, "answer for an", at=NOW)
    (first,) = await claim(known, limit=1)
    assert await texts(known, first) == ["answer for an"]
    (second,) = await claim(known, limit=1)
    assert await texts(known, second) == ["notice for binh"]


async def test_order_holds_within_a_person_and_lane(known):
    for n in range(5):
        await queue(known, f"answer {n}")
    (head,) = await claim(known)
    assert await send_all(known, head) == [f"answer {n}" for n in range(5)]
    assert await claim(known, now=NOW + LEASE * 3) == []


async def test_a_message_that_is_not_yet_due_blocks_nobody(known):
    await queue(known, "tomorrow", not_before=NOW + timedelta(days=1))
    await queue(known, "now")
    (head,) = await claim(known)
    assert await send_all(known, head) == ["now"]
    assert await claim(known, now=NOW + LEASE) == []
    (later,) = await claim(known, now=NOW + timedelta(days=1))
    assert await texts(known, later, now=NOW + timedelta(days=1)) == ["tomorrow"]


async def test_an_earlier_message_makes_its_queue_due_earlier(known):
    await queue(known, "in an hour", not_before=NOW + MINUTE * 60)
    await queue(known, "in ten minutes", not_before=NOW + MINUTE * 10)
    await queue(known, "in two hours", not_before=NOW + MINUTE * 120)
    assert await claim(known, now=NOW + MINUTE * 9) == []
    (head,) = await claim(known, now=NOW + MINUTE * 10)
    assert await texts(known, head, now=NOW + MINUTE * 10) == ["in ten minutes"]


async def test_a_parked_message_blocks_nobody(known):
    await queue(known, "unknown result")
    await queue(known, "next")
    (head,) = await claim(known)
    first, _ = await due(known, head, now=NOW, limit=10)
    await sending.close(known, first.id, OutboxState.PARKED, now=NOW, error="no answer")
    assert await send_all(known, head) == ["next"]
    assert await claim(known, now=NOW + LEASE) == []
    assert await rows(known, outbox, "state", "error") == [("parked", "no answer"), ("sent", None)]


async def test_a_postponed_message_comes_again_before_the_next(known):
    await queue(known, "throttled")
    await queue(known, "next")
    (head,) = await claim(known)
    first, _ = await due(known, head, now=NOW, limit=10)
    await sending.postpone(known, first.id, until=NOW + MINUTE, error="throttled")
    assert await send_all(known, head) == []
    (again,) = await claim(known, now=NOW + MINUTE)
    item, _ = await due(known, again, now=NOW + MINUTE, limit=10)
    assert (item.reply.text, item.attempts, item.resends) == ("throttled", 1, 0)


async def test_an_uncounted_wait_is_no_attempt_and_a_resend_is_remembered(known):
    await queue(known, "a")
    (head,) = await claim(known)
    (item,) = await due(known, head, now=NOW, limit=1)
    await sending.postpone(known, item.id, until=NOW, error="misconfigured", counted=False)
    await sending.postpone(known, item.id, until=NOW, error="unknown", resend=True)
    (item,) = await due(known, head, now=NOW, limit=1)
    assert (item.attempts, item.resends) == (1, 1)


async def test_a_message_of_several_parts_resumes_at_the_first_unsent_one(known):
    await queue(known, "long")
    (head,) = await claim(known)
    (item,) = await due(known, head, now=NOW, limit=1)
    part = SentPart(outbox_id=item.id, number=0, provider_id="p-0", state=DeliveryState.SENT, at=NOW)
    await sending.record_part(known, head, part, last=False)
    await sending.record_part(known, head, part, last=False)
    await sending.postpone(known, item.id, until=NOW, error="unreachable")
    (item,) = await due(known, head, now=NOW, limit=1)
    assert item.sent == {0}
    assert len(await rows(known, outbox_parts, "number")) == 1


async def test_four_senders_share_the_queues_without_overlap(known, open_another):
    await receive(known, *(message(1, user=f"p{n}") for n in range(40)))
    for n in range(40):
        await queue(known, f"m{n}", user=f"p{n}")
    senders = [known, *[await open_another(f"sender {n}") for n in range(3)]]

    async def claim_all(sender):
        taken = []
        while heads := await claim(sender, limit=3):
            taken += [head.person for head in heads]
        return taken

    taken = [person for share in await asyncio.gather(*(claim_all(one) for one in senders)) for person in share]
    assert len(taken) == len(set(taken)) == 40


async def test_a_queue_whose_sender_died_is_taken_over_after_its_lease(known, open_another):
    await queue(known, "a")
    other = await open_another("other")
    (dead,) = await claim(known)
    assert await claim(other, now=NOW + LEASE / 2) == []
    (head,) = await claim(other, now=NOW + LEASE)
    await sending.settle(known, dead, now=NOW)
    assert await claim(known, now=NOW + LEASE) == [], "settling without the lease gives nothing back"
    assert await send_all(other, head, now=NOW + LEASE) == ["a"]


async def test_who_lost_a_queue_does_not_give_it_back_for_its_new_owner(known):
    await queue(known, "a")
    await queue(known, "b", user="binh")
    lost = {head.address.user: head for head in await claim(known)}
    held = {head.address.user: head for head in await claim(known, now=NOW + LEASE)}
    returns = [Return(head=lost["an"]), Return(head=held["binh"])]
    await sending.record(known, [], returns, now=NOW + LEASE)
    owners = dict(await rows(known, outbox_heads, "person", "lease_owner"))
    assert owners == {held["an"].person: held["an"].owner, held["binh"].person: None}


async def test_what_leaves_together_is_recorded_and_given_back_together(known):
    await queue(known, "a")
    await queue(known, "b", user="binh")
    await queue(known, "c", user="binh")
    queues = await claim_queues(known, channel="web", account="main", now=NOW, limit=9, messages=1)
    departures = [
        Departure(
            address=one.head.address,
            part=SentPart(outbox_id=item.id, number=0, provider_id=None, state=DeliveryState.SENT, at=NOW),
            last=True,
        )
        for one in queues
        for item in one.messages
    ]
    await sending.record(known, departures, [Return(head=one.head) for one in queues], now=NOW)
    assert await rows(known, outbox, "state") == [("sent",), ("sent",), ("queued",)]
    (left,) = await claim(known)
    assert await texts(known, left) == ["c"]


async def test_an_unused_queue_keeps_its_place_and_a_used_one_goes_behind(known):
    await queue(known, "a", at=NOW - MINUTE)
    await queue(known, "b", user="binh", at=NOW - MINUTE / 2)
    (first,) = await claim(known, limit=1)
    await sending.record(known, [], [Return(head=first, unused=True)], now=NOW)
    (again,) = await claim(known, limit=1)
    assert again.person == first.person
    await sending.record(known, [], [Return(head=again, unused=True, not_before=NOW + MINUTE)], now=NOW)
    assert [head.address.user for head in await claim(known)] == ["binh"]
    assert "an" in [head.address.user for head in await claim(known, now=NOW + MINUTE)]


async def test_another_account_is_another_sender(known):
    await queue(known, "a")
    assert await claim_heads(known, channel="web", account="second", now=NOW, limit=10) == []
    assert await claim_heads(known, channel="kannel", account="main", now=NOW, limit=10) == []


async def test_what_is_queued_while_a_sender_works_is_not_forgotten(known):
    await queue(known, "a")
    (head,) = await claim(known)
    await queue(known, "b")
    await send_all(known, head)
    await queue(known, "c")
    (head,) = await claim(known)
    assert await texts(known, head) in (["b", "c"], ["c"])
    assert {state for _, state in await rows(known, outbox, "dedupe_key", "state")} == {"sent", "queued"}


async def test_a_long_queue_of_one_person_does_not_make_claiming_dearer(known):
    blank = {"channel": "web", "account": "main", "lane": 3}
    waiting = {"language": "vi", "origin": "x", "created_at": NOW, "not_before": NOW, "state": "queued"}
    long = [
        {"person": known.vault.person(address()), "reply": {"text": ""}, "dedupe_key": f"k{n}", **blank, **waiting}
        for n in range(20_000)
    ]
    idle = [{"person": f"idle-{n}", **blank} for n in range(5000)]
    for start in range(0, len(long), 2000):
        batch = [{**row, "attempts": 0, "resends": 0} for row in long[start : start + 2000]]
        await known.write(lambda connection, batch=batch: connection.execute(insert(outbox), batch))
    await known.write(lambda connection: connection.execute(insert(outbox_heads), idle))
    await queue(known, "of the flooder", lane=Lane.BROADCAST)
    await queue(known, "of somebody else", user="binh", lane=Lane.BROADCAST)
    await analyze(known)
    async with statements() as heard:
        heads = await claim(known)
        depths = [len(await due(known, head, now=NOW, limit=8)) for head in heads]
        await sending.record(known, [], [Return(head=head) for head in heads], now=NOW)
    assert sorted(depths) == [1, 8]
    plan = await plans(known, [one for one in heard if not isinstance(one[1], list)])
    assert not re.search(r"(SCAN|Seq Scan on) outbox\b", plan), plan
    assert "outbox_heads_due" in plan
    assert "outbox_queued" in plan
