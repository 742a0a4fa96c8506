"""Wrong and right clients of Zalo, rule by rule: hosts, headers, rates and tokens."""

import hashlib
import hmac
from datetime import timedelta

from simulator.zalo.double import BY_PHONE, CS
from simulator.zalo.oauth import challenge_of
from simulator.zalo.world import APP_SECRET
from tests.contract.zalo_caller import UID, VERIFIER, Answer, Caller, Row, refresh_fields

TEXT = {"text": "xin chào"}
BODY = {"recipient": {"user_id": UID}, "message": TEXT}
SOON, LATER = timedelta(hours=25), timedelta(hours=25, seconds=1)


async def _right(caller: Caller) -> Answer:
    return await caller.cs(TEXT)


async def _prove_with(caller: Caller, secret: str) -> Answer:
    caller.zalo.app.proof_required = True
    token = caller.zalo.tokens().access
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return await caller.cs(TEXT, headers={"access_token": token, "appsecret_proof": proof})


async def _without_proof(caller: Caller) -> Answer:
    caller.zalo.app.proof_required = True
    return await caller.by_phone()


async def _post_broken(caller: Caller, raw: bytes) -> Answer:
    headers = {"access_token": caller.zalo.tokens().access, "Content-Type": "application/json"}
    return await caller.post(BY_PHONE, None, base=caller.zalo.template_base, headers=headers, data=raw)


async def _fill_the_app(caller: Caller, number: int) -> Answer:
    caller.zalo.app.rate = 3
    return await caller.many(number)


async def _fill_the_account(caller: Caller, number: int) -> Answer:
    caller.zalo.oa.rate = 3
    await caller.many(3)
    if number > 3:
        return await caller.cs(TEXT)
    caller.zalo.clock.turn(timedelta(minutes=1))
    return await caller.cs(TEXT)


async def _with_the_old_token(caller: Caller, *, after: timedelta) -> Answer:
    old = caller.zalo.tokens().access
    await caller.refresh()
    caller.zalo.clock.turn(after)
    return await caller.cs(TEXT, headers={"access_token": old})


async def _with_the_new_token(caller: Caller) -> Answer:
    token = (await caller.refresh())["access_token"]
    return await caller.cs(TEXT, headers={"access_token": token})


async def _at_age(caller: Caller, age: timedelta) -> Answer:
    token = caller.zalo.tokens().access
    caller.zalo.clock.turn(age)
    caller.zalo.interact(UID)
    return await caller.cs(TEXT, headers={"access_token": token})


async def _refresh_twice(caller: Caller, *, same: bool) -> Answer:
    first = refresh_fields(caller)
    await caller.token(first)
    return await caller.token(first) if same else await caller.refresh()


async def _refresh_at_age(caller: Caller, age: timedelta) -> Answer:
    fields = refresh_fields(caller)
    caller.zalo.clock.turn(age)
    return await caller.token(fields)


async def _redeem_twice(caller: Caller) -> Answer:
    code = caller.zalo.consent()
    await caller.redeem(code)
    return await caller.redeem(code)


async def _redeem_at_age(caller: Caller, age: timedelta) -> Answer:
    code = caller.zalo.consent()
    caller.zalo.clock.turn(age)
    return await caller.redeem(code)


