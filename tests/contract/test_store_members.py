"""Officers and staff in the store: an invitation serves once, whoever races for it, and what is over is forgotten."""

import asyncio
from datetime import timedelta

from bot.core.answer_code import ALPHABET, is_code
from bot.core.errors import ConflictError
from bot.core.members import WRONG_IN_TOTAL, WRONG_PER_CODE, WRONG_WITHIN, Role, make_invitation_code
from bot.core.messages import Address
from bot.store import members
from bot.store.engine import Store
from bot.store.members import Guest
from bot.store.tables import invitations, strangers, wrong_codes
from bot.store.tables import members as table
from tests.support.rows import NOW, address, rows

DAY = timedelta(days=1)
CODE = "7KQ2M4HXA"
GUEST = Guest(name="Lê An", role=Role.STAFF)


async def invite(store: Store, code: str = CODE, *, days: int = 14) -> int:
    return (await members.invite(store, GUEST, code, now=NOW, expires_at=NOW + days * DAY)).number


async def wrong(store: Store, person: str, code: str) -> None:
    await store.write(lambda connection: members.count_wrong(connection, store.vault, person, code, now=NOW))


async def bind(store: Store, number: int, to: Address) -> bool:
    try:
        await store.write(lambda connection: members.bind(connection, store.vault, to, number, now=NOW))
    except ConflictError:
        return False
    return True


async def test_of_several_who_use_a_code_at_once_one_is_bound(store: Store):
    number = await invite(store)
    people = [address(f"p-{one}") for one in range(4)]
    assert sorted(await asyncio.gather(*(bind(store, number, to) for to in people))) == [False, False, False, True]
    assert len(await members.list_members(store)) == 1
    assert await rows(store, invitations, "name") == [("",)], "the name belongs to the address from now on"


async def test_whoever_is_bound_anew_is_bound_once(store: Store):
    for code in (CODE, "8KQ2M4HXA"):
        assert await bind(store, await invite(store, code), address())
    newest, before = await members.list_members(store)
    assert (newest.unbound_at, before.unbound_at) == (None, NOW)
    found = await members.find_member(store, address())
    assert found is not None
    assert found.number == newest.number
    assert await members.find_member(store, address("binh")) is None


async def test_only_the_keyed_hash_of_a_code_is_kept(store: Store):
    await invite(store)
    (code,) = (await rows(store, invitations, "code"))[0]
    assert len(code) == 64
    assert await members.find_invitation(store, address(), CODE.lower(), now=NOW) is not None


async def test_a_code_counts_until_its_moment(store: Store):
    await invite(store, days=1)
    assert await members.find_invitation(store, address(), CODE, now=NOW + DAY) is None
    assert await members.list_invitations(store, now=NOW + DAY) == []
    assert len(await members.list_invitations(store, now=NOW)) == 1


async def test_guessing_from_many_addresses_ends_as_well(store: Store):
    await invite(store)

    async def guess(number: int) -> None:
        await store.write(lambda connection: members.count_wrong(connection, store.vault, f"p-{number}", "x", now=NOW))

    for number in range(WRONG_IN_TOTAL):
        await guess(number)
    assert await members.find_invitation(store, address(), CODE, now=NOW) is None
    assert await members.find_invitation(store, address(), CODE, now=NOW + WRONG_WITHIN) is not None


def near(code: str) -> list[str]:
    """Well-formed codes that begin like ``code`` and are others."""
    guesses = (f"{code[:6]}{a}{b}{c}" for a in ALPHABET for b in ALPHABET[:2] for c in ALPHABET)
    return [guess for guess in guesses if is_code(guess) and guess != code]


async def test_a_code_that_is_guessed_at_from_many_addresses_is_closed_and_the_others_count_on(store: Store):
    code, other = make_invitation_code("one"), make_invitation_code("two")
    number, _ = await invite(store, code), await invite(store, other)
    guesses = near(code)
    slips = [f"{code[:-1]}{symbol}" for symbol in ALPHABET if symbol != code[-1]]
    for slip in slips[:WRONG_PER_CODE]:
        await wrong(store, "honest", slip)
    assert await members.find_invitation(store, address(), code, now=NOW) is not None, "a slip is no attempt"
    for at in range(WRONG_PER_CODE):
        assert await members.find_invitation(store, address(), code.lower(), now=NOW) is not None, at
        await wrong(store, f"p-{at}", guesses[at])
    later = NOW + WRONG_WITHIN
    assert await members.find_invitation(store, address(), code, now=later) is None
    assert await members.find_invitation(store, address(), other, now=NOW) is not None
    assert not await bind(store, number, address()), "nor is it bound by who found it just before"
    assert [one.wrong for one in await members.list_invitations(store, now=NOW)] == [0, WRONG_PER_CODE]


async def test_an_invitation_is_revoked_once_and_opens_nothing_any_more(store: Store):
    number = await invite(store)
    revoked = await members.revoke(store, number, now=NOW)
    assert revoked is not None
    assert await members.revoke(store, number, now=NOW) is None
    assert await members.find_invitation(store, address(), CODE, now=NOW) is None
    assert not await bind(store, number, address())


async def test_unbinding_is_safe_to_repeat_and_keeps_its_first_moment(store: Store):
    await bind(store, await invite(store), address())
    (member,) = await members.list_members(store)
    for later in (DAY, 2 * DAY):
        ended = await members.unbind(store, member.number, now=NOW + later)
        assert ended is not None
        assert ended.unbound_at == NOW + DAY
    assert await members.unbind(store, member.number + 1, now=NOW) is None


async def test_what_is_over_is_forgotten_in_its_time(store: Store):
    await bind(store, await invite(store), address())
    await invite(store, "9KQ2M4HXA", days=1)
    await store.write(lambda connection: members.count_wrong(connection, store.vault, "p", "x", now=NOW))
    await store.write(lambda connection: members.note_told(connection, "p", now=NOW))
    (member,) = await members.list_members(store)
    await members.unbind(store, member.number, now=NOW)
    left = {"memberships": 100 * DAY, "others": 30 * DAY}
    assert await members.forget(store, now=NOW + 29 * DAY, **left) == 1, "a wrong code is of no use after an hour"
    assert await members.forget(store, now=NOW + 32 * DAY, **left) == 3
    assert await rows(store, table, "name") == [("Lê An",)]
    assert await members.forget(store, now=NOW + 101 * DAY, **left) == 1
    for emptied in (table, invitations, wrong_codes, strangers):
        assert await rows(store, emptied, *list(emptied.columns.keys())[:1]) == []
