"""The token that a call bears: read from the store each time, refreshed by one process at a time and never twice.

A new pair is stored before anybody uses it. When nobody can say what became of a refresh, its token is not sent again:
the pair is of unknown state, and a person has to log in.
"""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import structlog

from bot.store import tokens
from bot.store.engine import Store
from bot.store.tokens import Place, StoredPair, TokenState
from gateway.channel import Wire
from gateway.errors import BlockedError, MisconfiguredError, SendError, UnreachableError
from gateway.recorder import persist
from gateway.zalo.caller import CHANNEL_NAME, Caller
from gateway.zalo.oauth import SECONDS, Grant, GrantRefusedError, refresh_pair

REFRESH_AFTER = timedelta(hours=12)
"""Of the 25 hours of an access token: a day's missed run must not end the channel."""
MARGIN = timedelta(minutes=2)
"""A token is not used in its last minutes."""
YOUNG = timedelta(seconds=30)
"""A pair that Zalo refuses so soon after giving it is not refreshed: that would go round and round."""
INSISTED_AGAIN = timedelta(hours=1)
"""How often a refusal may be the reason of a refresh. Where Zalo refuses whatever it gives, another pair changes
nothing, and each one costs the last."""
WAIT_SECONDS = SECONDS + 2.0
"""How long to wait for somebody else's refresh."""
_LOOK_SECONDS = 0.25

log = structlog.get_logger()
_under_way: dict[tuple[int, Place], "asyncio.Task[StoredPair]"] = {}
_insisted: WeakKeyDictionary[Store, dict[Place, "_Refusal"]] = WeakKeyDictionary()


