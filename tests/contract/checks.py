"""What every channel must do: each check is one sentence about a channel on its stand."""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest

from bot.core.delivery import DeliveryState
from bot.core.messages import Address, Choice, Sign
from bot.core.text import clean
from bot.store.tables import receipts as receipts_table
from gateway import errors as contract
from gateway.channel import Hook, Part
from gateway.errors import BadPayloadError, RejectedError
from gateway.webhooks import MAX_BODY
from tests.contract.harness import Stand, every_log
from tests.support.canary import leaks
from tests.support.rows import NOW, rows

VIETNAMESE = "Đường Bà Triệu, phường Nghĩa Lộ – số liệu dân số năm 2025 là bao nhiêu ạ? Ặ ợ ữ ỹ đ Đ ₫"
TEXTS = {
    "Vietnamese": VIETNAMESE,
    "decomposed Vietnamese": unicodedata.normalize("NFD", VIETNAMESE),
    "empty": "",
    "emoji": "🏥👨‍👩‍👧🇻🇳",
    "10,000 characters": "dân số " * 1429,
    "control characters": "dân\x07 số\x1b[31m\x7f",
    "markup": "<b>&amp;</b> ' \" \\ {} %s 100% + ; --",
    "a NUL": "dân\x00số",
    "a lone surrogate": "dân\ud800số",
}
UNWRITABLE = "letters that no header can carry"
_NEEDS_ANY_UNICODE = {"a NUL", "a lone surrogate"}
GARBAGE = {
    "nothing": b"",
    "bytes": bytes(range(256)),
    "invalid UTF-8": b'{"id": "\xff\xfe"}',
    "half an object": b'{"id": ',
    "null": b"null",
    "a number": b"1e999",
    "deep nesting": b"[" * 100_000,
    "deep nesting of objects": b'{"a":' * 50_000,
    "a NUL": b"\x00",
}

