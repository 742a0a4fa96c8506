"""The presets against the doubles, over HTTP, through the real route and store: words, answers, sends, receipts."""

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bot.store.engine import Store
from bot.store.tables import inbox, quarantine
from gateway.channel import Part
from gateway.channels.sms import CHANNEL
from gateway.errors import ElsewhereError
from simulator.sms.call import Call
from simulator.sms.vas import DIALECTS, Dialect
from tests.contract.sms_casefile import PRESETS, InboundRow, ReceiptRow, SendRow, load_sms_cases
from tests.contract.sms_desk import open_line
from tests.contract.sms_talk import ANNA, WORDS, anna, answered, at, heard, send
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import rows

pytestmark = SQLITE_ONLY
USUAL = InboundRow(what="usual", source="?")
WITH_WORDS = [preset for preset in PRESETS if load_sms_cases(preset).message]


@pytest.mark.parametrize("preset", WITH_WORDS)
async def test_a_persons_words_are_stored_and_the_answer_reaches_the_phone(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        delivery = await answered(line)
        assert delivery.taken
        assert await heard(store) == [WORDS]
        assert line.double.phones.texts(ANNA) == ["Dan so: 1.234.567"]
        assert not line.double.violations


@pytest.mark.parametrize("preset", [preset for preset in WITH_WORDS if preset != "esms"])
async def test_what_comes_again_is_stored_once_and_the_provider_is_content(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        first = await line.double.say(ANNA, WORDS)
        again = await line.double.bring(first.post)
        assert again.taken
        assert len(await rows(store, inbox, "id")) == 1
        assert not line.double.violations


async def test_a_question_that_esms_asks_again_is_answered_again_without_a_second_row(store: Store) -> None:
    async with at("esms", store) as line:
        first = await answered(line)
        await line.double.bring(first.post)
        assert line.double.phones.texts(ANNA) == ["Dan so: 1.234.567"] * 2
        assert len(await rows(store, inbox, "id")) == 1
        assert not line.double.violations


@pytest.mark.parametrize("preset", WITH_WORDS)
async def test_a_forged_message_is_not_stored_and_hears_what_the_provider_takes_for_no(
    preset: str, store: Store
) -> None:
    cases = load_sms_cases(preset)
    assert cases.forged is not None
    async with at(preset, store) as line:
        status, body = await line.deliver(line.desk.message(USUAL, "wrong"))
        assert status == cases.forged.status
        assert cases.forged.body in (None, body)
        assert cases.forged.contains in spaced(body)
        assert not await heard(store)


UNREADABLE = [preset for preset in WITH_WORDS if load_sms_cases(preset).unreadable]


@pytest.mark.parametrize("preset", UNREADABLE)
async def test_a_message_that_is_not_understood_is_kept_aside_and_not_asked_for_again(
    preset: str, store: Store
) -> None:
    wanted = load_sms_cases(preset).unreadable
    assert wanted is not None
    async with at(preset, store) as line:
        status, body = await line.deliver(line.desk.lacking(wanted.lacks))
        assert status == wanted.status
        assert wanted.body in (None, body)
        assert wanted.contains in spaced(body)
        assert len(await rows(store, quarantine, "id")) == 1


REPORTED = {
    "esms": {"SendStatus": "42"},
    "speedsms": {"status": "later"},
    "twilio": {"MessageStatus": "lost"},
    "vonage": {"status": "lost"},
    "infobip": {"status": {"groupName": "LOST"}},
    "jasmin": {"message_status": "LOST"},
}


@pytest.mark.parametrize("preset", REPORTED)
async def test_a_report_in_a_word_that_nobody_knows_is_kept_aside_and_not_brought_again(
    preset: str, store: Store
) -> None:
    row = ReceiptRow(what="unknown", source="?", fields=REPORTED[preset])
    async with at(preset, store) as line:
        status, body = await line.deliver(line.desk.report(row, "4567"))
        assert status == 200
        assert len(await rows(store, quarantine, "id")) == 1
        assert preset != "jasmin" or body == "ACK/Jasmin"


def spaced(body: str) -> str:
    return body.replace('":', '": ').replace('":  ', '": ')


@pytest.mark.parametrize("preset", [preset for preset in PRESETS if load_sms_cases(preset).answers])
async def test_who_takes_only_answers_is_not_even_asked_to_take_anything_else(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        with pytest.raises(ElsewhereError):
            await CHANNEL.send(Part(text="Nhac han"), anna(line), "12:0", line.account, line.wire)
        assert not line.double.calls


async def test_v_com_hears_104_for_what_it_brings_again(store: Store) -> None:
    async with at("vcom", store) as line:
        first = await line.double.say(ANNA, WORDS)
        line.double.clock.turn(timedelta(seconds=20))
        again = await line.double.bring(first.post)
        assert json.loads(first.body)["data"]["code"] == 200
        assert json.loads(again.body)["errors"]["code"] == 104


@pytest.mark.parametrize("dialect", DIALECTS, ids=[dialect.method for dialect in DIALECTS])
async def test_every_spelling_of_a_vas_partner_is_read(dialect: Dialect, store: Store) -> None:
    agreed = {"encoding": "plain" if dialect.plain else "base64", "mo_method": dialect.method}
    async with open_line("vas-soap", store, **agreed) as line:
        line.double.dialect = dialect
        delivery = await line.double.say(ANNA, WORDS)
        assert f"<{dialect.method}Response>" in delivery.body
        assert await heard(store) == [WORDS]
        assert not line.double.violations


@pytest.mark.parametrize("dialect", DIALECTS, ids=[dialect.method for dialect in DIALECTS])
async def test_an_answer_to_a_vas_partner_names_operator_and_keyword_of_the_question(
    dialect: Dialect, store: Store
) -> None:
    async with open_line("vas-soap", store, encoding="plain" if dialect.plain else "base64") as line:
        line.double.dialect, line.double.operator = dialect, "GPC x"
        assert await send(line)
        assert line.double.phones.texts(ANNA) == ["Dan so"]
        assert not line.double.violations


async def test_a_message_that_is_not_packed_as_agreed_is_kept_aside(store: Store) -> None:
    async with open_line("vas-soap", store) as line:
        line.double.dialect = DIALECTS[-1]
        await line.double.say(ANNA, WORDS)
        assert not await heard(store)
        assert len(await rows(store, quarantine, "id")) == 1
        assert not line.double.violations


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_vonage_may_call_by_get_and_by_post(method: str, store: Store) -> None:
    async with at("vonage", store) as line:
        line.double.method = method
        await line.double.say(ANNA, WORDS)
        assert await heard(store) == [WORDS]


async def test_all_that_several_people_wrote_in_one_post_is_stored(store: Store) -> None:
    async with at("infobip", store) as line:
        await line.double.bring(line.double.messages((ANNA, "một"), ("+84987654321", "hai"), ("+84", "ba")))
        assert sorted(await heard(store)) == ["hai", "một"]


SENDS = [(preset, row) for preset in PRESETS for row in load_sms_cases(preset).send]


@pytest.mark.parametrize(("preset", "row"), SENDS, ids=[f"{preset}: {row.what}" for preset, row in SENDS])
async def test_a_message_is_sent_as_the_provider_wants_it(preset: str, row: SendRow, store: Store) -> None:
    async with at(preset, store) as line:
        provider_id = await send(line, row.text)
        call = line.double.calls[-1]
        assert {path: said(call, path) for path in row.call} == {
            path: value.replace("<key>", "12:0") for path, value in row.call.items()
        }
        assert line.double.phones.texts(ANNA) == [row.text if row.shown is None else row.shown]
        assert not line.double.violations
        sent = line.double.sent[0]
        assert provider_id in {sent.id, sent.key or "12:0", "12:0"}


def said(call: Call, path: str) -> str | None:
    """What stands at ``path`` of a call: dotted in JSON, a name in a form or in XML."""
    if call.content_type == "application/json":
        value: Any = call.json()
        for step in path.split("."):
            value = value[int(step)] if isinstance(value, list) else value.get(step)
        return None if value is None else str(value)
    if "xml" in call.content_type:
        found = [one.text for one in ET.fromstring(call.body).iter() if one.tag.rpartition("}")[2] == path]  # noqa: S314
        return found[0] if found else None
    return call.parameters.get(path)
