"""Agencies and officers in the store: imported once, bound to one address per channel, and forgotten in their time."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import update

from bot.core.delivery import Lane, OutboxState
from bot.core.effects import RecordConsent
from bot.core.errors import ConflictError
from bot.core.local_time import local_day
from bot.core.messages import Address, Reply, Sign, SignKind
from bot.core.obligations.agency import PostRole
from bot.core.obligations.roster import Roster
from bot.store import consents, dead, members, outbox, standing
from bot.store.agencies import read_agencies
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.officers import addresses_of, agencies_of, find_officer, read_officers
from bot.store.outbox import Draft
from bot.store.roster import forget_contacts, read_roster, save_roster
from bot.store.tables import officers
from bot.store.tables import outbox as outbox_table
from tests.support.officers import TODAY, bind_officer, enrol, person_row
from tests.support.rows import NOW, rows

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
OLD = Address(channel="sms", account="brand", user="+84912345601")
NEW = Address(channel="kannel", account="8179", user="+84912345699")
ZALO = Address(channel="zalo", account="oa", user="zalo-1")


async def live(store: Store, officer: int) -> list[Address]:
    async with store.read() as connection:
        found = await addresses_of(connection, store.vault, [officer])
    return [one.address for one in found.get(officer, ())]


async def remind(store: Store, address: Address, key: str, *, elsewhere: Sequence[Address] = ()) -> None:
    draft = Draft(
        person=store.vault.person(address),
        channel=address.channel,
        account=address.account,
        lane=Lane.REMINDER,
        reply=Reply(text=key),
        language="vi",
        origin="test",
        dedupe_key=key,
        elsewhere=elsewhere,
    )
    await store.write(partial(outbox.enqueue, draft=draft, now=NOW, vault=store.vault))


async def waiting(store: Store) -> dict[str, str]:
    """The texts of reminders that wait, by the channel on which they do."""
    queued = await rows(store, outbox_table, "channel", "reply", "state")
    return {channel: reply["text"] for channel, reply, state in queued if state == OutboxState.QUEUED}


async def test_a_file_is_taken_over_and_the_same_one_again_changes_nothing(store):
    unit = [person_row(f"Cán bộ {number:02}", number, unit="Văn phòng") for number in (1, 2)]
    twice = person_row("Cán bộ 01", 1, agency="Sở Nội vụ", role=PostRole.HEAD, aliases=("SNV",), since=TODAY)
    first = await enrol(store, *unit, twice, person_row("", agency="Xã Sơn Hà", rule_set=None))
    assert (first.agencies_added, first.people_added, first.posts_added) == (3, 2, 3)
    stored = await read_roster(store)
    again = await enrol(store, *unit, twice, today=TODAY + DAY)
    assert (again.agencies_changed, again.people_changed, again.posts_changed, again.posts_added) == (0, 0, 0, 0)
    assert await read_roster(store) == stored
    agencies, people = await read_agencies(store), await read_officers(store)
    assert [(one.name, one.rule_set, one.aliases) for one in agencies.values()] == [
        ("Sở Y tế", "quangngai", ()),
        ("Sở Nội vụ", "quangngai", ("SNV",)),
        ("Xã Sơn Hà", "", ()),
    ]
    (one, two) = people.values()
    assert [(post.agency, post.role, post.unit, post.since) for post in one.posts] == [
        (1, PostRole.OFFICER, "Văn phòng", None),
        (2, PostRole.HEAD, "", TODAY),
    ]
    assert await agencies_of(store, one.id, day=TODAY) == ("Sở Y tế", "Sở Nội vụ")
    assert await agencies_of(store, one.id, day=TODAY - DAY) == ("Sở Y tế",)
    assert not two.reachable


async def test_a_number_is_kept_as_a_keyed_hash_and_sealed(store):
    await enrol(store, person_row("Cán bộ 01", 1, email="mot@example.vn"))
    (kept,) = await rows(store, officers, "phone", "sealed", "name")
    assert "912345601" not in repr(kept)
    assert "mot@" not in repr(kept)
    assert (await read_roster(store)).people[0].phone == "+84912345601"


async def test_it_is_remembered_since_when_an_agency_is_bound_by_its_rule_set(store):
    days = []
    for number, told in enumerate(({}, {"aliases": ("SYT",)}, {"rule_set": "vinhphuc"})):
        await enrol(store, person_row("Cán bộ 01", 1, **told), now=NOW + number * DAY)
        (agency,) = (await read_agencies(store)).values()
        days.append(agency.recorded_on)
    today = local_day(NOW)
    assert days == [today, today, today + 2 * DAY]


async def test_who_wrote_meanwhile_is_not_overwritten(store):
    before = await read_roster(store)
    await enrol(store, person_row("Cán bộ 01", 1))
    after = Roster(version=before.version, people=(await read_roster(store)).people)
    with pytest.raises(ConflictError):
        await save_roster(store, before, after, now=NOW)


async def test_an_officer_has_one_address_for_each_channel_and_the_one_used_last_comes_first(store):
    await enrol(store, person_row("Cán bộ 01", 1))
    await bind_officer(store, 1, OLD)
    await bind_officer(store, 1, ZALO, now=NOW + MINUTE)
    assert await live(store, 1) == [ZALO, OLD], "Zalo and SMS both stay"
    await standing.note(store, [Sign(address=OLD, kind=SignKind.INTERACTED, at=NOW + 2 * MINUTE)])
    assert await live(store, 1) == [OLD, ZALO]
    await bind_officer(store, 1, NEW, now=NOW + 3 * MINUTE)
    assert await live(store, 1) == [NEW, ZALO], "the old number went, also from another account for numbers"
    assert await find_officer(store, OLD) is None
    found = await find_officer(store, NEW)
    assert found is not None
    assert (found.id, found.reachable) == (1, True)


async def test_what_waits_for_an_old_number_goes_to_the_new_one_and_never_back(store):
    await enrol(store, person_row("Cán bộ 01", 1))
    for address in (OLD, ZALO):
        await bind_officer(store, 1, address)
    await remind(store, OLD, "a", elsewhere=[ZALO])
    await remind(store, ZALO, "b", elsewhere=[OLD])
    await bind_officer(store, 1, NEW, now=NOW + MINUTE)
    assert await waiting(store) == {"kannel": "a", "zalo": "b"}
    sealed = {
        channel: (person, ways)
        for channel, person, ways in await rows(store, outbox_table, "channel", "person", "elsewhere")
    }
    assert sealed["zalo"][1] is None
    person, ways = sealed["kannel"]
    assert list(store.vault.open_all(ways, person)) == [ZALO]


async def test_what_waits_for_an_address_that_is_unbound_goes_to_another_or_nowhere(store):
    await enrol(store, person_row("Cán bộ 01", 1))
    for address in (OLD, ZALO):
        await bind_officer(store, 1, address)
    await remind(store, OLD, "a", elsewhere=[ZALO])
    await remind(store, OLD, "restored")
    parked = update(outbox_table).where(outbox_table.c.dedupe_key == "restored").values(state=OutboxState.PARKED)
    await store.write(lambda connection: connection.execute(parked))
    ((number, _),) = [row for row in await rows(store, outbox_table, "id", "dedupe_key") if row[1] == "restored"]
    zalo, old = await members.list_members(store)
    await members.unbind(store, old.number, now=NOW)
    assert await waiting(store) == {"zalo": "a"}
    assert not await dead.replay_outbox(store, number, now=NOW)
    await members.unbind(store, zalo.number, now=NOW)
    assert await waiting(store) == {}
    assert await live(store, 1) == []


async def test_a_new_number_in_the_file_ends_what_the_old_one_was_bound_to(store):
    await enrol(store, person_row("Cán bộ 01", 1, email="mot@example.vn"))
    for address in (OLD, ZALO):
        await bind_officer(store, 1, address)
    written = await enrol(store, person_row("Cán bộ 01", 77, email="mot@example.vn"))
    assert (written.people_changed, written.people_added, written.unbound) == (1, 0, 1)
    assert await live(store, 1) == [ZALO]


async def test_whom_the_provider_refuses_or_who_said_stop_is_not_reachable_until_they_turn_to_us(store):
    await enrol(store, person_row("Cán bộ 01", 1))

    async def said(*, given: bool) -> None:
        stop = RecordConsent(topic=None, given=given, evidence="STOP")
        person = store.vault.person(ZALO)
        await store.write(partial(consents.record, person=person, consent=stop, now=NOW))

    async def reachable() -> bool:
        return (await read_officers(store))[1].reachable

    await said(given=False)
    await bind_officer(store, 1, ZALO)
    assert await reachable(), "whoever binds an address asks for reminders there"
    await said(given=False)
    assert not await reachable()
    await said(given=True)
    assert await reachable()
    await standing.note(store, [Sign(address=ZALO, kind=SignKind.LEFT, at=NOW)])
    assert not await reachable()
    await standing.note(store, [Sign(address=ZALO, kind=SignKind.INTERACTED, at=NOW + MINUTE)])
    assert await reachable()


async def test_an_address_that_is_bound_to_another_officer_serves_that_one_only(store):
    await enrol(store, person_row("Cán bộ 01", 1), person_row("Cán bộ 02", 2))
    await bind_officer(store, 1, ZALO)
    await bind_officer(store, 2, ZALO, now=NOW + MINUTE)
    assert (await live(store, 1), await live(store, 2)) == ([], [ZALO])


async def test_an_officers_new_code_ends_the_one_before(store):
    await enrol(store, person_row("Cán bộ 01", 1))
    guest = members.Guest(name="Cán bộ 01", role=members.Role.OFFICER, officer=1)
    for code in ("7KQ2M4HXA", "8KQ2M4HXA"):
        await members.invite(store, guest, code, now=NOW, expires_at=NOW + DAY)
    assert [one.officer for one in await members.list_invitations(store, now=NOW)] == [1]


async def test_whoever_is_erased_is_bound_to_nobody_and_the_number_is_forgotten_but_the_post_stays(store):
    await enrol(store, person_row("Cán bộ 01", 1, email="mot@example.vn"), person_row("Cán bộ 02", 2))
    await bind_officer(store, 1, OLD)
    erased = await erase(store, OLD, now=NOW)
    assert (erased["members"], erased["officers"]) == (1, 1)
    assert await live(store, 1) == []
    roster = await read_roster(store)
    assert [(one.name, one.phone, one.email) for one in roster.people] == [
        ("Cán bộ 01", "", ""),
        ("Cán bộ 02", "+84912345602", ""),
    ]
    assert len(roster.posts) == 2
    again = await enrol(store, person_row("Cán bộ 01", 1))
    assert (again.people_added, again.people_changed) == (0, 1), "the agency's next list names the same person"


async def test_contacts_of_whoever_left_long_ago_are_forgotten_and_names_stay(store):
    left, stays = date(2026, 7, 1), date(2026, 12, 31)
    await enrol(
        store,
        person_row("Cán bộ 01", 1, until=left),
        person_row("Cán bộ 02", 2, until=left),
        person_row("Cán bộ 02", 2, agency="Sở Nội vụ", until=stays),
        person_row("Cán bộ 03", 3),
    )
    assert await forget_contacts(store, before=left) == 0
    assert await forget_contacts(store, before=left + DAY) == 1
    assert await forget_contacts(store, before=left + DAY) == 0
    roster = await read_roster(store)
    assert [(one.name, bool(one.phone)) for one in roster.people] == [
        ("Cán bộ 01", False),
        ("Cán bộ 02", True),
        ("Cán bộ 03", True),
    ]
