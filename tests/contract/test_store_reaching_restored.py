"""A database that comes back does not go on with messages that were under way days ago."""

from datetime import timedelta

from bot.core.delivery import Lane
from bot.core.messages import Reply
from bot.core.reach import LadderState
from bot.store.backup import back_up
from bot.store.ladder import read_ladder
from bot.store.outbox import Draft, enqueue
from bot.store.reaching import Accounts, Looked, look_after
from bot.store.restore import restore
from tests.conftest import open_store
from tests.support.rows import MINUTE, NOW, address, message, receive

LATER = NOW + timedelta(days=2)
MONDAY = NOW + timedelta(days=5)


async def test_what_must_reach_somebody_and_was_under_way_goes_nowhere_after_a_restore(store, blank_url, tmp_path):
    await receive(store, message(1))
    person = store.vault.person(address())
    drafts = [
        Draft(
            person=person,
            channel="web",
            account="main",
            lane=Lane.REMINDER,
            reply=Reply(text="nhắc"),
            language="vi",
            origin="test",
            dedupe_key=key,
            not_before=when,
            elsewhere=[address("binh")],
            confirm_within=MINUTE,
        )
        for key, when in (("now", NOW), ("later", MONDAY))
    ]
    for draft in drafts:
        await store.write(lambda c, draft=draft: enqueue(c, draft, now=NOW, vault=store.vault))
    await back_up(store, tmp_path / "backup.db", now=NOW)
    async with open_store(blank_url, owner="restored") as target:
        await restore(target, tmp_path / "backup.db", now=LATER)
        assert await look_after(target, Accounts(ours={("web", "main")}), now=LATER) == Looked()
        states = [(await read_ladder(target, key)).state for key in ("now", "later")]
    assert states == [LadderState.UNCONFIRMED, LadderState.OPEN], "what is for later is still to be sent"
