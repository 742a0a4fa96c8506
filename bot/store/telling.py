"""Who is to be told what of the datasets that they follow, and writing it down: message and knowledge in one step.

It looks at what is, never at what ran before: whoever was not told yet is found again by the next look, whoever was
told knows it, and any number of processes may look at once.
"""

import contextlib
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, exists, func, or_, select, update

from bot.core.accounts import Account
from bot.core.balance import Member
from bot.core.changes import Change
from bot.core.conversation import STATE_LIFETIME
from bot.core.delivery import Lane
from bot.core.errors import StoreError
from bot.core.follow import News, Told, news_of
from bot.core.local_time import when_awake
from bot.core.messages import Address, Reply
from bot.core.pools import Pool
from bot.store import outbox, takedown
from bot.store.catalogue import in_force
from bot.store.changes import read_changes
from bot.store.dialect import upsert_all
from bot.store.engine import Store
from bot.store.follows import ORIGIN, to_follow
from bot.store.outbox import Draft
from bot.store.pooling import route
from bot.store.tables import changes, conversations, followers, follows, publications, standings, takedowns
from bot.store.takedown import TakedownsChangedError
from bot.store.transaction import Transaction
from bot.store.vault import Vault

_CHANGES = 1000

Word = Callable[[Sequence[Told], Address, str], Reply]
"""The message to an address in a language."""
Known = frozenset[tuple[str, str, int, int]]
"""What was read of somebody's followings: person, code, publication, whether told to be hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look at ``now``: everything up to ``publication`` is told, to nobody who was told since ``morning``.

    ``accounts`` are ours; who may not be told anything there now (:attr:`Account.unasked`) is left for later.
    Where the way to somebody is in one of ``pools``, ``draw`` chooses the account by its weights
    (:func:`bot.store.pooling.route`).
    """

    now: datetime
    morning: datetime
    publication: int
    accounts: Mapping[Member, Account]
    pools: Sequence[Pool] = ()
    draw: Callable[[], float] = lambda: 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Somebody who may be told something: all their names, where they last asked to be told, and under which takedowns
    (:func:`bot.store.takedown.stamp`) that was found."""

    people: tuple[str, ...]
    address: Address
    language: str
    known: Known
    told: tuple[Told, ...]
    takedowns: int


async def find_due(store: Store, look: Look, *, after: str, limit: int) -> list[str]:
    """At most ``limit`` people behind ``after``, in their order, of whom something that they follow has changed.

    Who cannot be reached, or is talking with us right now, is left for later.
    """
    versions = (publications.c.source_id == changes.c.source_id) & (publications.c.version == changes.c.version)
    news = select(changes.c.code).join(publications, versions).where(changes.c.code == follows.c.code)
    news = news.where(publications.c.id > follows.c.publication, publications.c.id <= look.publication)
    down = _exists(takedowns.c.code == follows.c.code)
    gone = ~in_force(follows.c.code, follows) & ~down
    changed = news.correlate(follows).exists() | gone | (down != (follows.c.hidden == 1))
    person = follows.c.person
    told = _exists((followers.c.person == person) & (followers.c.told_at >= look.morning))
    away = _exists((standings.c.person == person) & standings.c.unreachable_at.is_not(None))
    talking = _exists((conversations.c.person == person) & (conversations.c.updated_at > look.now - STATE_LIFETIME))
    due = select(person).distinct().where(person > after, changed, ~told, ~away, ~talking)
    if silent := [
        (standings.c.channel == channel)
        & (standings.c.account == name)
        & (standings.c.interacted_at <= look.now - account.unasked)
        for (channel, name), account in look.accounts.items()
        if account.unasked is not None
    ]:
        due = due.where(~_exists((standings.c.person == person) & or_(*silent)))
    async with store.read() as connection:
        return list((await connection.execute(due.order_by(person).limit(limit))).scalars())


def _exists(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(condition).correlate(follows)


async def read_followers(store: Store, people: Collection[str], look: Look) -> list[Follower]:
    """Those of ``people`` whom one of our accounts reaches, each once however many names they have, with what there is
    to tell them – which may turn out to be nothing."""
    stamp = await takedown.stamp(store)
    async with store.read() as connection:
        groups = await _groups(connection, store.vault, people)
        names = sorted({name for group in groups for name in group})
        rows = (await connection.execute(select(follows).where(follows.c.person.in_(names)))).all()
        talks = {row.person: row for row in await connection.execute(_talks(names))}
        codes = sorted({row.code for row in rows})
        mine = follows.c.code.in_(codes)
        present = select(follows.c.code).distinct().where(mine, in_force(follows.c.code, follows))
        published = frozenset((await connection.execute(present)).scalars())
        down = select(takedowns.c.code).where(takedowns.c.code.in_(codes))
        hidden = frozenset((await connection.execute(down)).scalars())
    news = await _changes(store, rows, look)
    found = []
    for group in groups:
        followed = sorted((row for row in rows if row.person in group), key=lambda row: (row.since, row.code))
        way = _way(store.vault, followed, talks, look)
        if way is not None:
            told = (_told(row, news, look, published, hidden) for row in {row.code: row for row in followed}.values())
            known = frozenset(map(_key, followed))
            address, language = way
            found.append(
                Follower(
                    people=group,
                    address=address,
                    language=language,
                    known=known,
                    told=tuple(filter(None, told)),
                    takedowns=stamp,
                )
            )
    return found


def _talks(names: Sequence[str]) -> Select[Any]:
    columns = (conversations.c.person, conversations.c.sealed, conversations.c.language)
    joined = conversations.outerjoin(standings, standings.c.person == conversations.c.person)
    return (
        select(*columns, standings.c.unreachable_at, standings.c.interacted_at)
        .select_from(joined)
        .where(conversations.c.person.in_(names))
    )


async def _groups(connection: Any, vault: Vault, people: Collection[str]) -> list[tuple[str, ...]]:
    """All names of each of ``people`` whose address can be opened, no group twice."""
    groups: dict[tuple[str, ...], None] = {}
    for row in await connection.execute(_talks(sorted(people))):
        with contextlib.suppress(StoreError):
            groups[tuple(sorted(vault.people(vault.open(row.sealed, row.person))))] = None
    return list(groups)


async def _changes(store: Store, rows: Sequence[Row[Any]], look: Look) -> Mapping[str, list[Change]]:
    """What happened to the datasets of ``rows`` since the earliest of them, oldest first."""
    found: dict[str, list[Change]] = {}
    after = (min((row.publication for row in rows), default=0) + 1, "")
    codes = {row.code for row in rows}
    while codes:
        page = await read_changes(store, after=after, limit=_CHANGES, codes=codes)
        for change in page:
            found.setdefault(change.code, []).append(change)
        if len(page) < _CHANGES or page[-1].publication > look.publication:
            break
        after = page[-1].position
    return found


def _told(
    row: Row[Any], news: Mapping[str, list[Change]], look: Look, published: Container[str], hidden: Container[str]
) -> Told | None:
    fresh = [one for one in news.get(row.code, ()) if row.publication < one.publication <= look.publication]
    return news_of(to_follow(row), fresh, in_force=row.code in published, hidden=row.code in hidden)


def _way(
    vault: Vault, followed: Sequence[Row[Any]], talks: Mapping[str, Row[Any]], look: Look
) -> tuple[Address, str] | None:
    """Where the person last began to follow something and can be reached now, and in which language."""
    for person in dict.fromkeys(row.person for row in reversed(followed)):
        talk = talks.get(person)
        if talk is None or talk.unreachable_at is not None:
            continue
        with contextlib.suppress(StoreError):
            address = vault.open(talk.sealed, person)
            account = look.accounts.get((address.channel, address.account))
            if account is not None and _may_hear(account, talk.interacted_at, look.now):
                return address, talk.language
    return None


def _may_hear(account: Account, interacted_at: datetime | None, now: datetime) -> bool:
    """Whether somebody may be told there what they did not just ask for; whom we know nothing of, the channel knows."""
    return account.unasked is None or interacted_at is None or interacted_at > now - account.unasked


async def tell(store: Store, due: Sequence[Follower], look: Look, word: Word) -> int:
    """Queue the message of each of ``due``, and write down that they know; all or nothing. Returns how many messages.

    Whoever has changed what they follow since it was read, or was told meanwhile, is left to the next look; so is
    everybody when a dataset was taken down or shown again meanwhile.
    """

    async def job(connection: Transaction) -> int:
        count = sum([await _tell(connection, store.vault, one, look, word) for one in due])
        for stamp in {one.takedowns for one in due}:
            await takedown.check(connection, stamp)
        return count

    try:
        return await store.write(job, wake=[outbox.TOPIC])
    except TakedownsChangedError:
        return 0


async def _tell(connection: Transaction, vault: Vault, one: Follower, look: Look, word: Word) -> bool:
    mine = follows.c.person.in_(one.people)
    locked = select(follows).where(mine).order_by(follows.c.person, follows.c.code).with_for_update()
    if frozenset(map(_key, (await connection.execute(locked)).all())) != one.known:
        return False
    lately = select(func.max(followers.c.told_at)).where(followers.c.person.in_(one.people))
    told_at = await connection.scalar(lately)
    if told_at is not None and told_at >= look.morning:
        return False
    await _note(connection, mine, one.told, look)
    if not one.told:
        return False
    draw = look.draw()
    address = await route(connection, vault, look.pools, one.address, lane=Lane.BROADCAST, form=False, draw=draw)
    reply = word(one.told, address, one.language)
    person = vault.person(address)
    entries = [choice.value.removeprefix("dataset:") for choice in reply.choices]
    rows = [{"person": name, "told_at": look.now, "told": entries} for name in sorted({*_names(one.known), person})]
    await upsert_all(connection, followers, rows, lambda new: {"told_at": new.told_at, "told": new.told})
    draft = Draft(
        person=person,
        channel=address.channel,
        account=address.account,
        lane=Lane.BROADCAST,
        reply=reply,
        language=one.language,
        origin=ORIGIN,
        dedupe_key=f"following:{person}:{look.morning.date().isoformat()}",
        not_before=when_awake(look.now),
    )
    await outbox.enqueue(connection, draft, now=look.now)
    return True


async def _note(connection: Transaction, mine: ColumnElement[bool], told: Sequence[Told], look: Look) -> None:
    """Write down that the person knows everything so far; what is gone is followed no longer."""
    older = follows.c.publication < look.publication
    await connection.execute(update(follows).where(mine, older).values(publication=look.publication))
    for one in told:
        this = mine & (follows.c.code == one.code)
        if one.news is News.GONE:
            await connection.execute(delete(follows).where(this))
        else:
            known = {"title": one.title, "hidden": int(one.news is News.HIDDEN)}
            await connection.execute(update(follows).where(this).values(known))


def _key(row: Row[Any]) -> tuple[str, str, int, int]:
    return (row.person, row.code, row.publication, row.hidden)


def _names(known: Known) -> frozenset[str]:
    return frozenset(person for person, *_ in known)
