"""Our side of Zalo for a real service: an account of the double in a settings file, and its tokens in a store."""

from bot.store import tokens
from bot.store.engine import Store
from simulator.zalo.double import Zalo
from simulator.zalo.oauth import ACCESS_LIFE
from simulator.zalo.world import OA_ID


def zalo_table(zalo: Zalo, oa_id: str = OA_ID, *, more: str = "") -> str:
    """The ``[[accounts]]`` table of ``oa_id`` as text of a settings file; ``more`` are lines of their own."""
    lines = [f'{name} = "{value}"' for name, value in zalo.settings(oa_id).items()]
    return "\n".join(("", "[[accounts]]", 'channel = "zalo"', *lines, more, ""))


async def keep_tokens(store: Store, zalo: Zalo, oa_id: str = OA_ID) -> None:
    """Keep the living pair of ``oa_id`` as one that was given just now, as ``tracuu zalo login`` does."""
    pair, now = zalo.tokens(oa_id), zalo.clock()
    kept = tokens.Pair(access=pair.access, refresh=pair.refresh)
    place = tokens.Place(channel="zalo", account=oa_id)
    await tokens.put(store, place, kept, now=now, expires_at=now + ACCESS_LIFE)