ROWS = (
    Row(
        rule="Z1",
        what="a version of another family",
        code=-201,
        right=_right,
        wrong=lambda c: c.post("/v2.0/oa/message/cs", BODY),
    ),
    Row(
        rule="Z1",
        what="an address that the template host has not",
        code=-106,
        wrong=lambda c: c.post(CS, BODY, base=c.zalo.template_base),
        right=lambda c: c.by_phone(),
    ),
    Row(
        rule="Z1",
        what="the token address of the social login",
        code=None,
        wrong=lambda c: c.post("/v4/access_token", {}, base=c.zalo.oauth_base),
        right=lambda c: c.refresh(),
    ),
    Row(
        rule="Z2",
        what="Authorization: Bearer",
        code=-216,
        wrong=lambda c: c.cs(TEXT, headers={"Authorization": f"Bearer {c.zalo.tokens().access}"}),
        right=_right,
    ),
    Row(
        rule="Z3",
        what="a plain query",
        code=-201,
        wrong=lambda c: c.get("/v3.0/oa/user/detail", {"user_id": UID}),
        right=lambda c: c.get("/v3.0/oa/user/detail", {"data": f'{{"user_id":"{UID}"}}'}),
    ),
    Row(
        rule="Z5",
        what="a form instead of JSON",
        code=-201,
        wrong=lambda c: c.post(CS, None, data={"recipient": UID, "message": "x"}),
        right=_right,
    ),
    Row(
        rule="Z5",
        what="a template whose body is no JSON",
        code=-122,
        wrong=lambda c: _post_broken(c, b"{"),
        right=lambda c: c.by_phone(),
    ),
    Row(
        rule="Z5",
        what="a template without a body",
        code=-121,
        wrong=lambda c: _post_broken(c, b""),
        right=lambda c: c.by_phone(),
    ),
    Row(
        rule="Z7",
        what="more calls in a minute than the package holds",
        code=-32,
        wrong=lambda c: _fill_the_account(c, 4),
        right=lambda c: _fill_the_account(c, 3),
    ),
    Row(
        rule="Z9",
        what="more calls in a minute than the app may make",
        code=-32,
        wrong=lambda c: _fill_the_app(c, 4),
        right=lambda c: _fill_the_app(c, 3),
    ),
    Row(
        rule="Z11",
        what="a proof with another secret",
        code=-242,
        wrong=lambda c: _prove_with(c, "the-oa-secret-key"),
        right=lambda c: _prove_with(c, APP_SECRET),
    ),
    Row(
        rule="Z11", what="a template without the proof", code=-1241, wrong=_without_proof, right=lambda c: c.by_phone()
    ),
    Row(
        rule="Z20",
        what="JSON to the token address",
        code=None,
        wrong=lambda c: c.token({}, json=refresh_fields(c)),
        right=lambda c: c.refresh(),
    ),
    Row(
        rule="Z21",
        what="the secret in the body",
        code=None,
        wrong=lambda c: c.token({**refresh_fields(c), "secret_key": APP_SECRET}, headers={}),
        right=lambda c: c.refresh(),
    ),
    Row(rule="Z21", what="another app", code=None, wrong=lambda c: c.refresh(app_id="1"), right=lambda c: c.refresh()),
    Row(
        rule="Z22",
        what="client_credentials",
        code=None,
        wrong=lambda c: c.refresh(grant_type="client_credentials"),
        right=lambda c: c.refresh(),
    ),
    Row(
        rule="Z22",
        what="no refresh token",
        code=None,
        wrong=lambda c: c.refresh(refresh_token=""),
        right=lambda c: c.refresh(),
    ),
    Row(rule="Z23", what="a code twice", code=None, wrong=_redeem_twice, right=lambda c: c.redeem(c.zalo.consent())),
    Row(
        rule="Z23",
        what="a code after 10 minutes",
        code=None,
        wrong=lambda c: _redeem_at_age(c, timedelta(minutes=10, seconds=1)),
        right=lambda c: _redeem_at_age(c, timedelta(minutes=10)),
    ),
    Row(
        rule="Z24",
        what="a verifier of its own",
        code=None,
        wrong=lambda c: c.redeem(c.zalo.consent(), verifier="w" * 43),
        right=lambda c: c.redeem(c.zalo.consent(), verifier=VERIFIER),
    ),
    Row(
        rule="Z24",
        what="a verifier of 44 characters",
        code=None,
        wrong=lambda c: c.redeem(c.zalo.consent(challenge=challenge_of("v" * 44)), verifier="v" * 44),
        right=lambda c: c.redeem(c.zalo.consent(challenge=challenge_of("w" * 43)), verifier="w" * 43),
    ),
    Row(
        rule="Z25",
        what="a token older than 25 hours",
        code=-220,
        wrong=lambda c: _at_age(c, LATER),
        right=lambda c: _at_age(c, SOON),
    ),
    Row(
        rule="Z26",
        what="the old token long after a refresh",
        code=-220,
        wrong=lambda c: _with_the_old_token(c, after=timedelta(minutes=2)),
        right=_with_the_new_token,
    ),
    Row(
        rule="Z27",
        what="a refresh token twice",
        code=None,
        wrong=lambda c: _refresh_twice(c, same=True),
        right=lambda c: _refresh_twice(c, same=False),
    ),
    Row(
        rule="Z28",
        what="a refresh token older than three months",
        code=None,
        wrong=lambda c: _refresh_at_age(c, timedelta(days=90, seconds=1)),
        right=lambda c: _refresh_at_age(c, timedelta(days=90)),
    ),
    Row(
        rule="Z30",
        what="an unknown token",
        code=-216,
        wrong=lambda c: c.cs(TEXT, headers={"access_token": "x"}),
        right=_right,
    ),
    Row(
        rule="Z31",
        what="a callback that the console has not",
        code=-14003,
        wrong=lambda c: c.consent(redirect_uri="https://elsewhere.example/"),
        right=lambda c: c.consent(),
    ),
    Row(
        rule="Z31",
        what="a challenge that the console has not",
        code=None,
        wrong=lambda c: c.consent(code_challenge="x"),
        right=lambda c: c.consent(),
    ),
)