Check = Callable[[Stand], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Have ``function`` run for every channel."""
    CHECKS[function.__name__.replace("_", " ")] = function
    return function


def texts(stand: Stand) -> dict[str, str]:
    """The texts that this provider can carry."""
    everything = stand.cases.message.unicode == "any"
    return {name: text for name, text in TEXTS.items() if everything or name not in _NEEDS_ANY_UNICODE}


@check
async def words_become_one_message(stand: Stand) -> None:
    parsed = stand.take(stand.message())
    (message,) = parsed.messages
    user, external_id = stand.cases.message.user, stand.cases.message.external_id
    assert message.address == Address(channel=stand.channel.name, account=stand.account.account, user=user)
    assert message.external_id == external_id.replace("<user>", user).replace("<id>", "m-1")
    assert (message.text, message.choice, message.received_at) == ("dân số", None, NOW)
    assert parsed.receipts == ()


@check
async def any_text_arrives_whole_and_fit_for_a_database(stand: Stand) -> None:
    for name, text in texts(stand).items():
        (message,) = stand.take(stand.message(text)).messages
        assert message.text == clean(message.text), name
        assert clean(text).startswith(message.text), f"{name}: what was cut off may only be the end"
        assert message.text or not clean(text), name
        message.text.encode()
    (message,) = stand.take(stand.message(VIETNAMESE)).messages
    assert message.text == VIETNAMESE


@check
async def any_text_is_stored_once(stand: Stand) -> None:
    for number, text in enumerate(texts(stand).values()):
        status, _ = await stand.post(stand.message(text, number=f"t-{number}"))
        assert status == 200
    assert len(await stand.inbox()) == len(texts(stand))
    assert await stand.quarantined() == 0


@check
async def the_same_message_again_is_one_row(stand: Stand) -> None:
    again = [stand.message("dân số"), stand.message("dân số"), stand.message("sửa lại", number="m-1")]
    answers = await asyncio.gather(*(stand.post(hook) for hook in again))
    answers.append(await stand.post(again[0]))
    assert {status for status, _ in answers} == {200}
    ((_, body),) = await stand.inbox()
    assert body["text"] in ("dân số", "sửa lại")


@check
async def a_pressed_button_carries_its_value(stand: Stand) -> None:
    assert (stand.cases.choice is not None) == stand.channel.capabilities.buttons
    if stand.cases.choice is not None:
        (message,) = stand.take(stand.fill(stand.cases.choice, choice="lookup:2", id="c-1")).messages
        assert message.choice == "lookup:2"


def forged(stand: Stand) -> Iterator[tuple[str, Hook]]:
    """Requests that only look like the provider's."""
    hook = stand.message()
    proof = stand.proof(hook)
    yield "no proof", stand.with_proof(hook, None)
    yield "an empty proof", stand.with_proof(hook, "")
    yield "an altered proof", stand.with_proof(hook, proof[:-1] + ("a" if proof[-1] != "a" else "b"))
    yield "a proof cut short", stand.with_proof(hook, proof[:-1])
    yield "a longer proof", stand.with_proof(hook, proof + "0")
    yield UNWRITABLE, stand.with_proof(hook, "ệ\u0080")
    if stand.cases.request.sign is not None:
        yield "the proof of another body", replace(hook, body=hook.body + b" ")
    yield from ((change.id, stand.changed(change)) for change in stand.cases.forgeries)


@check
async def a_forged_request_is_refused_before_it_is_read(stand: Stand) -> None:
    for name, hook in forged(stand):
        with pytest.raises(RejectedError) as caught:
            stand.channel.verify(hook, stand.account)
        assert caught.value.status == stand.cases.request.refusal, name


@check
async def a_forged_request_leaves_no_row(stand: Stand) -> None:
    for name, hook in forged(stand):
        if name == UNWRITABLE:
            continue
        status, _ = await stand.post(hook)
        assert status == stand.cases.request.refusal, name
    assert await stand.stored() == 0


@check
async def garbage_is_set_aside_and_never_blocks(stand: Stand) -> None:
    for name, body in GARBAGE.items():
        error = stand.refusal(stand.hook(body))
        assert error is None or isinstance(error, BadPayloadError), name
        status, _ = await stand.post(stand.hook(body))
        assert status == 200, name
    assert await stand.inbox() == []
    assert (await stand.post(stand.message()))[0] == 200
    assert len(await stand.inbox()) == 1


@check
async def what_is_not_understood_is_kept_in_quarantine(stand: Stand) -> None:
    for change in stand.cases.unreadable:
        assert isinstance(stand.refusal(stand.changed(change)), BadPayloadError), change.id
        assert (await stand.post(stand.changed(change)))[0] == BadPayloadError.status, change.id
    assert await stand.quarantined() == await stand.stored() == len(stand.cases.unreadable)


@check
async def an_over_long_body_is_refused(stand: Stand) -> None:
    assert (await stand.post(stand.hook(b" " * (MAX_BODY + 1))))[0] == 413
    assert await stand.stored() == 0
    assert (await stand.post(stand.hook(b" " * MAX_BODY)))[0] == 200


@check
async def another_account_or_method_is_not_found(stand: Stand) -> None:
    assert (await stand.post(stand.message(), account="nobody"))[0] == 404
    assert (await stand.post(replace(stand.message(), method="DELETE")))[0] == 404
    assert await stand.stored() == 0


@check
async def the_provider_hears_what_it_wants_to_hear(stand: Stand) -> None:
    ack = stand.take(stand.message()).ack or stand.channel.ack
    assert await stand.post(stand.message()) == (200, ack.body)


@check
async def every_sample_becomes_what_it_says(stand: Stand) -> None:
    for sample in stand.cases.samples:
        hook = stand.hook(sample.body.encode(), query=sample.query, place=sample)
        parsed = stand.take(replace(hook, headers={**hook.headers, **sample.headers}))
        seen = [{"user": one.address.user, **{f: getattr(one, f) for f in _MESSAGE}} for one in parsed.messages]
        assert _matches(seen, sample.messages), f"{sample.id}: {seen}"
        reports = [{**{f: getattr(one, f) for f in _RECEIPT}, "state": one.state.name} for one in parsed.receipts]
        assert _matches(_once(reports), sample.receipts), f"{sample.id}: {reports}"
        signs: list[dict[str, object]] = [_sign(one) for one in parsed.signs]
        assert sample.signs is None or _matches(signs, sample.signs), f"{sample.id}: {signs}"
        assert sample.event in (None, parsed.event), f"{sample.id}: {parsed.event}"
        assert parsed.alert == sample.alert, sample.id


_MESSAGE = ("external_id", "text", "choice", "attachment")
_RECEIPT = ("channel", "account", "provider_id", "at")


def _sign(sign: Sign) -> dict[str, object]:
    where = {"user": sign.address.user, "account": sign.address.account}
    return {**where, "kind": sign.kind.value, "at": sign.at, "until": sign.until}


def _once(reports: list[dict[str, object]]) -> list[dict[str, object]]:
    """``reports`` without repetitions; the store keeps one row of each."""
    return [report for number, report in enumerate(reports) if report not in reports[:number]]


def _matches(seen: list[dict[str, object]], expected: list[dict[str, object]]) -> bool:
    return len(seen) == len(expected) and all(e.items() <= s.items() for s, e in zip(seen, expected, strict=True))


@check
async def every_report_of_the_provider_is_understood(stand: Stand) -> None:
    template = stand.cases.receipt
    assert (template is not None) == stand.channel.capabilities.receipts
    if template is None:
        return
    for word, name in template.states.items():
        hook = stand.fill(template, provider_id=f"p-{word}", state=word, id="r-1")
        # of one event several channels may hear
        (receipt,) = (one for one in stand.take(hook).receipts if one.channel == stand.channel.name)
        assert (receipt.provider_id, receipt.state) == (f"p-{word}", DeliveryState[name]), word
        assert (receipt.channel, receipt.account) == (stand.channel.name, stand.account.account)
        assert (await stand.post(hook))[0] == (await stand.post(hook))[0] == 200
    assert len(await rows(stand.store, receipts_table, "id")) == len(template.states)


async def send(stand: Stand, text: str = VIETNAMESE, *, key: str = "k-1") -> str:
    """Send one part to the person who has just written."""
    await stand.post(stand.message())
    to = Address(channel=stand.channel.name, account=stand.account.account, user=stand.cases.message.user)
    choices = (Choice(label="Đúng", value="yes:1"),) if stand.channel.capabilities.buttons else ()
    return await stand.channel.send(Part(text=text, choices=choices), to, key, stand.account, stand.wire)


@check
async def a_part_that_leaves_has_an_id(stand: Stand) -> None:
    double = stand.cases.double
    if double is not None and stand.provider is not None:
        stand.provider.script.append(double.sent)
        assert await send(stand) == double.sent.provider_id
        assert len(stand.provider.requests) == 1
        return
    first, second = await send(stand, key="k-1"), await send(stand, key="k-2")
    assert first
    assert first != second


@check
async def a_repeated_key_is_not_a_second_message(stand: Stand) -> None:
    if stand.channel.capabilities.keyed and stand.provider is None:
        assert await send(stand, key="k-1") == await send(stand, key="k-1")


@check
async def every_answer_of_the_provider_has_its_meaning(stand: Stand) -> None:
    double, provider = stand.cases.double, stand.provider
    if double is None or provider is None:
        return
    for fault in double.faults:
        provider.script.append(fault)
        with pytest.raises(contract.SendError) as caught:
            await send(stand, key=fault.id)
        assert type(caught.value) is getattr(contract, fault.error), fault.id
        assert fault.after is None or getattr(caught.value, "after", None) == fault.after, fault.id
        assert not provider.script, f"{fault.id}: the provider was never asked"


@check
async def no_log_holds_a_secret_a_text_or_a_person(stand: Stand) -> None:
    marks = ["hoàng yến hót 7d31", stand.cases.message.user, *stand.cases.secrets]
    with every_log() as logged:
        await stand.post(stand.message(marks[0]))
        for _, hook in forged(stand):
            stand.refusal(hook)
        await stand.post(stand.hook(f"{marks[0]} {marks[1]}".encode()))
        for change in stand.cases.unreadable:
            await stand.post(stand.changed(change))
        if stand.cases.double is None:
            await send(stand, marks[0])
        assert len(await stand.inbox()) >= 1
        assert logged(), "nothing was logged, so nothing was looked at"
        assert not leaks(logged(), marks)
