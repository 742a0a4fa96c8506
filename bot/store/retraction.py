"""Take back what was said of a dataset before it was taken down: what waits to be sent, what was given up and may be
sent by an operator yet, and what lies in the mailboxes of the web chat and would be shown again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, tuple_, update

from bot.core.answer_code import LONGEST, SHORTEST
from bot.core.delivery import OutboxState
from bot.core.messages import Reply
from bot.core.phrases import words
from bot.store.engine import Store
from bot.store.reply import to_document
from bot.store.tables import answers, conversations, mailbox, outbox
from bot.store.transaction import Transaction

_UNSENT = (OutboxState.QUEUED, OutboxState.PARKED, OutboxState.DEAD)
_SLICE = 500

Word = Callable[[str], Reply]
"""What is said, in a language, instead of a message about the dataset; its text also names an entry of a list."""


async def retract(store: Store, code: str, *, whole: Word, entry: Word) -> int:
    """Let ``whole`` take the place of every message about the dataset ``code``, and ``entry`` that of the entries in
    lists of several. Returns how many messages there were. What is being handed to a provider right now still leaves.
    """
    async with store.read() as connection:
        found = await connection.execute(select(answers.c.code).where(answers.c.dataset == code))
        known = frozenset(found.scalars())
    return await _retract_unsent(store, code, known, whole, entry) + await _retract_mail(
        store, code, known, whole, entry
    )


async def _retract_unsent(store: Store, code: str, known: frozenset[str], whole: Word, entry: Word) -> int:
    done, last = 0, 0
    while True:
        unsent = select(outbox.c.id, outbox.c.reply, outbox.c.language).where(
            outbox.c.state.in_(_UNSENT), outbox.c.id > last
        )
        async with store.read() as connection:
            rows = (await connection.execute(unsent.order_by(outbox.c.id).limit(_SLICE))).all()
        changes = []
        for row in rows:
            if _is_about(row.reply, row.reply.get("choices", ()), code, known):
                changes.append((row.id, to_document(whole(row.language))))
            elif entries := _named(row.reply.get("choices", ()), code, entry(row.language).text):
                # without "brief": it may name the dataset, too
                kept = {name: value for name, value in row.reply.items() if name != "brief"}
                changes.append((row.id, {**kept, "choices": entries}))
        done += await _write_unsent(store, changes)
        if len(rows) < _SLICE:
            return done
        last = rows[-1].id


async def _write_unsent(store: Store, changes: Sequence[tuple[int, dict[str, Any]]]) -> int:
    async def job(connection: Transaction) -> int:
        done = 0
        for row, reply in changes:
            waiting = update(outbox).where(outbox.c.id == row, outbox.c.state.in_(_UNSENT))
            done += (await connection.execute(waiting.values(reply=reply))).rowcount
        return done

    return await store.write(job) if changes else 0


async def _retract_mail(store: Store, code: str, known: frozenset[str], whole: Word, entry: Word) -> int:
    key, done, last = (mailbox.c.person, mailbox.c.number), 0, ("", 0)
    talks = mailbox.join(conversations, conversations.c.person == mailbox.c.person)
    while True:
        mail = select(*key, mailbox.c.part, conversations.c.language).select_from(talks)
        page = mail.where(tuple_(*key) > tuple_(*last)).order_by(*key).limit(_SLICE)
        async with store.read() as connection:
            rows = (await connection.execute(page)).all()
        changes = []
        for row in rows:
            choices = [(choice["label"], choice["value"]) for choice in row.part.get("choices") or ()]
            if _is_about(row.part, choices, code, known):
                empty: dict[str, Any] = {"choices": [], "actions": [], "link": None, "image": None, "image_text": None}
                changes.append((row, {**row.part, **empty, "text": whole(row.language).text}))
            elif entries := _named(choices, code, entry(row.language).text):
                shown = [{"label": label, "value": value} for label, value in entries]
                changes.append((row, {**row.part, "choices": shown}))
        await _write_mail(store, changes)
        done += len(changes)
        if len(rows) < _SLICE:
            return done
        last = (rows[-1].person, rows[-1].number)


async def _write_mail(store: Store, changes: Sequence[tuple[Any, dict[str, Any]]]) -> None:
    async def job(connection: Transaction) -> None:
        for row, part in changes:
            this = (mailbox.c.person == row.person) & (mailbox.c.number == row.number)
            # a mailbox that was erased meanwhile may have begun anew
            if await connection.scalar(select(mailbox.c.part).where(this)) == row.part:
                await connection.execute(update(mailbox).where(this).values(part=part))

    if changes:
        await store.write(job)


def _is_about(message: Mapping[str, Any], choices: Sequence[Sequence[str]], code: str, known: frozenset[str]) -> bool:
    """Whether a message is about that dataset and no other: by an answer code, or as nothing else can be chosen."""
    said = " ".join(str(message.get(name) or "") for name in ("text", "brief"))
    if any(SHORTEST <= len(word) <= LONGEST and word in known for word in words(said)):
        return True
    values = [value for _, value in choices]
    mine = [value for value in values if code in value.split(":")]
    ways = {value.partition(code)[0] for value in mine}
    return bool(mine) and not any(value.startswith(way) for value in values if value not in mine for way in ways)


def _named(choices: Sequence[Sequence[str]], code: str, name: str) -> list[list[str]]:
    """``choices`` with the entries of the dataset called ``name``; empty when there are none."""
    named = [[name if code in value.split(":") else label, value] for label, value in choices]
    return named if named != [list(choice) for choice in choices] else []
