"""Erasing a person: nothing that names them is left in any table, and nobody else loses anything."""

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Table

from bot.core.delivery import DeliveryState, Lane
from bot.core.effects import OpenTicket, RecordConsent
from bot.core.members import Role
from bot.core.messages import Address, InboundMessage, Receipt, Reply, Sign, SignKind
from bot.core.tickets import TicketKind
from bot.store import consents, long_choices, members, receipts, sending, standing, tickets
from bot.store.conversations import Scope, claim_due
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.intake import Intake
from bot.store.mailbox import deliver
from bot.store.members import Guest
from bot.store.outbox import Draft, claim_heads, enqueue
from bot.store.quarantine import set_aside
from bot.store.sending import SentPart
from bot.store.tables import conversations, inbox, metadata, outbox, outbox_parts, quarantine, standings
from bot.store.tables import receipts as receipts_table
from bot.store.transaction import Transaction
from gateway.channel import Hook, Presence
from gateway.channels import zalo
from gateway.quarantine import forget, pack, replay
from tests.conftest import open_store
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW, answer_next, claim_one, rows
from tests.support.zalo_account import ACCOUNT

WORDS = "giá đất ở cạnh nhà ông cán bộ đầu mối 01"


def person(number: int) -> Address:
    return Address(channel="zalo", account="4000000000000000004", user=f"900719925474099{number:04}")


async def live(store: Store, address: Address) -> None:
    """Leave as much of ``address`` in the store as a person can."""
    user, key = address.user[-4:], store.vault.person(address)
    message = InboundMessage(address=address, external_id=f"m-{user}", received_at=NOW, text=f"{WORDS} {user}")
    await Intake(store).accept([message])
    (claimed,) = await claim_due(store, scope=Scope(person=key), now=NOW, limit=1)
    await answer_next(store, claimed, f"trả lời {WORDS} {user}")
    await Intake(store).accept([InboundMessage(address=address, external_id=f"n-{user}", received_at=NOW, text=WORDS)])
    signs = [Sign(address=address, kind=kind, at=NOW, until=NOW) for kind in SignKind]
    await standing.note(store, signs)
    await long_choices.shorten(store, key, [f"wish:feedback:{WORDS} {user}"], now=NOW)
    heads = await claim_heads(store, channel=address.channel, account=address.account, now=NOW, limit=9)
    (head,) = [head for head in heads if head.person == key]
    (row,) = [row for row, owner in await rows(store, outbox, "id", "person") if owner == key]
    part = SentPart(outbox_id=row, number=0, provider_id=f"p-{user}", state=DeliveryState.SENT, at=NOW)
    await sending.record_part(store, head, part, last=True)
    await receipts.accept(
        store,
        [
            Receipt(
                channel=address.channel,
                account=address.account,
                provider_id=f"p-{user}",
                state=DeliveryState.READ,
                at=NOW,
            )
        ],
    )
    await deliver(store, key, f"k-{user}", {"text": f"{WORDS} {user}"}, now=NOW)
    await store.write(lambda connection: _agree(connection, store, address, int(user)))
    guest = Guest(name=f"{WORDS} {user}", role=Role.OFFICER)
    invited = await members.invite(store, guest, f"code {user}", now=NOW, expires_at=NOW + timedelta(days=14))
    await store.write(lambda connection: _join(connection, store, address, invited.number))


async def _agree(connection: Transaction, store: Store, address: Address, number: int) -> None:
    key = store.vault.person(address)
    await consents.record(connection, key, RecordConsent(topic=None, given=True, evidence=f"ĐK {WORDS}"), now=NOW)
    report = OpenTicket(number=number, identity="x", kind=TicketKind.FEEDBACK, text=WORDS, dataset="dan-so")
    await tickets.record(connection, store.vault, address, report, now=NOW)
    draft = Draft(
        person=key,
        channel=address.channel,
        account=address.account,
        lane=Lane.BROADCAST,
        reply=Reply(text=WORDS),
        language="vi",
        origin=f"notice:{key}",
        dedupe_key=f"notice:{key}",
        not_before=NOW + timedelta(days=1),
        confirm_within=timedelta(hours=1),
    )
    await enqueue(connection, draft, now=NOW)


