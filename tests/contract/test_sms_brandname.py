"""A brandname: nothing comes in, and nothing leaves but the registered words of a template."""

import json
from typing import Any

import pytest

from bot.core.messages import Address, Form
from bot.store.tables import outbox
from gateway.channel import Part, Wire
from gateway.errors import ElsewhereError
from gateway.sms.sending import send_part
from tests.support.rows import rows
from tests.support.sms_counter import ESMS, TAKEN, Counter, counter

TO = Address(channel="sms", account="8041", user="+84901000001")


async def send(desk: Counter, text: str = "dân số", **part: Any) -> str:
    wire = Wire(store=desk.store, session=desk.http, clock=desk.clock)
    return await send_part(Part(text=text, **part), TO, "12:0", desk.account, wire)


BRANDNAME = {**ESMS, "one_way": True, "templates": ["nhac-han"]}
FORM = Form(name="nhac-han", values=())


async def test_a_brandname_sends_a_registered_template_and_no_free_word(store):
    async with counter(store, BRANDNAME) as desk:
        for part in ({}, {"form": Form(name="thong-bao-bao-tri")}):
            with pytest.raises(ElsewhereError, match="template"):
                await send(desk, **part)
        assert desk.provider.requests == []
        desk.provider.script.append(TAKEN)
        assert await send(desk, "Kinh gui So Y te", form=FORM) == "s-1"
        (body,) = [json.loads(request) for request in desk.provider.requests]
        assert (body["Content"], body["Brandname"], body["IsUnicode"]) == ("Kinh gui So Y te", "UBND-TINH", "0")
        assert body["CallbackUrl"] == "http://127.0.0.1:8080/hooks/sms/8041/dlr?token=the-callback-token"
        assert (await desk.write(1))[0] == 404
        assert (await desk.hook({"token": "the-callback-token", "SMSID": "s-1", "SendStatus": "7"}, path="dlr"))[
            0
        ] == 200
        assert await rows(store, outbox, "id") == []
