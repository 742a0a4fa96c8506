"""Every row of ``sms_cases/*.toml`` through the channel ``sms``: what is read, proven, refused, sent and reported."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace as replace_
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest

from bot.core.messages import Address
from bot.store.engine import Store
from gateway.channel import Wire
from gateway.channels.sms import CHANNEL
from gateway.errors import (
    BadSignatureError,
    ElsewhereError,
    MisconfiguredError,
    OptedOutError,
    OutcomeUnknownError,
    RefusedError,
    SendError,
    ThrottledError,
    UnreachableError,
)
from tests.contract.casefile import Answer
from tests.contract.provider import running_provider
from tests.contract.sms_casefile import (
    CELLS,
    PRESETS,
    Cell,
    ErrorRow,
    InboundRow,
    ReceiptRow,
    SignatureRow,
    load_sms_cases,
)
from tests.contract.sms_desk import Desk, open_desk
from tests.contract.sms_parts import answering
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW
from tests.support.source import ROOT

BECOMES: dict[str, type[SendError]] = {
    "refused": RefusedError,
    "opted_out": OptedOutError,
    "throttled": ThrottledError,
    "unreachable": UnreachableError,
    "misconfigured": MisconfiguredError,
    "unknown": OutcomeUnknownError,
    "elsewhere": ElsewhereError,
}
FOLDER = ROOT / "data" / "sms_presets"
OWN_DIALECT = {"plain"}
"""The preset of no provider: tests/contract/cases/sms.toml has its cases."""


def of(cell: Cell) -> Any:
    """Every row of a column, by preset and words."""
    rows = [(preset, row) for preset in PRESETS for row in load_sms_cases(preset).rows(cell)]
    return pytest.mark.parametrize(("preset", "row"), rows, ids=[f"{preset}: {row.what}" for preset, row in rows])


@of("inbound")
def test_a_hook_is_read_as_the_provider_means_it(preset: str, row: InboundRow) -> None:
    desk = open_desk(preset).with_settings(**row.account)
    messages = desk.take(desk.message(row)).messages
    if row.nobody:
        assert not messages
        return
    first = messages[0]
    assert (first.address, first.text, first.external_id) == (
        Address(channel="sms", account=desk.settings["account"], user=row.user),
        row.text,
        row.id,
    )
    assert row.sent_at in (None, first.sent_at)
    assert len(messages) == (2 if row.also and not row.only else 1)


@of("signature")
def test_only_what_is_proven_is_taken(preset: str, row: SignatureRow) -> None:
    desk = open_desk(preset).with_settings(**row.account)
    hook = desk.message(row, row.given)
    if row.tampered:
        hook = tampered(hook, row.tampered, desk)
    body = hook.body
    for old, new in row.replaced.items():
        assert old.encode() in body
        body = body.replace(old.encode(), new.encode())
    hook = replaced(hook, body)
    if row.accepted:
        assert desk.take(hook).messages
    else:
        with pytest.raises(BadSignatureError):
            desk.take(hook)


@of("receipt")
def test_a_report_means_what_the_provider_says(preset: str, row: ReceiptRow) -> None:
    desk = open_desk(preset)
    hook = desk.report(row, "4567")
    if row.forged:
        with pytest.raises(BadSignatureError):
            desk.take(hook)
        return
    (receipt,) = desk.take(hook).receipts
    assert (receipt.provider_id, receipt.state.name.lower()) == ("4567", row.state)
    assert row.detail in (None, receipt.detail)
    assert "84912345678" not in receipt.detail


@pytest.mark.parametrize("preset", [preset for preset in PRESETS if load_sms_cases(preset).message])
def test_a_forged_hook_stays_forged_whatever_it_carries(preset: str) -> None:
    desk = open_desk(preset)
    usual = InboundRow(what="usual", source="?")
    with pytest.raises(BadSignatureError):
        desk.take(desk.message(usual, "missing"))


@SQLITE_ONLY
@of("error")
async def test_an_error_becomes_of_the_message_what_it_should(preset: str, row: ErrorRow, store: Store) -> None:
    said = load_sms_cases(preset).answer
    status = row.status or said.status
    body = said.body.replace("<code>", row.code) if row.body is None else row.body
    async with running_provider() as (provider, url), aiohttp.ClientSession() as session:
        if preset == "fpt":
            provider.script.append(Answer(body='{"access_token": "t", "expires_in": 3600}'))
        provider.script.append(Answer(status=status, body=body))
        desk = at(open_desk(preset), url)
        wire = Wire(store=store, session=session, clock=lambda: NOW)
        outcome = await try_to_send(desk, wire)
        provider.look_back()
    assert outcome in row.becomes


async def try_to_send(desk: Desk, wire: Wire) -> str:
    """What becomes of a message: the class of the error, or ``repeated`` where it was taken."""
    account = desk.account
    part, to = await answering(desk, wire.store)
    try:
        assert await CHANNEL.send(part, to, "12:0", account, wire)
    except SendError as error:
        return next(name for name, kind in BECOMES.items() if type(error) is kind)
    return "repeated"


def at(desk: Desk, url: str) -> Desk:
    """The desk before another provider."""
    return desk.with_settings(**{desk.cases.address: url})


def tampered(hook: Any, fields: dict[str, Any], desk: Desk) -> Any:
    """``hook`` with other fields under the proof that it has."""
    shape = desk.cases.message
    assert shape is not None
    if shape.format == "query":
        return replace_(hook, query={**hook.query, **fields})
    if shape.format == "json":
        return replaced(hook, json.dumps({**json.loads(hook.body), **fields}).encode())
    return replaced(hook, urlencode({**dict(parse_qsl(hook.body.decode())), **fields}).encode())


def replaced(hook: Any, body: bytes) -> Any:
    return replace_(hook, body=body)


def codes(table: dict[str, Any], name: str) -> Iterator[str]:
    value = table.get(name, [])
    yield from [value] if isinstance(value, str) else [str(one) for one in value]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_code_and_state_that_a_preset_names_has_a_case(preset: str) -> None:
    file = tomllib.loads((FOLDER / f"{preset}.toml").read_text(encoding="utf-8"))
    cases = load_sms_cases(preset)
    named = {code for row in file["send"].get("errors", []) for code in codes(row, "code")}
    told = {row.code for row in cases.error} | {
        word for row in cases.error for word in named if word in (row.body or "")
    }
    assert named - told <= {"invalid_token", "expired_token"}, "stale tokens are tried over HTTP"
    assert cases.report is not None or not file.get("receipts")
    if cases.report is None:
        return
    words = {word for row in file["receipts"]["states"] for word in codes(row, "state")} - {"*"}
    said = repr([row.fields for row in cases.receipt]) + repr(cases.report.fields)
    assert not [word for word in words if "-" not in word and word not in said]


def test_every_preset_has_a_table_of_cases_and_the_reverse() -> None:
    assert {file.stem for file in FOLDER.glob("*.toml")} - OWN_DIALECT == set(PRESETS)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_column_without_cases_says_why(preset: str) -> None:
    cases = load_sms_cases(preset)
    assert {cell for cell in CELLS if not cases.rows(cell)} == set(cases.lacks)


@pytest.mark.parametrize("preset", [preset for preset in PRESETS if load_sms_cases(preset).message])
def test_nobody_whose_tries_may_soon_be_over_is_kept_waiting_for_the_database(preset: str) -> None:
    within = CHANNEL.within(open_desk(preset).account)
    if preset == "esms":
        assert within is None, "its request waits for the reply anyway"
    else:
        assert within is not None
        assert within <= 5
