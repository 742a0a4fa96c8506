"""Replies for people whose channel has no provider behind it (the web chat): kept here until the page fetches them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.core.errors import StoreError
from bot.store.engine import Store
from bot.store.tables import conversations, mailbox
from bot.store.transaction import Transaction

_FETCHED = 200


def mailbox_topic(person: str) -> str:
    """The wake-up topic of one person's mailbox."""
    return f"mailbox:{person}"


async def deliver(store: Store, person: str, key: str, part: Mapping[str, Any], *, now: datetime) -> int:
    """Put ``part`` (JSON) into the mailbox of ``person`` and return its number there: 1, 2, 3 … without gaps.

    ``key`` names the part: delivering it again changes nothing and returns the first number. Raises StoreError when we
    have never heard of ``person``.
    """

    async def job(connection: Transaction) -> int:
        # the row lock on the conversation keeps numbers in the order in which they become visible
        number = await connection.scalar(
            update(conversations)
            .where(conversations.c.person == person)
            .values(mail_count=conversations.c.mail_count + 1)
            .returning(conversations.c.mail_count)
        )
        if number is None:
            raise StoreError("there is no mailbox for somebody who never wrote")
        known = await connection.scalar(select(mailbox.c.number).where(mailbox.c.key == key))
        if known is not None:
            await connection.execute(
                update(conversations)
                .where(conversations.c.person == person)
                .values(mail_count=conversations.c.mail_count - 1)
            )
            return int(known)
        await connection.execute(insert(mailbox).values(person=person, number=number, key=key, part=part, at=now))
        return int(number)

    return await store.write(job, wake=[mailbox_topic(person)])


async def fetch(store: Store, person: str, *, after: int) -> list[tuple[int, dict[str, Any]]]:
    """What lies in the mailbox behind number ``after``, oldest first, at most 200 at a time."""
    async with store.read() as connection:
        rows = await connection.execute(
            select(mailbox.c.number, mailbox.c.part)
            .where(mailbox.c.person == person, mailbox.c.number > after)
            .order_by(mailbox.c.number)
            .limit(_FETCHED)
        )
        return [(number, part) for number, part in rows]
