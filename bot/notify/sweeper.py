"""The sweeps and their times: no state is left without an owner and a maximum age."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.local_time import local_day
from bot.notify.alarm import Alarm
from bot.store import (
    acts,
    api_keys,
    budget,
    changes,
    downloads,
    feed_stamps,
    feed_tokens,
    follows,
    ladder,
    long_choices,
    members,
    outages,
    reaching,
    receipts,
    record,
    reminding,
    roster,
    stranded,
    sweep,
    task_numbers,
    tickets,
    unanswered,
    uploads,
)
from bot.store.engine import Store
from bot.store.reaching import Accounts
from bot.store.record_receipts import LATELY, note_receipts

FORGOTTEN_EVERY = timedelta(seconds=15)
LEFT_OVER_EVERY = timedelta(seconds=30)
KEEP = timedelta(days=30)
"""How long what people wrote is kept after it was answered (law of 2025 on personal data: no longer than needed)."""
KEEP_RECEIPTS = timedelta(hours=72)
RECEIPTS_EVERY = timedelta(hours=1)
NOTED_EVERY = timedelta(minutes=15)
"""How soon what became of a reminder comes on record."""
REACH_EVERY = timedelta(seconds=15)
"""A reported failure goes on to the next address within so long."""
KEEP_REPORTERS = timedelta(days=730)
"""How long a report keeps who wrote it and what; that there was one on these rows stays."""
KEEP_CONTACTS = timedelta(days=90)
"""How long phone and e-mail of officers are kept after their last post; their names stay with posts and record."""
KEEP_CHANGES = timedelta(days=400)
"""How long it is known what the sources changed: a year and a month."""
KEEP_OUTAGES = timedelta(days=730)
"""How long it is known when the portals were down: the report of a year is made in the next one."""
KEEP_DOWNLOADS = timedelta(days=90)
"""How long is remembered how a file was that no sync asks for any more."""
_NONE = Accounts(ours=())

log = structlog.get_logger()


def schedule_sweeps(alarm: Alarm, store: Store, accounts: Accounts = _NONE, *, clock: Callable[[], datetime]) -> None:
    """Set the alarm for every sweep. ``accounts`` are those that messages may go on to."""

    async def wake_forgotten() -> None:
        found = await sweep.wake_forgotten(store, now=clock())
        if found:
            log.warning("sweep.forgotten", heads=found)
        put_off = await stranded.bring_back(store, now=clock())
        if put_off:
            log.warning("sweep.put_off", messages=put_off)

    async def tidy_outbox() -> None:
        await sweep.expire(store, now=clock())
        await receipts.join_left_over(store)

    async def reach() -> None:
        looked = await reaching.look_after(store, accounts, now=clock())
        if looked.went_on:
            log.info("reach.went_on", messages=looked.went_on)
        for reason, count in Counter(looked.unconfirmed).items():
            log.error("alarm.unconfirmed", messages=count, reason=reason)

    async def drop_receipts() -> None:
        await receipts.forget(store, before=clock() - KEEP_RECEIPTS)

    async def forget() -> None:
        await note_receipts(store, now=clock())  # also what was reminded of long ago: before the messages go
        gone = await sweep.forget(store, before=clock() - KEEP)
        gone += await ladder.forget(store, before=clock() - KEEP)
        gone += await tickets.forget(store, before=clock() - KEEP_REPORTERS)
        gone += await unanswered.forget(store, now=clock())
        gone += await downloads.forget(store, before=clock() - KEEP_DOWNLOADS)
        gone += await uploads.forget(store, now=clock())
        gone += await long_choices.forget(store, before=clock() - KEEP)
        gone += await budget.forget(store, now=clock())
        gone += await follows.forget(store, now=clock())
        gone += await members.forget(store, now=clock(), memberships=KEEP_REPORTERS, others=KEEP)
        gone += await roster.forget_contacts(store, before=local_day(clock() - KEEP_CONTACTS))
        gone += await changes.forget(store, before=clock() - KEEP_CHANGES)
        gone += await outages.forget(store, before=clock() - KEEP_OUTAGES)

        gone += await reminding.forget(store, before=clock() - reminding.KEEP)
        gone += await api_keys.forget(store, before=clock() - KEEP_REPORTERS)
        gone += await feed_tokens.forget(store, before=clock() - KEEP_REPORTERS)
        gone += await feed_stamps.forget(store, before=local_day(clock() - KEEP_CHANGES))
        gone += await task_numbers.forget(store, now=clock())
        gone += await acts.forget(store, before=clock() - record.KEEP)
        gone += await record.forget(store, before=clock() - record.KEEP)
        log.info("sweep.forgot", rows=gone)

    alarm.every(FORGOTTEN_EVERY, "forgotten", wake_forgotten)
    alarm.every(LEFT_OVER_EVERY, "outbox", tidy_outbox)
    alarm.every(REACH_EVERY, "reach", reach)
    alarm.every(RECEIPTS_EVERY, "receipts", drop_receipts)
    alarm.every(NOTED_EVERY, "record", lambda: note_receipts(store, now=clock(), within=LATELY))
    alarm.daily(3, 30, "forget", forget)
