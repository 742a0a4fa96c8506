"""The first tokens of an Official Account, and new ones when they are lost: by consent, or from the API Explorer."""

import contextlib

from bot.store import tokens
from bot.store.tokens import Pair
from gateway.channel import Wire
from gateway.errors import MisconfiguredError, SendError
from gateway.zalo.caller import Caller
from gateway.zalo.client import Call, try_token
from gateway.zalo.oauth import LIFE, redeem_code
from gateway.zalo.token import REFRESH_AFTER, place_of

GETOA = "/v2.0/oa/getoa"


async def log_in(caller: Caller, wire: Wire, *, code: str, verifier: str) -> int:
    """Exchange the code of a consent and keep the pair; its version.

    Raises SendError when there is none, MisconfiguredError when it belongs to another account: then nothing is kept.
    """
    grant = await redeem_code(wire.session, caller, code, verifier)
    await _refuse_another(caller, wire, grant.pair)
    now = wire.clock()
    return await tokens.put(wire.store, place_of(caller), grant.pair, now=now, expires_at=now + grant.life)


async def adopt(caller: Caller, wire: Wire, pair: Pair) -> int:
    """Keep a pair of unknown age that a person took from the API Explorer; its version. It is refreshed soon.

    Raises MisconfiguredError as :func:`log_in`.
    """
    await _refuse_another(caller, wire, pair)
    began = wire.clock() - REFRESH_AFTER
    return await tokens.put(wire.store, place_of(caller), pair, now=began, expires_at=began + LIFE)


async def _refuse_another(caller: Caller, wire: Wire, pair: Pair) -> None:
    """Whose tokens they are shows when they are used. Where Zalo cannot be asked, they are taken on trust."""
    answer = None
    with contextlib.suppress(SendError):
        answer = await try_token(Call(path=GETOA), caller, wire, pair.access)
    owner = str(answer.get("oaid") or caller.account) if isinstance(answer, dict) else caller.account
    if owner != caller.account:
        raise MisconfiguredError(f"these tokens belong to another Official Account ({owner[:40]}): nothing was kept")