@dataclass(slots=True, kw_only=True)
class _Refusal:
    """The last pair, by its ``version``, that was refreshed because Zalo refused it; ``told``: so was what followed."""

    version: int
    at: datetime
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token and the version of the pair that it belongs to."""

    access: str = field(repr=False)
    version: int


def place_of(caller: Caller) -> Place:
    """Where the pair of an Official Account is kept."""
    return Place(channel=CHANNEL_NAME, account=caller.account)


def is_due(kept: StoredPair, now: datetime) -> bool:
    """Whether it is time to refresh ``kept``, or to notice that its refresher has died."""
    return kept.state is TokenState.GOOD and (now >= kept.obtained_at + REFRESH_AFTER or kept.is_abandoned(now))


async def bearer(caller: Caller, wire: Wire, *, refused: Token | None = None) -> Token:
    """A token that can be used now; after Zalo ``refused`` one, another one than that.

    Raises MisconfiguredError when a person has to log in, UnreachableError or ThrottledError when a refresh is needed
    and cannot be had now. Whoever waits here may be cancelled: a refresh under way goes on to its end.
    """
    kept = _usable(await tokens.find(wire.store, place_of(caller)))
    now = wire.clock()
    fresh = now < kept.expires_at - MARGIN and not kept.is_abandoned(now)
    if fresh and (refused is None or kept.version != refused.version):
        return Token(access=kept.pair.access, version=kept.version)
    if fresh and kept.obtained_at <= now < kept.obtained_at + YOUNG:
        raise MisconfiguredError("Zalo refuses a token that it has just given")
    if fresh:
        _insist(caller, wire, kept.version)
    return await refresh(caller, wire, version=kept.version)


def _insist(caller: Caller, wire: Wire, version: int) -> None:
    """Return if ``version``, which Zalo refuses, may be refreshed for that. Raises MisconfiguredError, and sounds the
    alarm once, when the pair before it went the same way a moment ago."""
    place, now = place_of(caller), wire.clock()
    refusals = _insisted.setdefault(wire.store, {})
    last = refusals.get(place)
    if last is None or not last.at <= now < last.at + INSISTED_AGAIN:
        refusals[place] = _Refusal(version=version, at=now)
        return
    if last.version == version:
        return
    if not last.told:
        last.told = True
        log.error("alarm.zalo_token", account=caller.account, state="refused when used", help="tracuu zalo status")
    raise MisconfiguredError("Zalo goes on refusing the tokens that it gives: see tracuu zalo status")


async def refresh(caller: Caller, wire: Wire, *, version: int) -> Token:
    """The token after ``version``, refreshed by us or by whoever is faster. Raises as :func:`bearer`."""
    key = (id(wire.store), place_of(caller))
    task = _under_way.get(key)
    if task is None:
        task = _under_way[key] = asyncio.create_task(_refresh(caller, wire, version), name="zalo token")
        task.add_done_callback(lambda done: _end(key, done))
    kept = await asyncio.shield(task)
    return Token(access=kept.pair.access, version=kept.version)


async def settle() -> None:
    """Wait for the refreshes that are under way: one that is cut off costs a log-in."""
    if _under_way:
        await asyncio.wait(list(_under_way.values()), timeout=WAIT_SECONDS)


def _end(key: tuple[int, Place], done: "asyncio.Task[StoredPair]") -> None:
    _under_way.pop(key, None)
    if not done.cancelled():
        done.exception()  # whoever waited may be gone


async def _refresh(caller: Caller, wire: Wire, version: int) -> StoredPair:
    """Take the lease and refresh, or wait for whoever has it."""
    place, refresher = place_of(caller), f"{wire.store.owner}:{secrets.token_hex(4)}"
    patience = asyncio.get_running_loop().time() + WAIT_SECONDS
    with wire.store.wakeup.subscribe(tokens.TOPIC) as wake:
        while True:
            kept = await tokens.claim(wire.store, place, version=version, refresher=refresher, now=wire.clock())
            kept = _usable(kept)
            if kept.version != version:
                return kept
            if kept.refresher == refresher:
                return await _exchange(caller, wire, kept, refresher)
            if asyncio.get_running_loop().time() >= patience:
                raise UnreachableError("another process is refreshing the token")
            await wake.wait(_LOOK_SECONDS)


async def _exchange(caller: Caller, wire: Wire, kept: StoredPair, refresher: str) -> StoredPair:
    """Send the refresh token, once, and store what comes of it, however long the database is away.

    Cut off in the middle, it leaves a lease that ends by itself; who finds that knows what it means.
    """
    place, version = place_of(caller), kept.version
    try:
        grant = await refresh_pair(wire.session, caller, kept.pair.refresh)
    except BlockedError:  # nothing has left
        await persist(lambda: tokens.release(wire.store, place, version=version, refresher=refresher))
        raise
    except MisconfiguredError as error:
        state, reason = TokenState.REFUSED if isinstance(error, GrantRefusedError) else TokenState.UNKNOWN, str(error)
        log.error("zalo.token", account=caller.account, state=state.value, reason=reason)  # noqa: TRY400 – no trace
        await persist(lambda: _condemn(wire, place, version, state, reason))
        raise
    except SendError:
        await persist(lambda: tokens.release(wire.store, place, version=version, refresher=refresher))
        raise
    await persist(lambda: _replace(wire, place, grant, version))
    return _usable(await tokens.find(wire.store, place))


async def _condemn(wire: Wire, place: Place, version: int, state: TokenState, reason: str) -> None:
    await tokens.condemn(wire.store, place, version=version, state=state, reason=reason)


async def _replace(wire: Wire, place: Place, grant: Grant, version: int) -> None:
    """A log-in that came between has the better pair."""
    now = wire.clock()
    kept = await tokens.replace(wire.store, place, grant.pair, version=version, now=now, expires_at=now + grant.life)
    log.info("zalo.token_refreshed", account=place.account, kept=kept)


def _usable(kept: StoredPair | None) -> StoredPair:
    """``kept``. Raises MisconfiguredError where only a person can go on."""
    if kept is None:
        raise MisconfiguredError("nobody has logged in to the Official Account: tracuu zalo login")
    if kept.state is not TokenState.GOOD:
        raise MisconfiguredError(f"the token is {kept.state} ({kept.reason}): tracuu zalo login")
    return kept
