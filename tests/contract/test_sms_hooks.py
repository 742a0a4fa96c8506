"""What a provider hears at the real route: taken, repeated, refused, unreadable; and 200 while the database is away."""

import contextlib
import hmac
import json
import sqlite3

from bot.store.tables import inbox, quarantine, receipts
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import rows
from tests.support.sms_counter import ESMS, PERSON, Counter, counter

PRESET = """
name = "mine"
title = "mine"
source = "mine"
[settings.base]
description = "address"
[settings.secret]
description = "a secret"
secret = true
[inbound]
methods = ["POST"]
format = "json"
sender = "phone"
text = "message"
id = "request_id"
when = { type = "new|recovery" }
REPEATS
answer = { type = "json", body = { data = { code = 200, request_id = "{id}", phone = "{sender}" } } }
repeated = { type = "json", body = { errors = { code = 104 } } }
refused = { status = 200, type = "json", body = { errors = { code = 106 } } }
unreadable = { type = "json", body = { errors = { code = 102 } } }
[[inbound.checks]]
kind = "digest"
given = "{in.checksum}"
digest = "hmac-sha256"
over = ["{in.request_id}", "{in.phone}"]
key = "{secret}"
[send]
url = "{base}"
[send.outcome]
type = "text"
"""


def settings(*, repeats: bool = True) -> dict[str, str]:
    preset = PRESET.replace("REPEATS", "" if repeats else "repeats = false\nwithin = 1\n")
    return {"channel": "sms", "account": "7068", "preset": preset, "secret": "s3cret"}


def checksum(number: object, phone: str) -> str:
    return hmac.digest(b"s3cret", f"{number}{phone}".encode(), "sha256").hex()


async def post(desk: Counter, number: object = "r-1", **changes: object) -> tuple[int, object]:
    told = {"type": "new", "request_id": number, "phone": PERSON, "message": "dan so"}
    told = {"checksum": checksum(number, PERSON), **told, **changes}
    status, body = await desk.hook({}, method="POST", body=json.dumps(told).encode())
    return status, json.loads(body)


TAKEN = (200, {"data": {"code": 200, "request_id": "r-1", "phone": PERSON}})


async def test_the_provider_hears_what_its_preset_says(store):
    async with counter(store, settings(), base="base") as desk:
        assert await post(desk) == TAKEN
        desk.clock.now = desk.clock.now.replace(minute=1)
        assert await post(desk) == (200, {"errors": {"code": 104}})
        assert await post(desk, checksum="0") == (200, {"errors": {"code": 106}})
        assert await post(desk, message=None, number="r-2") == (200, {"errors": {"code": 102}})
        assert await post(desk, number="r-3", type="typing") == (
            200,
            {"data": {"code": 200, "request_id": "r-3", "phone": PERSON}},
        )
        status, _ = await desk.hook({}, method="POST", body=b"{")
        assert status == 200
        assert len(await rows(store, inbox, "id")) == 1
        assert [reason for (reason,) in await rows(store, quarantine, "reason")] == ["there is no text"]


@SQLITE_ONLY
async def test_a_provider_that_asks_once_hears_200_while_the_database_is_away(store, tmp_path):
    async with counter(store, settings(repeats=False), base="base", spool=tmp_path / "spool") as desk:
        with contextlib.closing(sqlite3.connect(store.url.database)) as foreign:
            foreign.execute("BEGIN IMMEDIATE")  # another program writes and does not come to an end
            assert await post(desk) == TAKEN
            assert await post(desk, checksum="0") == (200, {"errors": {"code": 106}})
            assert desk.spool.waiting() == 1
            foreign.rollback()
        assert await desk.spool.drain(desk.hooks.storing) == 1
        assert [row for (row,) in await rows(store, inbox, "external_id")] == ["r-1"]
        assert desk.spool.waiting() == 0


async def test_a_report_that_nobody_signs_needs_the_secret_of_the_address(store):
    report = {"SMSID": "s-1", "SendStatus": "5", "SendSuccess": "1", "telcoid": "1", "phonenumber": PERSON}
    async with counter(store, ESMS) as desk:
        for token in ("", "the-callback-toke", "the-private-key"):
            assert (await desk.hook({**report, "token": token}, path="dlr"))[0] == 401
        assert await desk.hook({**report, "token": "the-callback-token"}, path="dlr") == (200, "")
        failed = {**report, "SMSID": "s-2", "SendSuccess": "0", "token": "the-callback-token"}
        assert (await desk.hook(failed, path="dlr"))[0] == 200
        assert await rows(store, receipts, "provider_id", "state", "detail") == [("s-1", 5, "1"), ("s-2", 4, "1")]


LISTED = """
name = "listed"
title = "listed"
source = "listed"
[settings.base]
description = "address"
[settings.secret]
description = "a secret"
secret = true
[receipts]
path = ""
format = "json"
each = "results"
id = "id"
names = "key"
state = "state"
[[receipts.checks]]
kind = "secret"
given = "{query.token}"
equals = "{secret}"
[[receipts.states]]
state = "ok"
becomes = "delivered"
[inbound]
format = "json"
path = "dlr"
each = "results"
sender = "from"
text = "text"
id = "id"
[[inbound.checks]]
kind = "secret"
given = "{query.token}"
equals = "{secret}"
[send]
url = "{base}"
[send.outcome]
type = "json"
id = "their_id"
"""


async def test_a_list_in_which_one_message_is_broken_is_taken_without_it_and_kept_as_well(store):
    given = {"channel": "sms", "account": "1", "preset": LISTED, "secret": "s3cret"}
    results = [{"id": "1", "from": PERSON, "text": "dan so"}, {"id": "2", "from": PERSON}]
    async with counter(store, given, base="base") as desk:
        body = json.dumps({"results": results}).encode()
        for _ in range(2):
            assert await desk.hook({"token": "s3cret"}, path="dlr", method="POST", body=body) == (200, "")
        assert await rows(store, inbox, "external_id") == [("1",)]
        assert set(await rows(store, quarantine, "reason")) == {("there is no text",)}


async def test_a_report_that_names_our_key_is_joined_by_it_also_as_a_slug(store):
    given = {"channel": "sms", "account": "1", "preset": LISTED, "secret": "s3cret"}
    async with counter(store, given, base="base") as desk:
        for name in ("12-0", "13:0"):
            body = json.dumps({"results": [{"id": name, "state": "ok"}]}).encode()
            assert (await desk.hook({"token": "s3cret"}, method="POST", body=body))[0] == 200
        assert [name for (name,) in await rows(store, receipts, "provider_id")] == ["12:0", "13:0"]
        assert desk.account.line.sending.judge.outcome.id == ()
