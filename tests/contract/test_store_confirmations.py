"""Which profiles may urge: in force, or confirmed in writing as their rules are now."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.errors import TracuuError
from bot.core.obligations.profile import ProfileStatus
from bot.core.record import EntryKind
from bot.profiles import load_rule_sets
from bot.store.confirmations import confirm, list_confirmations, read_confirmed, revoke
from bot.store.record import read_record
from tests.support.rows import NOW
from tests.support.talk import DATA

RULE_SETS = load_rule_sets(DATA / "profiles")
DRAFT = RULE_SETS["ninhthuan"]
SAID = {"by": "Sở Khoa học và Công nghệ", "signed_on": date(2026, 11, 2), "basis": "Công văn số 12"}


async def test_only_a_profile_in_force_urges_until_another_is_confirmed_and_no_more_when_that_is_revoked(store):
    assert set(await read_confirmed(store, RULE_SETS)) == {"quangngai"}
    told = await confirm(store, DRAFT, **SAID, now=NOW)
    assert (told.profile, told.by, told.signed_on, told.basis, told.at) == ("ninhthuan", *SAID.values(), NOW)
    assert set(await read_confirmed(store, RULE_SETS)) == {"quangngai", "ninhthuan"}
    assert await revoke(store, "ninhthuan", now=NOW + timedelta(days=1)) == 1
    assert await revoke(store, "ninhthuan", now=NOW + timedelta(days=2)) == 0
    assert set(await read_confirmed(store, RULE_SETS)) == {"quangngai"}
    assert [one.revoked_at for one in await list_confirmations(store)] == [NOW + timedelta(days=1)]
    entries = [each async for each in read_record(store, province="ninhthuan")]
    assert [(each.kind, each.document.get("basis")) for each in entries] == [
        (EntryKind.CONFIRMED, "Công văn số 12"),
        (EntryKind.REVOKED, None),
    ]


async def test_the_same_confirmation_is_recorded_once_and_another_beside_it(store):
    first = await confirm(store, DRAFT, **SAID, now=NOW)
    assert await confirm(store, DRAFT, **SAID, now=NOW + timedelta(hours=1)) == first
    second = await confirm(store, DRAFT, **{**SAID, "basis": "Công văn số 13"}, now=NOW)
    assert [one.number for one in await list_confirmations(store)] == [second.number, first.number]


async def test_changed_rules_need_a_new_confirmation(store):
    await confirm(store, DRAFT, **SAID, now=NOW)
    changed = replace(DRAFT, rules=(replace(DRAFT.rules[0], unchanged=True), *DRAFT.rules[1:]))
    assert await read_confirmed(store, {"ninhthuan": changed}) == {}
    await confirm(store, changed, **SAID, now=NOW)
    assert await read_confirmed(store, {"ninhthuan": changed}) == {"ninhthuan": SAID["signed_on"]}
    assert set(await read_confirmed(store, RULE_SETS)) == {"quangngai", "ninhthuan"}


@pytest.mark.parametrize("status", [ProfileStatus.SUPERSEDED, ProfileStatus.REPEALED])
async def test_what_does_not_apply_any_more_can_never_be_confirmed(store, status):
    await confirm(store, DRAFT, **SAID, now=NOW)
    gone = replace(DRAFT, status=status)
    with pytest.raises(TracuuError, match=f"{status} and cannot be confirmed"):
        await confirm(store, gone, **SAID, now=NOW)
    assert await read_confirmed(store, {"ninhthuan": gone}) == {}