async def _join(connection: Transaction, store: Store, address: Address, invitation: int) -> None:
    key = store.vault.person(address)
    await members.bind(connection, store.vault, address, invitation, now=NOW)
    await members.count_wrong(connection, store.vault, key, "7KQ2M4HXA", now=NOW)
    await members.note_told(connection, key, now=NOW)


async def everything(store: Store) -> dict[str, list[str]]:
    """Every row of every table as text."""
    tables: list[Table] = list(metadata.sorted_tables)
    return {table.name: [repr(row) for row in await rows(store, table, *table.columns.keys())] for table in tables}


def holding(found: dict[str, list[str]], *marks: str) -> list[str]:
    return sorted(name for name, lines in found.items() if any(mark in line for line in lines for mark in marks))


async def test_nothing_of_a_person_is_left_in_any_table(store: Store):
    gone, stays = person(1), person(2)
    for address in (gone, stays):
        await live(store, address)
    marks = (store.vault.person(gone), gone.user, f"{WORDS} 0001", "p-0001", "k-0001")
    before = await everything(store)
    assert holding(before, *marks) == [
        "consents",
        "conversations",
        "inbox",
        "ladders",
        "long_choices",
        "mailbox",
        "members",
        "outbox",
        "outbox_heads",
        "outbox_parts",
        "receipts",
        "rungs",
        "standings",
        "strangers",
        "tickets",
        "wrong_codes",
    ], "the test must have something to look for in every table that names people"
    others = (store.vault.person(stays), f"{WORDS} 0002", "p-0002", "k-0002")

    erased = await erase(store, gone, now=NOW)

    after = await everything(store)
    assert holding(after, *marks) == []
    assert holding(after, *others) == holding(before, *others)
    assert set(erased) == set(holding(before, *marks))
    assert await rows(store, tickets.tickets, "dataset") == [("dan-so",), ("dan-so",)], "that there was a report stays"


async def test_erasing_twice_or_somebody_unknown_changes_nothing(store: Store):
    await live(store, person(1))
    assert await erase(store, person(3), now=NOW) == {}
    await erase(store, person(1), now=NOW)
    assert await erase(store, person(1), now=NOW) == {}


async def test_a_message_that_is_offered_again_after_erasing_does_not_begin_the_talk_anew(store: Store):
    await live(store, person(1))
    await erase(store, person(1), now=NOW)
    again = InboundMessage(address=person(1), external_id="m-0001", received_at=NOW, text=WORDS)
    await Intake(store).accept([again])
    assert holding(await everything(store), WORDS) == []
    assert {state for (state,) in await rows(store, inbox, "state")} == {"done"}


async def test_a_message_to_somebody_else_forgets_this_way_and_keeps_its_others(store: Store):
    gone, other, first = person(1), person(2), person(3)
    for number, ways in enumerate([(gone, other), (gone,), (other,)]):
        draft = Draft(
            person=store.vault.person(first),
            channel="kannel",
            account="8179",
            lane=Lane.REMINDER,
            reply=Reply(text="nhắc việc"),
            language="vi",
            origin="x",
            dedupe_key=f"x:{number}",
            elsewhere=ways,
        )
        await store.write(partial(enqueue, draft=draft, now=NOW, vault=store.vault))
    assert await erase(store, gone, now=NOW) == {"outbox": 2}
    kept = await rows(store, outbox, "person", "elsewhere")
    assert [sealed and store.vault.open_all(sealed, key) for key, sealed in kept] == [(other,), None, (other,)]


async def test_an_id_that_names_its_author_goes_as_a_whole(store: Store):
    address = Address(channel="web", account="main", user="an%_")
    for number in ("an%_-1", "anders-1"):
        await Intake(store).accept([InboundMessage(address=address, external_id=number, received_at=NOW, text="x")])
    await erase(store, address, now=NOW)
    assert await rows(store, inbox, "external_id", "body") == [("anders-1", {})]


