"""Who may call: the header with the token, its life, the proof of the app's secret, the package, the rate."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from simulator.zalo.clock import local
from simulator.zalo.oauth import ACCESS_LIFE
from simulator.zalo.world import Call, Oa, Refused, Tokens, World

UNDER_WAY = timedelta(seconds=60)
"""A call that bears a token this long after its refresh may have been sent before: refused, but nobody's fault."""


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The numbers of a host for the same refusals; ``expired`` also means removed."""

    invalid: int
    expired: int
    proof: int
    field: int
    empty: int


OPEN_API = Codes(invalid=-216, expired=-220, proof=-242, field=-201, empty=-201)
TEMPLATES = Codes(invalid=-124, expired=-124, proof=-1241, field=-122, empty=-121)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call that may be acted upon: by which account, with which fields."""

    oa: Oa
    request: web.Request
    raw: bytes
    codes: Codes

    def fields(self) -> dict[str, object]:
        """The JSON object of the body. Raises Refused."""
        if not self.raw:
            raise Refused(self.codes.empty, rule="Z5", detail="the body is empty")
        kind = self.request.content_type
        if kind != "application/json":
            raise Refused(self.codes.field, rule="Z5", detail=f"the body is {kind}, not application/json")
        return read_object(self.raw, self.codes.field, rule="Z5")

    def data(self) -> dict[str, object]:
        """The JSON object of the query parameter ``data``. Raises Refused."""
        query = self.request.query
        if set(query) - {"data"}:
            raise Refused(self.codes.field, rule="Z3", detail="parameters stand in one JSON text named data")
        return read_object(query.get("data", "").encode(), self.codes.field, rule="Z3")


def bearer(world: World, request: web.Request) -> Tokens | None:
    """The pair whose access token the call bears, dead or alive."""
    token = request.headers.get("access_token", "")
    return next((pair for pair in reversed(world.pairs) if pair.access == token), None)


def admit(world: World, request: web.Request, call: Call, codes: Codes) -> Oa:
    """The account that calls. Raises Refused for whatever Zalo looks at before it looks at the body."""
    pair = _living(bearer(world, request), request, world.clock(), codes)
    oa, app = world.oas[pair.oa_id], world.apps[pair.app_id]
    proof = request.headers.get("appsecret_proof", "")
    if (app.proof_required or proof) and not hmac.compare_digest(proof.lower(), proof_of(app.secret, pair.access)):
        raise Refused(codes.proof, rule="Z11", detail="appsecret_proof does not fit the token")
    if oa.code:
        raise Refused(oa.code)
    if codes is OPEN_API:
        _hold_to_package(world, oa, call.at)
    return oa


def proof_of(secret: str, access_token: str) -> str:
    """The header ``appsecret_proof``."""
    return hmac.new(secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


def rate_headers(world: World, call: Call) -> Mapping[str, str]:
    """How many calls the account has in this minute, and has left."""
    if not call.oa_id:
        return {}
    rate = world.oas[call.oa_id].rate
    left = max(0, rate - world.calls_in_minute(call.oa_id, call.at))
    return {"X-RateLimit-Limit": str(rate), "X-RateLimit-Remain": str(left)}


def _living(pair: Tokens | None, request: web.Request, now: datetime, codes: Codes) -> Tokens:
    if pair is None:
        bare = "access_token" not in request.headers
        raise Refused(
            codes.invalid, rule="Z2" if bare else "Z30", detail="no header access_token" if bare else "an unknown token"
        )
    if pair.void or pair.revoked:
        raise Refused(codes.expired if pair.void else codes.invalid)
    if pair.died is not None:
        rule = "Z26" if now - pair.died > UNDER_WAY else ""
        raise Refused(codes.expired, rule=rule, detail="the token died at the last refresh")
    if now - pair.issued > ACCESS_LIFE:
        raise Refused(codes.expired, rule="Z25", detail="the token is older than 25 hours")
    return pair


def _hold_to_package(world: World, oa: Oa, now: datetime) -> None:
    if local(now).date() > oa.valid_through:
        raise Refused(-224)
    app = world.apps[oa.app_id]
    if world.calls_in_minute(oa.oa_id, now) > oa.rate:
        raise Refused(-32, rule="Z7", detail=f"more than {oa.rate} calls of the account in this minute")
    if world.calls_in_minute(app.app_id, now) > app.rate:
        raise Refused(-32, rule="Z9", detail=f"more than {app.rate} calls of the app in this minute")


def read_object(raw: bytes, code: int, *, rule: str) -> dict[str, object]:
    """The JSON object in ``raw``. Raises Refused with ``code`` and ``rule``."""
    try:
        value = json.loads(raw)
    except ValueError:
        raise Refused(code, rule=rule, detail="not JSON") from None
    if not isinstance(value, dict):
        raise Refused(code, rule=rule, detail="not a JSON object")
    return value
