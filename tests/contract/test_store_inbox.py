"""Messages come in once, together, and none can spoil its neighbours."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.errors import StoreUnavailableError
from bot.core.messages import AttachmentKind, InboundMessage
from bot.store import conversations, inbox
from bot.store.conversations import EVERYBODY
from bot.store.engine import Store
from bot.store.intake import Intake, insert_batch
from bot.store.tables import conversations as conversations_table
from bot.store.tables import inbox as inbox_table
from bot.store.tables import quarantine
from tests.conftest import KEY
from tests.support.rows import MINUTE, NOW, address, claim_one, message, receive, rows

POISON = {
    "a NUL in the text": message("p", text="a\x00b"),
    "a lone surrogate in the text": message("p", text="a\ud800b"),
    "a NUL in the id": message("\x00"),
    "a lone surrogate in the id": message("\udfff"),
    "a lone surrogate in the person": message("p", user="\ud800"),
    "an id longer than an index takes": message("".join(chr(0x4E00 + n * 7 % 20000) for n in range(20_000))),
}


async def ids(store) -> list[str]:
    return [external_id for (external_id,) in await rows(store, inbox_table, "external_id")]


async def test_a_message_that_comes_twice_is_one_row(store):
    await receive(store, message(1))
    await receive(store, message(1, text="another text, the same id"))
    await receive(store, message(1), message(1))
    ((body,),) = await rows(store, inbox_table, "body")
    assert body["text"] == "dân số"


KINDS = {
    "a button under a message that can be changed": {"choice": "rows:next:x:1::q", "pressed": "4711"},
    "a picture with words": {"text": "dân số", "attachment": AttachmentKind.PICTURE},
    "a sticker": {"text": "", "attachment": AttachmentKind.STICKER},
    "a time of writing": {"text": 'a "quoted" word', "sent_at": NOW - MINUTE},
}


@pytest.mark.parametrize("fields", KINDS.values(), ids=KINDS)
async def test_whatever_a_message_carries_is_read_back(store, fields):
    sent = replace(message(1), **fields)
    await receive(store, sent)
    claimed = await claim_one(store)
    (waiting,) = await inbox.waiting(store, claimed.person, address(), limit=1)
    assert waiting.message == sent


async def test_a_kind_of_attachment_that_only_a_newer_version_knows_is_read_as_another(store):
    await receive(store, replace(message(1), attachment="hologram"))
    claimed = await claim_one(store)
    (waiting,) = await inbox.waiting(store, claimed.person, address(), limit=1)
    assert waiting.message.attachment is AttachmentKind.OTHER


async def test_eight_connections_store_each_message_once(store, open_another):
    stores = [store, *[await open_another(f"process {n}") for n in range(7)]]
    messages = [message(n, user=f"p{n % 5}") for n in range(40)]
    await asyncio.gather(*(receive(one, item) for one in stores for item in messages))
    assert sorted(await ids(store)) == sorted(item.external_id for item in messages)
    assert await rows(store, quarantine, "id") == []


async def test_crossing_batches_of_the_same_people_do_not_block_each_other(store, open_another):
    other = await open_another("other")
    people = [f"p{n}" for n in range(20)]
    there = [inbox.seal(store.vault, message("a", user=user)) for user in people]
    back = [inbox.seal(store.vault, message("b", user=user)) for user in reversed(people)]
    for _ in range(5):
        await asyncio.gather(insert_batch(store, there), insert_batch(other, back))
    assert len(await ids(store)) == 40


async def test_a_request_that_goes_away_takes_nobody_with_it(store):
    intake = Intake(store)
    both = [message(1), message(2)]
    gone, staying = (asyncio.create_task(intake.accept([one])) for one in both)
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait_for(staying, 30)
    assert gone.cancelled()
    assert await ids(store) == [one.external_id for one in both]


async def test_a_batch_of_any_size_is_stored_whole_and_in_order(store):
    batches = [[message(f"{size}-{n}", user="an") for n in range(size)] for size in (1, 2, 3, 255, 256, 257, 511)]
    for batch in batches:
        await insert_batch(store, [inbox.seal(store.vault, one) for one in batch])
    assert await ids(store) == [one.external_id for batch in batches for one in batch]


async def test_rows_of_one_person_keep_the_order_of_arrival(store):
    intake = Intake(store)
    await asyncio.gather(*(intake.accept([message(n, user=f"p{n % 3}")]) for n in range(90)))
    arrived = await ids(store)
    for user in ("p0", "p1", "p2"):
        numbers = [int(one.partition("-")[2]) for one in arrived if one.startswith(user)]
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
async def test_a_poisonous_row_never_fails_its_neighbours(store, poison: InboundMessage):
    intake = Intake(store)
    neighbours = [message(n, user=f"p{n}") for n in range(5)]
    await asyncio.gather(*(intake.accept([item]) for item in [*neighbours[:2], poison, *neighbours[2:]]))
    stored = await ids(store)
    assert {item.external_id for item in neighbours} <= set(stored)
    kept = len(stored) - len(neighbours) + len(await rows(store, quarantine, "id"))
    assert kept == 1, "the poisonous one is stored or in quarantine, never lost"


async def test_quarantine_says_why_without_the_text(store):
    await receive(store, message("\x00", text="bí mật"))
    for reason, account in await rows(store, quarantine, "reason", "account"):
        assert "refused by the database" in reason
        assert "bí mật" not in reason
        assert account == "main"


async def test_a_stored_message_comes_back_as_it_was(store):
    sent = InboundMessage(
        address=address(),
        external_id="x",
        text="Đường Bà Triệu 🏥",
        choice="lookup:2",
        sent_at=NOW - MINUTE,
        received_at=NOW,
    )
    await receive(store, sent)
    person = store.vault.person(sent.address)
    (waiting,) = await inbox.waiting(store, person, sent.address, limit=10)
    assert waiting.message == sent
    assert waiting.attempts == 0


async def test_no_address_is_readable_in_the_database(store):
    await receive(store, message("x", user="84901234567"))
    for table in (conversations_table, inbox_table):
        columns = [column.name for column in table.columns if column.name != "external_id"]
        assert "84901234567" not in str(await rows(store, table, *columns))


async def test_a_flood_is_cut_behind_the_oldest_rows_a_slice_at_a_time(store):
    flood = [inbox.seal(store.vault, message(n)) for n in range(1200)]
    await insert_batch(store, flood)
    person = flood[0].person
    cut = [await store.write(lambda c: inbox.cap(c, person, keep=50, now=NOW)) for _ in range(4)]
    assert cut == [500, 500, 150, 0]
    left = await inbox.waiting(store, person, address(), limit=100)
    assert [item.message.external_id for item in left] == [entry.external_id for entry in flood[:50]]


async def test_a_message_is_refused_while_the_database_is_away():
    away = Store("postgresql://nobody:x@127.0.0.1:1/nothing", KEY, owner="away")
    await away.open()
    with pytest.raises(StoreUnavailableError):
        await receive(away, message(1))
    await away.close()


async def test_a_message_makes_its_conversation_due(store):
    assert await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=10) == []
    await receive(store, message(1))
    (claimed,) = await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=10)
    assert claimed.conversation.address == address()
