"""Tell people once a day, by day, what has changed of the datasets that they follow."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, time, timedelta

import structlog

from bot.content import Content
from bot.core.accounts import Account
from bot.core.balance import Member
from bot.core.follow import Told
from bot.core.local_time import VIETNAM
from bot.core.messages import Address, Reply
from bot.core.pools import Pool
from bot.notify.alarm import Alarm
from bot.store.changes import last_publication
from bot.store.engine import Store
from bot.store.telling import Look, Word, find_due, read_followers, tell
from bot.wording.following import word_told
from bot.wording.speech import Speech

LOOK_EVERY = timedelta(minutes=5)
_MORNING, _EVENING = time(8), time(20)
"""Nobody is told anything before or after these times in Việt Nam; what changes later waits for the next morning."""
_FOUND = 500
_CHUNK = 10
"""People whom one transaction tells: others wait for the write lane meanwhile."""

log = structlog.get_logger()


def schedule_following(
    alarm: Alarm,
    store: Store,
    content: Content,
    accounts: Mapping[Member, Account],
    pools: Sequence[Pool],
    *,
    clock: Callable[[], datetime],
    draw: Callable[[], float],
) -> None:
    """Set the alarm for the looks at what is followed. ``draw`` gives chances from 0 to below 1."""

    async def look() -> None:
        now = clock()
        if not is_day(now):
            return
        morning = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
        newest = await last_publication(store)
        at = Look(now=now, morning=morning, publication=newest, accounts=accounts, pools=pools, draw=draw)
        count = sum([told async for told in tell_followers(store, at, wording(content, accounts))])
        if count:
            log.info("following.told", people=count)

    alarm.every(LOOK_EVERY, "following", look)


def is_day(now: datetime) -> bool:
    """Whether people may be told now what they need not know at once."""
    return _MORNING <= now.astimezone(VIETNAM).time() < _EVENING


def wording(content: Content, accounts: Mapping[Member, Account]) -> Word:
    """How the message of the day is worded for each address."""

    def word(told: Sequence[Told], address: Address, language: str) -> Reply:
        member = (address.channel, address.account)
        account = accounts.get(member) or Account(channel=address.channel, name=address.account)
        return word_told(Speech(content=content, language=language, account=account), told)

    return word


async def tell_followers(store: Store, look: Look, word: Word, *, chunk: int = _CHUNK) -> AsyncIterator[int]:
    """Tell everybody who is due, ``chunk`` people at a time; yields how many messages each step has queued.

    Broken off anywhere, the next look goes on: who was told is not told again that day, nobody is left out.
    """
    last = ""
    while due := await find_due(store, look, after=last, limit=_FOUND):
        for start in range(0, len(due), chunk):
            found = await read_followers(store, due[start : start + chunk], look)
            yield await tell(store, found, look, word)
            await asyncio.sleep(0)
        last = due[-1]
