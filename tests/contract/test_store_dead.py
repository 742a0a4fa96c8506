"""What was given up is listed with its reason and comes back on request; what is over goes on time."""

from datetime import timedelta

from sqlalchemy import update

from bot.core.delivery import DeliveryState, OutboxState
from bot.core.messages import Reply
from bot.store import conversations, dead, inbox, sending, stats, sweep, turns
from bot.store.conversations import EVERYBODY
from bot.store.mailbox import deliver
from bot.store.outbox import claim_heads, due
from bot.store.quarantine import RAW_BYTES, set_aside
from bot.store.sending import SentPart
from bot.store.tables import conversations as conversations_table
from bot.store.tables import inbox as inbox_table
from bot.store.tables import mailbox, outbox, outbox_heads, outbox_parts, quarantine
from tests.support.rows import MINUTE, NOW, address, answer_next, claim_one, message, queue, receive, rows

LATER = NOW + timedelta(days=31)


async def give_up(store) -> None:
    """Let the oldest message fail for good."""
    claimed = await claim_one(store)
    failing = (await inbox.waiting(store, claimed.person, address(), limit=1))[0]
    apology = Reply(text="Xin lỗi")
    await turns.fail(store, claimed, failing, error="bug", apology=apology, now=NOW, pause=timedelta(0))


async def heads(store, *, now=NOW):
    return await claim_heads(store, channel="web", account="main", now=now, limit=10)


async def test_a_dead_message_is_listed_without_person_and_text(store):
    await receive(store, message(1, text="bí mật"))
    await give_up(store)
    (letter,) = await dead.list_dead(store)
    assert (letter.kind, letter.channel, letter.account, letter.reason) == ("inbox", "web", "main", "bug")
    assert "bí mật" not in repr(letter)
    assert store.vault.person(address()) not in repr(letter)


async def test_a_dead_message_is_handled_again_on_request(store):
    await receive(store, message(1))
    await give_up(store)
    (letter,) = await dead.list_dead(store)
    assert await dead.replay_inbox(store, letter.id, now=NOW)
    claimed = await claim_one(store)
    await answer_next(store, claimed, "at last")
    assert await dead.list_dead(store) == []
    assert [reply["text"] for (reply,) in await rows(store, outbox, "reply")] == ["Xin lỗi", "at last"]


async def test_only_what_is_dead_can_be_replayed(store):
    await receive(store, message(1))
    ((row,),) = await rows(store, inbox_table, "id")
    assert not await dead.replay_inbox(store, row, now=NOW)
    assert not await dead.replay_inbox(store, 99, now=NOW)
    assert not await dead.replay_outbox(store, 99, now=NOW)


async def test_a_parked_message_is_sent_again_without_the_parts_that_left(store):
    await receive(store, message(1))
    await queue(store, "a")
    (head,) = await heads(store)
    (item,) = await due(store, head, now=NOW, limit=1)
    part = SentPart(outbox_id=item.id, number=0, provider_id="p", state=DeliveryState.SENT, at=NOW)
    await sending.record_part(store, head, part, last=False)
    await sending.close(store, item.id, OutboxState.PARKED, now=NOW, error="no answer")
    await sending.settle(store, head, now=NOW)
    assert [letter.kind for letter in await dead.list_dead(store)] == ["outbox"]
    assert await dead.replay_outbox(store, item.id, now=NOW)
    (head,) = await heads(store)
    (again,) = await due(store, head, now=NOW, limit=1)
    assert (again.id, again.sent) == (item.id, {0})


async def test_quarantine_keeps_the_beginning_of_what_it_was_given(store):
    await set_aside(store, channel="web", account="main", raw=b"\x00\xff" * RAW_BYTES, reason="not JSON", now=NOW)
    ((raw,),) = await rows(store, quarantine, "raw")
    assert raw == b"\x00\xff" * (RAW_BYTES // 2)
    assert [letter.reason for letter in await dead.list_dead(store)] == ["not JSON"]


async def test_a_row_whose_queue_fell_asleep_is_woken(store):
    await receive(store, message(1))
    await queue(store, "a")
    for table in (conversations_table, outbox_heads):
        asleep = update(table).values(due_at=None)
        await store.write(lambda connection, asleep=asleep: connection.execute(asleep))
    assert await heads(store) == []
    assert await sweep.wake_forgotten(store, now=NOW) == 2
    assert await claim_one(store)
    assert await heads(store)
    assert await sweep.wake_forgotten(store, now=NOW) == 0


async def test_a_message_whose_time_is_over_is_not_sent(store):
    await receive(store, message(1))
    await queue(store, "reminder", expires_at=NOW + MINUTE)
    await queue(store, "answer")
    assert await sweep.expire(store, now=NOW) == 0
    assert await sweep.expire(store, now=NOW + MINUTE) == 1
    (head,) = await heads(store, now=NOW + MINUTE)
    assert [item.reply.text for item in await due(store, head, now=NOW + MINUTE, limit=9)] == ["answer"]


async def test_what_was_answered_is_forgotten_and_what_waits_is_kept(store):
    await receive(store, message("done"), message("pending", user="binh"))
    claimed = await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=10)
    (mine,) = [one for one in claimed if one.conversation.address == address()]
    await answer_next(store, mine, "sent")
    (head,) = await heads(store)
    (item,) = await due(store, head, now=NOW, limit=1)
    part = SentPart(outbox_id=item.id, number=0, provider_id="p", state=DeliveryState.SENT, at=NOW)
    await sending.record_part(store, head, part, last=True)
    await deliver(store, head.person, "k", {"text": "x"}, now=NOW)
    await set_aside(store, channel="web", account="main", raw=b"", reason="", now=NOW)
    await queue(store, "waits")
    assert await sweep.forget(store, before=NOW) == 0
    assert await sweep.forget(store, before=LATER) == 5
    assert await rows(store, inbox_table, "external_id") == [("binh-pending",)]
    assert await rows(store, outbox, "dedupe_key") == [("waits",)]
    for table, column in ((mailbox, "number"), (quarantine, "id"), (outbox_parts, "number")):
        assert await rows(store, table, column) == []


async def test_the_dead_are_never_forgotten(store):
    await receive(store, message(1))
    await give_up(store)
    await sweep.forget(store, before=LATER)
    assert [letter.kind for letter in await dead.list_dead(store)] == ["inbox"]


async def test_the_numbers_tell_depth_and_age(store):
    await receive(store, message(1, at=NOW - MINUTE * 3), message(2), message(1, user="binh"))
    await queue(store, "a")
    await set_aside(store, channel="web", account="main", raw=b"", reason="", now=NOW)
    look = await stats.look(store, now=NOW)
    assert look.oldest_unhandled == MINUTE * 3
    assert (look.unhandled, look.queued, look.dead, look.quarantined) == (3, {("web", 0): 1}, 0, 1)


async def test_an_empty_store_has_nothing_old(store):
    look = await stats.look(store, now=NOW)
    assert (look.oldest_unhandled, look.unhandled, look.queued) == (timedelta(0), 0, {})
    await stats.ping(store)