async def test_what_is_being_answered_while_its_author_is_erased_writes_nothing(store: Store):
    address = person(1)
    await Intake(store).accept([InboundMessage(address=address, external_id="m-1", received_at=NOW, text=WORDS)])
    claimed = await claim_one(store)
    await erase(store, address, now=NOW)
    with pytest.raises(ValueError, match="not enough values"):
        await answer_next(store, claimed, WORDS)
    assert await rows(store, outbox, "id") == []


async def test_a_part_that_leaves_while_its_reader_is_erased_is_not_written_down(store: Store):
    await live(store, person(1))
    heads = await claim_heads(store, channel="zalo", account=person(1).account, now=NOW + timedelta(days=2), limit=1)
    await erase(store, person(1), now=NOW)
    for head in heads:
        await sending.settle(store, head, now=NOW)
    for table in (outbox, outbox_parts, receipts_table, standings, conversations):
        assert await rows(store, table, *table.primary_key.columns.keys()) == [], table.name


async def test_an_event_that_was_set_aside_goes_when_it_names_the_person(store: Store):
    address, other = person(1), person(2)
    for one in (address, other):
        body = json.dumps({"sender": {"id": one.user}}).encode()
        hook = Hook(method="POST", query={}, headers={}, cookies={}, body=body)
        raw = pack(hook, store.vault)
        await set_aside(store, channel="zalo", account=one.account, raw=raw, reason="x", now=NOW)
    assert await forget(store, address) == 1
    assert len(await rows(store, quarantine, "id")) == 1
    assert await forget(store, other) == 1


async def set_aside_in_store(store: Store, channel: str, account: str, body: bytes, **query: str) -> None:
    hook = Hook(method="POST", query=query, headers={}, cookies={}, body=body)
    await set_aside(store, channel=channel, account=account, raw=pack(hook, store.vault), reason="x", now=NOW)


async def test_an_event_that_came_to_the_address_of_another_account_goes_as_well(store: Store):
    body = json.dumps({"sender": {"id": person(1).user}, "recipient": {"id": person(1).account}}).encode()
    await set_aside_in_store(store, "zalo", "4000000000000000005", body)
    await set_aside_in_store(store, "telegram", "4000000000000000005", body)
    assert await forget(store, person(1)) == 1
    assert await rows(store, quarantine, "channel") == [("telegram",)]


@pytest.mark.parametrize("written", ["+84901000001", "84901000001", "0901000001"])
async def test_an_event_that_writes_a_number_in_another_way_goes_as_well(store: Store, written: str):
    whom = Address(channel="kannel", account="8179", user="+84901000001")
    await set_aside_in_store(store, "kannel", "8179", b"", **{"from": written})
    await set_aside_in_store(store, "kannel", "8179", b"", **{"from": "0901000002"})
    assert await forget(store, whom) == 1
    assert len(await rows(store, quarantine, "id")) == 1


async def test_a_withdrawal_that_is_read_again_takes_what_was_set_aside_beside_it(store: Store):
    ends = {"sender": {"id": person(1).user}, "recipient": {"id": person(1).account}}
    for name in ("user_withdraw", "user_wrote_something_new"):
        body = json.dumps({"event_name": name, **ends}).encode()
        await set_aside_in_store(store, "zalo", person(1).account, body)
    ours = {("zalo", ACCOUNT.account): Presence(channel=zalo.CHANNEL, account=ACCOUNT)}
    assert await replay(store, 1, ours, clock=lambda: NOW) is not None
    assert await rows(store, quarantine, "id") == []


@SQLITE_ONLY
async def test_the_file_holds_none_of_it_either(engine_url: str):
    async with open_store(engine_url) as store:
        await live(store, person(1))
        await live(store, person(2))
        await erase(store, person(1), now=NOW)
        keys = [store.vault.person(person(number)).encode() for number in (1, 2)]
        file = Path(store.url.database or "")
    content = file.read_bytes()  # what the log held is in the file now
    assert keys[1] in content
    for mark in (keys[0], person(1).user.encode(), f"{WORDS} 0001".encode(), b"p-0001", b"k-0001"):
        assert mark not in content, mark
