"""What a claim must survive: rows that cannot be read, clocks that jump, work that takes longer than its lease."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from bot.core.delivery import DeliveryState, Lane
from bot.core.errors import LeaseLostError, StoreError
from bot.core.messages import Reply
from bot.store import conversations, dead, inbox, sending, turns
from bot.store.conversations import EVERYBODY
from bot.store.outbox import claim_heads, due
from bot.store.queue import LEASE
from bot.store.sending import SentPart
from bot.store.tables import conversations as conversations_table
from bot.store.tables import inbox as inbox_table
from bot.store.tables import outbox, outbox_heads
from bot.store.turns import Turn
from bot.store.waiting import HELD
from tests.support.rows import MINUTE, NOW, address, answer_next, claim_one, message, queue, receive, rows

HOUR = MINUTE * 60


async def change(store, statement) -> None:
    await store.write(lambda connection: connection.execute(statement))


async def claim(store, *, now=NOW, limit=10):
    return await claim_heads(store, channel="web", account="main", now=now, limit=limit)


async def spoil_address(store, user: str, sealed: bytes) -> None:
    mine = conversations_table.c.person == store.vault.person(address(user))
    await change(store, update(conversations_table).where(mine).values(sealed=sealed))


UNREADABLE = {"nothing": b"", "too short": b"x", "of another key": b"x" * 80}


@pytest.mark.parametrize("sealed", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_address_that_cannot_be_opened_holds_up_nobody_else(store, sealed):
    await receive(store, message(1, user="an"), message(1, user="binh"))
    await spoil_address(store, "an", sealed)
    (claimed,) = await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=10)
    assert claimed.conversation.address == address("binh")
    (letter,) = await dead.list_dead(store)
    assert (letter.kind, letter.reason) == ("inbox", "an address in the database does not fit the key")
    assert len(await conversations.claim_due(store, scope=EVERYBODY, now=NOW + LEASE, limit=10)) == 1


async def test_what_was_given_up_for_its_address_is_handled_once_that_is_mended(store):
    await receive(store, message(1))
    ((sealed,),) = await rows(store, conversations_table, "sealed")
    await spoil_address(store, "an", b"")
    assert await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=10) == []
    await spoil_address(store, "an", sealed)
    (letter,) = await dead.list_dead(store)
    assert await dead.replay_inbox(store, letter.id, now=NOW)
    assert (await claim_one(store)).conversation.address == address()


@pytest.mark.parametrize("trouble", ["unreadable", "unknown"])
async def test_a_message_for_nobody_we_know_holds_up_nobody_else(store, trouble):
    await receive(store, message(1, user="an"), message(1, user="binh"))
    await queue(store, "for nobody", user="an")
    await queue(store, "for binh", user="binh")
    if trouble == "unreadable":
        await spoil_address(store, "an", b"")
    else:
        mine = conversations_table.c.person == store.vault.person(address("an"))
        await change(store, delete(conversations_table).where(mine))
    (head,) = await claim(store)
    assert head.address == address("binh")
    (letter,) = [one for one in await dead.list_dead(store) if one.kind == "outbox"]
    assert "address" in letter.reason
    assert len(await claim(store, now=NOW + LEASE)) == 1


async def test_a_reply_of_another_version_is_unreadable_by_itself_alone(store):
    await receive(store, message(1))
    await queue(store, "newer")
    await queue(store, "ours")
    newer = {"text": "x", "hologram": True}
    await change(store, update(outbox).where(outbox.c.dedupe_key == "newer").values(reply=newer))
    (head,) = await claim(store)
    strange, ours = await due(store, head, now=NOW, limit=8)
    assert ours.reply == Reply(text="ours")
    with pytest.raises(StoreError, match="another version"):
        strange.reply  # noqa: B018 – reading is what fails


async def test_messages_from_before_the_clock_was_set_back_do_not_wait_for_it_to_catch_up(store):
    await receive(store, message(1, at=NOW + HOUR))
    claimed = await claim_one(store)
    await answer_next(store, claimed, "answer")
    (head,) = await claim(store)
    assert len(await due(store, head, now=NOW, limit=8)) == 1


async def test_a_pause_before_another_try_is_kept(store):
    await receive(store, message(1))
    claimed = await claim_one(store)
    (waiting,) = await inbox.waiting(store, claimed.person, address(), limit=1)
    await turns.fail(store, claimed, waiting, error="x", apology=None, now=NOW, pause=timedelta(seconds=1))
    assert await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=10) == []
    assert await claim_one(store, now=NOW + timedelta(seconds=1))


async def test_a_renewed_lease_is_not_taken_over(store, open_another):
    await receive(store, message(1))
    slow = await claim_one(store)
    await conversations.renew(store, [slow], now=NOW + LEASE / 2)
    other = await open_another("other")
    assert await conversations.claim_due(other, scope=EVERYBODY, now=NOW + LEASE, limit=10) == []
    await answer_next(store, slow, "late", now=NOW + LEASE)
    assert {state for (state,) in await rows(store, inbox_table, "state")} == {"done"}


async def test_a_lease_that_was_lost_cannot_be_renewed(store, open_another):
    await receive(store, message(1))
    late = await claim_one(store)
    new = await claim_one(await open_another("other"), now=NOW + LEASE)
    await conversations.renew(store, [late], now=NOW + LEASE * 9)
    with pytest.raises(LeaseLostError):
        await answer_next(store, late, "late")
    ((owner, until),) = await rows(store, conversations_table, "lease_owner", "lease_until")
    assert (owner, until) == (new.owner, NOW + LEASE * 2)


async def test_a_message_that_was_answered_is_never_buried_afterwards(store):
    await receive(store, message(1))
    claimed = await claim_one(store)
    (waiting,) = await inbox.waiting(store, claimed.person, address(), limit=1)
    turn = Turn(
        waiting=waiting,
        conversation=claimed.conversation,
        replies=[Reply(text="answer")],
        state="",
        data={},
        effects=(),
    )
    await turns.commit(store, claimed, turn, now=NOW, release=False)
    sorry = Reply(text="sorry")
    await turns.fail(store, claimed, waiting, error="x", apology=sorry, now=NOW, pause=timedelta(0))
    assert await rows(store, inbox_table, "state", "attempts") == [("done", 0)]
    assert [reply["text"] for (reply,) in await rows(store, outbox, "reply")] == ["answer"]


async def test_a_queue_that_had_its_turn_goes_behind_those_that_wait(store):
    await receive(store, message(1, user="an"), message(1, user="binh"))
    for number in range(3):
        await queue(store, f"flood {number}", user="an", at=NOW - MINUTE)
    await queue(store, "one question", user="binh", at=NOW - MINUTE / 2)
    (first,) = await claim(store, limit=1)
    await sending.settle(store, first, now=NOW)
    (second,) = await claim(store, limit=1)
    assert [first.address.user, second.address.user] == ["an", "binh"]


async def test_what_is_to_be_tried_again_soon_keeps_its_place(store):
    await receive(store, message(1))
    await queue(store, "first")
    await queue(store, "second")
    (head,) = await claim(store)
    first, _ = await due(store, head, now=NOW, limit=8)
    await sending.postpone(store, first.id, until=NOW + MINUTE, error="unreachable")
    await sending.settle(store, head, now=NOW)
    await queue(store, "third", at=NOW)
    for head in await claim(store):
        assert await due(store, head, now=NOW, limit=8) == []
        await sending.settle(store, head, now=NOW)
    assert await claim(store, now=NOW + MINUTE / 2) == []
    (head,) = await claim(store, now=NOW + MINUTE)
    assert [one.reply.text for one in await due(store, head, now=NOW + MINUTE, limit=8)] == ["first", "second", "third"]


async def test_what_has_failed_often_lets_the_next_go_ahead(store):
    await receive(store, message(1))
    await queue(store, "first")
    await queue(store, "second")
    (head,) = await claim(store)
    first, _ = await due(store, head, now=NOW, limit=8)
    for _ in range(HELD):
        await sending.postpone(store, first.id, until=NOW + MINUTE, error="unreachable")
    assert [one.reply.text for one in await due(store, head, now=NOW, limit=8)] == ["second"]


async def test_what_is_scheduled_for_later_holds_up_nobody(store):
    await receive(store, message(1))
    await queue(store, "tomorrow", not_before=NOW + HOUR * 24)
    await queue(store, "now")
    (head,) = await claim(store)
    (now,) = await due(store, head, now=NOW, limit=8)
    assert now.reply.text == "now"
    part = SentPart(outbox_id=now.id, number=0, provider_id="p", state=DeliveryState.SENT, at=NOW)
    await sending.record_part(store, head, part, last=True)
    await sending.settle(store, head, now=NOW)
    assert await rows(store, outbox_heads, "due_at") == [(NOW + HOUR * 24,)]


async def test_a_message_whose_time_is_over_is_not_sent_before_the_sweep_ends_it(store):
    await receive(store, message(1))
    await queue(store, "reminder", lane=Lane.REMINDER, expires_at=NOW + MINUTE)
    (head,) = await claim(store, now=NOW + MINUTE)
    assert await due(store, head, now=NOW + MINUTE, limit=8) == []
    await sending.settle(store, head, now=NOW + MINUTE)
    assert await claim(store, now=NOW + MINUTE) == [], "it does not go round in circles either"


async def test_a_claim_takes_all_lanes_into_account_and_no_more_than_asked(store):
    people = [f"p{number}" for number in range(6)]
    await receive(store, *(message(1, user=user) for user in people))
    for number, user in enumerate(people):
        await queue(store, f"m{number}", user=user, lane=Lane(number % 4), at=NOW - MINUTE * number)
    first = await claim(store, limit=3)
    assert [(head.lane, head.address.user) for head in first] == [(0, "p4"), (0, "p0"), (1, "p5")]
    rest = await claim(store, limit=10)
    assert [(head.lane, head.address.user) for head in rest] == [(1, "p1"), (2, "p2"), (3, "p3")]
