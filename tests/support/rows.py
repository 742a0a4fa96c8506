"""Short ways to fill a store in a test and to look into it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Table, event, select

from bot.core.delivery import Lane
from bot.core.messages import Address, InboundMessage, Reply
from bot.store import conversations, inbox, turns
from bot.store.conversations import EVERYBODY, Claimed
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.outbox import Draft, enqueue
from bot.store.transaction import Transaction
from bot.store.turns import Turn

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def address(user: str = "an", *, account: str = "main") -> Address:
    """Where a person writes from."""
    return Address(channel="web", account=account, user=user)


def message(number: int | str, *, user: str = "an", text: str = "dân số", at: datetime = NOW) -> InboundMessage:
    """What a person wrote; ``number`` makes its external id."""
    return InboundMessage(address=address(user), external_id=f"{user}-{number}", text=text, received_at=at)


async def receive(store: Store, *messages: InboundMessage) -> None:
    """Take ``messages`` in, in this order."""
    await Intake(store).accept(messages)


async def claim_one(store: Store, *, now: datetime = NOW) -> Claimed:
    """The one conversation that is due."""
    (claimed,) = await conversations.claim_due(store, scope=EVERYBODY, now=now, limit=10)
    return claimed


async def answer_next(store: Store, claimed: Claimed, text: str, *, now: datetime = NOW) -> None:
    """Handle the oldest waiting message of ``claimed`` by answering ``text``, and give the conversation back."""
    (waiting,) = await inbox.waiting(store, claimed.person, claimed.conversation.address, limit=1)
    turn = Turn(
        waiting=waiting,
        conversation=claimed.conversation,
        replies=[Reply(text=text)],
        state="",
        data={},
        effects=(),
    )
    await turns.commit(store, claimed, turn, now=now, release=True)


async def queue(
    store: Store,
    key: str,
    *,
    user: str = "an",
    lane: Lane = Lane.ANSWER,
    at: datetime = NOW,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Put a message for a person who has written before into the outbox; ``key`` is also its text."""
    draft = Draft(
        person=store.vault.person(address(user)),
        channel="web",
        account="main",
        lane=lane,
        reply=Reply(text=key),
        language="vi",
        origin="test",
        dedupe_key=key,
        not_before=not_before,
        expires_at=expires_at,
    )
    await store.write(lambda connection: enqueue(connection, draft, now=at))


async def rows(store: Store, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    """The ``columns`` of every row, in the order of the primary key."""
    query = select(*(table.c[column] for column in columns)).order_by(*table.primary_key.columns)
    async with store.read() as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def analyze(store: Store) -> None:
    """Let the planner know how many rows there are."""

    async def job(connection: Transaction) -> None:
        await connection.exec_driver_sql("ANALYZE")

    await store.write(job)


@asynccontextmanager
async def statements() -> AsyncIterator[list[tuple[str, Any]]]:
    """Every statement that is executed meanwhile, with its parameters."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        heard.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def plans(store: Store, heard: Sequence[tuple[str, Any]]) -> str:
    """How the engine goes about these statements."""
    explain = "EXPLAIN QUERY PLAN " if store.dialect == "sqlite" else "EXPLAIN "
    lines: list[str] = []
    async with store.read() as connection:
        for statement, parameters in heard:
            if statement.startswith(("SELECT", "UPDATE", "WITH")):
                result = await connection.exec_driver_sql(explain + statement, parameters)
                lines += [str(row[-1]) for row in result]
    return "\n".join(lines)
