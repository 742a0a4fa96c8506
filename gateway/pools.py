"""The ``[[pools]]`` of the settings: accounts for the same phones that stand in for each other."""

from bot.core.balance import WHOLE
from bot.core.errors import ContentError
from bot.core.pools import Pool
from bot.store.reaching import Accounts
from gateway.channel import Encoding, Presence, Presences
from gateway.settings import PoolSettings, Settings


def read_pools(settings: Settings, presences: Presences) -> tuple[Pool, ...]:
    """The pools of the settings. Raises ContentError for accounts that cannot stand in for each other."""
    pools: list[Pool] = []
    for number, table in enumerate(settings.pools, 1):
        place = f"pools[{number}]"
        pool = _pool(table, place, presences)
        for other in pools:
            if other.name == pool.name:
                raise ContentError("settings", f"{place}.name", f"there are two pools named {pool.name}")
            if shared := sorted(other.weights.keys() & pool.weights.keys()):
                raise _wrong(place, "accounts", f"{'/'.join(shared[0])} is in the pool {other.name} already")
        pools.append(pool)
    return tuple(pools)


def _pool(table: PoolSettings, place: str, presences: Presences) -> Pool:
    members = [(channel, account) for channel, _, account in (name.partition("/") for name in table.accounts)]
    if len(members) < 2 or len(set(members)) < len(members):
        raise _wrong(place, "accounts", "are to be two or more different ones")
    for member in members:
        if member not in presences:
            raise _wrong(place, "accounts", f"{'/'.join(member)} is no account; write it as channel/account")
        if presences[member].channel.capabilities.encoding is not Encoding.SMS:
            raise _wrong(place, "accounts", f"{'/'.join(member)} does not send to phone numbers")
    if len(table.weights) != len(members) or sum(table.weights) != WHOLE or min(table.weights) < 0:
        raise _wrong(place, "weights", f"are to be one for each account, {WHOLE} in all")
    one_way = frozenset(member for member in members if _is_one_way(presences[member]))
    if len(one_way) == len(members):
        raise _wrong(place, "accounts", "are all one-way: nothing but templates could go there")
    weights = dict(zip(members, table.weights, strict=True))
    meanings = {member: presences[member].account.meaning() for member in members}
    return Pool(name=table.name, weights=weights, one_way=one_way, meanings=meanings)


def _is_one_way(presence: Presence) -> bool:
    return presence.channel.one_way(presence.account)


def _wrong(place: str, key: str, what: str) -> ContentError:
    return ContentError("settings", f"{place}.{key}", what)


def ways(presences: Presences) -> Accounts:
    """Our accounts for messages that must reach somebody.

    Where a provider reports nothing, to be accepted is to arrive. What lies in a store of ours until somebody fetches
    it has not arrived: there it takes a report that it was seen.
    """
    trusted = {
        key
        for key, presence in presences.items()
        if not presence.channel.capabilities.receipts and not presence.channel.capabilities.fetched
    }
    return Accounts(ours=presences, trusted=trusted)
