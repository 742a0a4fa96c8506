"""A conversation is claimed by one worker at a time, and its messages are handled once and in order."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.core.conversation import Conversation
from bot.core.delivery import Lane
from bot.core.effects import RecordAnswer, RecordConsent, SetLanguage
from bot.core.errors import ConflictError, LeaseLostError
from bot.core.messages import Choice, Reply
from bot.store import answers, consents, conversations, inbox, sweep, turns
from bot.store.conversations import EVERYBODY, Scope
from bot.store.inbox import seal
from bot.store.intake import insert_batch
from bot.store.queue import LEASE
from bot.store.tables import conversations as conversations_table
from bot.store.tables import inbox as inbox_table
from bot.store.tables import outbox
from bot.store.turns import Turn
from tests.support.rows import MINUTE, NOW, address, analyze, answer_next, claim_one, message, plans, receive, rows
from tests.support.rows import statements as executed


async def drain(store, *, rounds: int = 1000) -> list[str]:
    """Claim, handle one message of each, give back – until nothing is due. The people in the order they were claimed."""
    seen = []
    for _ in range(rounds):
        claimed = await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=3)
        if not claimed:
            return seen
        for one in claimed:
            seen.append(one.person)
            (waiting,) = await inbox.waiting(store, one.person, one.conversation.address, limit=1)
            await answer_next(store, one, waiting.message.external_id)
    raise AssertionError("never done")


async def test_four_claimers_share_the_people_without_overlap(store, open_another):
    await receive(store, *(message(1, user=f"p{n}") for n in range(60)))
    workers = [store, *[await open_another(f"worker {n}") for n in range(3)]]

    async def claim_all(worker):
        taken = []
        while claimed := await conversations.claim_due(worker, scope=EVERYBODY, now=NOW, limit=4):
            taken += [one.person for one in claimed]
        return taken

    shares = await asyncio.gather(*(claim_all(worker) for worker in workers))
    taken = [person for share in shares for person in share]
    assert len(taken) == len(set(taken)) == 60


async def test_four_workers_handle_each_message_once_and_in_order(store, open_another):
    await receive(store, *(message(n, user=f"p{user}") for n in range(5) for user in range(12)))
    workers = [store, *[await open_another(f"worker {n}") for n in range(3)]]
    await asyncio.gather(*(drain(worker) for worker in workers))
    await drain(store)  # what a neighbour held at the last look
    replies = [reply["text"] for (reply,) in await rows(store, outbox, "reply")]
    assert len(replies) == 60
    for user in range(12):
        mine = [text for text in replies if text.startswith(f"p{user}-")]
        assert mine == [f"p{user}-{n}" for n in range(5)]


async def test_whoever_waits_longest_is_claimed_first(store):
    for minute, user in enumerate(["first", "second", "third"]):
        await receive(store, message(1, user=user, at=NOW + minute * MINUTE))
    claimed = await conversations.claim_due(store, scope=EVERYBODY, now=NOW + MINUTE * 9, limit=2)
    assert [one.conversation.address.user for one in claimed] == ["first", "second"]


async def test_a_leased_conversation_is_left_alone_until_the_lease_ends(store, open_another):
    await receive(store, message(1))
    other = await open_another("other")
    first = await claim_one(store)
    assert await conversations.claim_due(other, scope=EVERYBODY, now=NOW + LEASE / 2, limit=10) == []
    second = await claim_one(other, now=NOW + LEASE)
    assert second.person == first.person
    assert second.owner.startswith("other/")


async def test_a_clock_set_back_does_not_lock_anybody_out(store, open_another):
    await receive(store, message(1, at=NOW - timedelta(days=1)))
    await claim_one(store, now=NOW)
    assert await claim_one(await open_another("other"), now=NOW - timedelta(hours=1))


async def test_a_worker_that_lost_its_lease_writes_nothing(store, open_another):
    await receive(store, message(1))
    late = await claim_one(store)
    await claim_one(await open_another("other"), now=NOW + LEASE)
    with pytest.raises(LeaseLostError):
        await answer_next(store, late, "too late")
    with pytest.raises(LeaseLostError):
        await turns.give_back(store, late, now=NOW)
    assert await rows(store, outbox, "id") == []
    assert await rows(store, inbox_table, "state") == [("pending",)]


async def test_a_turn_over_an_older_state_of_the_talk_is_refused(store):
    await receive(store, message(1), message(2))
    claimed = await claim_one(store)
    await answer_next(store, claimed, "one")
    stale = await claim_one(store)
    assert stale.conversation.version == 1
    with pytest.raises(ConflictError):
        await answer_next(
            store,
            conversations.Claimed(person=stale.person, owner=stale.owner, conversation=claimed.conversation),
            "two",
        )
    assert len(await rows(store, outbox, "id")) == 1


async def test_one_transaction_writes_everything_that_a_turn_decided(store):
    await receive(store, message(1))
    claimed = await claim_one(store)
    (waiting,) = await inbox.waiting(store, claimed.person, address(), limit=1)
    reply = Reply(text="Chọn một mục", choices=(Choice(label="Dân số", value="lookup:1"),))
    effects = (
        SetLanguage(language="en"),
        RecordConsent(topic="moi-truong", given=True, evidence="ĐK MOI TRUONG"),
        RecordAnswer(code="A2B3C", identity="x", dataset="d", reply=reply),
    )
    turn = Turn(
        waiting=waiting,
        conversation=claimed.conversation,
        replies=[reply],
        state="menu",
        data={"page": 2},
        effects=effects,
    )
    after = await turns.commit(store, claimed, turn, now=NOW, release=True)
    assert after == await conversations.load(store, address())
    assert after == Conversation(
        address=address(),
        state="menu",
        data={"page": 2},
        choices=reply.choices,
        language="en",
        updated_at=NOW,
        version=1,
    )
    assert await rows(store, inbox_table, "state", "finished_at") == [("done", NOW)]
    assert await rows(store, outbox, "lane", "language", "dedupe_key") == [(Lane.ANSWER, "en", f"inbox:{waiting.id}:0")]
    assert await consents.agreed(store, [claimed.person], "moi-truong")
    assert (await answers.find(store, "A2B3C")).reply == reply
    assert await conversations.claim_due(store, scope=EVERYBODY, now=NOW + LEASE * 9, limit=10) == []


async def test_a_failed_message_waits_and_after_its_tries_is_dead_with_an_apology(store):
    await receive(store, message(1), message(2))
    claimed = await claim_one(store)
    failing, _ = await inbox.waiting(store, claimed.person, address(), limit=2)
    await turns.fail(store, claimed, failing, error="bug", apology=None, now=NOW, pause=MINUTE)
    assert await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=10) == []
    again = await claim_one(store, now=NOW + MINUTE)
    await turns.fail(store, again, failing, error="bug", apology=Reply(text="Xin lỗi"), now=NOW, pause=timedelta(0))
    assert await rows(store, inbox_table, "state", "attempts", "error") == [("dead", 2, "bug"), ("pending", 0, None)]
    assert [reply["text"] for (reply,) in await rows(store, outbox, "reply")] == ["Xin lỗi"]
    following = await claim_one(store)
    assert [w.message.external_id for w in await inbox.waiting(store, following.person, address(), limit=9)] == ["an-2"]


async def test_the_terminal_is_worked_by_itself_alone(store):
    terminal = address("me", account="cli")
    await receive(store, message(1), replace(message(2), address=terminal))
    everybody = await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=9)
    assert [one.conversation.address for one in everybody] == [address()]
    itself = Scope(person=store.vault.person(terminal))
    mine = await conversations.claim_due(store, scope=itself, now=NOW, limit=9)
    assert [one.conversation.address for one in mine] == [terminal]


async def test_a_flood_of_one_person_does_not_make_claiming_dearer(store):
    flood = [seal(store.vault, message(n, user="flood")) for n in range(20_000)]
    for start in range(0, len(flood), 2000):
        await insert_batch(store, flood[start : start + 2000])
    await receive(store, message(1))
    idle = seal(store.vault, message(1, user="idle"))
    blank = {"channel": "web", "account": "main", "sealed": idle.sealed, "state": "", "data": {}, "choices": []}
    people = [{"person": f"idle-{n}", "language": "vi", "version": 0, "mail_count": 0, **blank} for n in range(5000)]
    await store.write(lambda connection: connection.execute(insert(conversations_table), people))
    await analyze(store)
    async with executed() as heard:
        claimed = await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=10)
        for one in claimed:
            await inbox.waiting(store, one.person, one.conversation.address, limit=8)
            await turns.give_back(store, one, now=NOW)
    assert len(claimed) == 2
    plan = await plans(store, heard)
    assert "conversations_due" in plan
    assert "inbox_pending" in plan
    assert not scanned(plan), plan


def scanned(plan: str) -> list[str]:
    """Where a plan reads a whole table."""
    return re.findall(r"(?:SCAN|Seq Scan on) (?:inbox|conversations)\b(?! USING)", plan)


async def test_a_talk_that_has_rested_keeps_no_question_and_no_choice(store):
    for user, at in (("an", NOW), ("binh", NOW + MINUTE)):
        await receive(store, message(1, user=user, at=at))
        (claimed,) = await conversations.claim_due(
            store, scope=Scope(person=store.vault.person(address(user))), now=at, limit=1
        )
        asked = replace(
            claimed.conversation,
            state="menu",
            data={"question": "gia vang"},
            choices=(Choice(label="A", value="wish:feedback:x"),),
            language="en",
            updated_at=at,
        )
        await store.write(lambda connection, c=claimed, a=asked: conversations.save(connection, c, a))
    assert await sweep.forget(store, before=NOW + MINUTE) == 1
    rested, fresh = [await conversations.load(store, address(user)) for user in ("an", "binh")]
    assert (rested.state, rested.data, rested.choices, rested.language) == ("", {}, (), "en")
    assert fresh.data == {"question": "gia vang"}
    assert await sweep.forget(store, before=NOW + MINUTE) == 0
