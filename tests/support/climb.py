"""A message that must reach somebody, with a sender at its desk and the look that lets it climb."""

from datetime import timedelta
from typing import Any

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Address, Receipt, Reply
from bot.core.reach import LadderState
from bot.store import receipts
from bot.store.engine import Store
from bot.store.ladder import read_ladder
from bot.store.outbox import Draft, enqueue
from bot.store.reaching import Accounts, Looked, look_after
from bot.store.tables import outbox
from tests.support.crowd import ACCOUNT, CHANNEL, message
from tests.support.desk import Desk
from tests.support.rows import receive, rows

WITHIN = timedelta(minutes=10)
KEY = "nhắc:7"
AN = Address(channel=CHANNEL, account=ACCOUNT, user="an")
SECOND = Address(channel=CHANNEL, account="second", user="0900000001")
THIRD = Address(channel=CHANNEL, account="third", user="an-3")
OURS = {(CHANNEL, ACCOUNT), (CHANNEL, "second"), (CHANNEL, "third")}
ALL = Accounts(ours=OURS)


async def must_reach(desk: Desk, *elsewhere: Address, within: timedelta = WITHIN, **changes: Any) -> None:
    """Queue a reminder for AN that must reach them there or at one of ``elsewhere``."""
    await receive(desk.store, message("an", 0, "xin chào", desk.now))
    draft: dict[str, Any] = {
        "person": desk.store.vault.person(AN),
        "channel": CHANNEL,
        "account": ACCOUNT,
        "lane": Lane.REMINDER,
        "reply": Reply(text="sắp đến hạn"),
        "language": "vi",
        "origin": "test",
        "dedupe_key": KEY,
        "elsewhere": elsewhere,
        "confirm_within": within,
    }
    wanted = Draft(**(draft | changes))
    await desk.store.write(lambda connection: enqueue(connection, wanted, now=desk.now, vault=desk.store.vault))


async def send(desk: Desk) -> None:
    """Let every account send what may go now."""
    for account in (ACCOUNT, "second", "third"):
        await desk.work(desk.sender(account=account, accounts=OURS))


async def look(desk: Desk, *, store: Store | None = None, accounts: Accounts = ALL) -> Looked:
    """Take the steps that are due."""
    return await look_after(store or desk.store, accounts, now=desk.now)


async def report(desk: Desk, number: int, state: DeliveryState) -> None:
    """The provider reports on the ``number``-th message that was queued."""
    row, account = (await rows(desk.store, outbox, "id", "account"))[number - 1]
    heard = Receipt(channel=CHANNEL, account=account, provider_id=f"id-{row}:0", state=state, at=desk.now)
    await receipts.accept(desk.store, [heard])


async def climbed(desk: Desk) -> tuple[LadderState, list[str]]:
    """Where the reminder stands, and by which accounts it went."""
    ladder = await read_ladder(desk.store, KEY)
    assert ladder is not None
    return ladder.state, [step.account for step in ladder.steps]
