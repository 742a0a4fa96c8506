"""What every channel must do with what is posted to it: each check is one sentence about a channel on its stand."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.delivery import DeliveryState
from bot.core.messages import Address, Sign
from bot.core.text import clean
from bot.store.tables import receipts as receipts_table
from gateway.channel import Hook
from gateway.errors import BadPayloadError, RejectedError
from gateway.webhooks import MAX_BODY
from tests.contract.casefile import Change, Sample
from tests.contract.check import Found, NotApplicable, check, hooked, shown
from tests.contract.harness import Stand, Subject
from tests.contract.texts import GARBAGE, NEEDS_ANY_UNICODE, TEXTS, VIETNAMESE
from tests.support.rows import NOW, rows

UNWRITABLE = "letters that no header can carry"


def texts(subject: Subject) -> Sequence[str]:
    """Names of the texts that this provider can carry."""
    everything = subject.cases.message is not None and subject.cases.message.unicode == "any"
    return [name for name in TEXTS if everything or name not in NEEDS_ANY_UNICODE]


@check(hooked())
async def a_good_signature_is_taken(stand: Stand, _cases: Sequence[str]) -> None:
    stand.channel.verify(stand.message(), stand.account)
    assert (await stand.post(stand.message()))[0] == 200
    assert len(await stand.inbox()) == 1


MISSING = {"no proof": None, "an empty proof": ""}
BAD = {
    "an altered proof": lambda proof: proof[:-1] + ("a" if proof[-1] != "a" else "b"),
    "a proof cut short": lambda proof: proof[:-1],
    "a longer proof": lambda proof: proof + "0",
    UNWRITABLE: lambda _proof: "ệ\u0080",
}


async def refuse(stand: Stand, forged: Sequence[tuple[str, Hook]]) -> None:
    """Each of ``forged`` is refused before it is read, and leaves nothing behind."""
    for name, hook in forged:
        with pytest.raises(RejectedError) as caught:
            stand.channel.verify(hook, stand.account)
        assert caught.value.status == stand.request.refusal, name
        if name != UNWRITABLE:
            status, _ = await stand.post(hook)
            assert status == stand.request.refusal, name
    assert await stand.stored() == 0


def missing(stand: Stand) -> list[tuple[str, Hook]]:
    """Requests without proof."""
    return [(name, stand.with_proof(stand.message(), proof)) for name, proof in MISSING.items()]


def bad(stand: Stand, changes: Sequence[Change]) -> list[tuple[str, Hook]]:
    """Requests whose proof is a wrong one."""
    hook = stand.message()
    made = [(name, stand.with_proof(hook, spoil(stand.proof(hook)))) for name, spoil in BAD.items()]
    return [*made, *((change.id, stand.changed(change)) for change in changes)]


@check(hooked(lambda _: tuple(MISSING)))
async def a_missing_signature_is_refused(stand: Stand, _cases: Sequence[str]) -> None:
    await refuse(stand, missing(stand))


@check(hooked(lambda subject: [*BAD, *subject.cases.forgeries]))
async def a_bad_signature_is_refused(stand: Stand, cases: Sequence[str | Change]) -> None:
    await refuse(stand, bad(stand, [case for case in cases if isinstance(case, Change)]))


def replays(subject: Subject) -> Found:
    """The same request again; where a proof is of one body, that proof with another one."""
    signed = subject.cases.request is not None and subject.cases.request.sign is not None
    return ("the same request", "the proof of another body")[: 1 + signed]


@check(hooked(replays))
async def a_replayed_signature_opens_nothing(stand: Stand, cases: Sequence[str]) -> None:
    hook = stand.message()
    if len(cases) > 1:
        await refuse(stand, [(cases[1], replace(hook, body=hook.body + b" "))])
    for _ in range(3):
        assert (await stand.post(hook))[0] == 200
    assert await stand.stored() == 1


@check(hooked(lambda _: tuple(GARBAGE)))
async def garbage_is_set_aside_and_never_blocks(stand: Stand, cases: Sequence[str]) -> None:
    for name in cases:
        hook = stand.hook(GARBAGE[name])
        error = stand.refusal(hook)
        assert error is None or isinstance(error, BadPayloadError), name
        assert (await stand.post(hook))[0] == 200, name
    assert await stand.inbox() == []
    assert (await stand.post(stand.message()))[0] == 200
    assert len(await stand.inbox()) == 1


@check(hooked(lambda subject: subject.cases.unreadable))
async def what_is_not_understood_is_kept_in_quarantine(stand: Stand, cases: Sequence[Change]) -> None:
    for change in cases:
        assert isinstance(stand.refusal(stand.changed(change)), BadPayloadError), change.id
        assert (await stand.post(stand.changed(change)))[0] == BadPayloadError.status, change.id
    assert await stand.quarantined() == await stand.stored() == len(cases)


@check(hooked(lambda _: ("one byte too many", "the longest")))
async def an_over_long_body_is_refused(stand: Stand, _cases: Sequence[str]) -> None:
    assert (await stand.post(stand.hook(b" " * (MAX_BODY + 1))))[0] == 413
    assert await stand.stored() == 0
    assert (await stand.post(stand.hook(b" " * MAX_BODY)))[0] == 200


@check(hooked())
async def the_same_message_twice_is_one_row(stand: Stand, _cases: Sequence[str]) -> None:
    again = [stand.message("dân số"), stand.message("dân số"), stand.message("sửa lại", number="m-1")]
    answers = await asyncio.gather(*(stand.post(hook) for hook in again))
    answers.append(await stand.post(again[0]))
    assert {status for status, _ in answers} == {200}
    ((_, body),) = await stand.inbox()
    assert body["text"] in ("dân số", "sửa lại")


@check(hooked())
async def words_become_one_message(stand: Stand, _cases: Sequence[str]) -> None:
    parsed = stand.take(stand.message())
    (message,) = parsed.messages
    user, external_id = stand.cases.message.user, stand.cases.message.external_id
    assert message.address == Address(channel=stand.channel.name, account=stand.account.account, user=user)
    assert message.external_id == external_id.replace("<user>", user).replace("<id>", "m-1")
    assert (message.text, message.choice, message.received_at) == ("dân số", None, NOW)
    assert parsed.receipts == ()


@check(hooked(texts))
async def any_text_arrives_whole_and_fit_for_a_database(stand: Stand, cases: Sequence[str]) -> None:
    for name in cases:
        text = TEXTS[name]
        (message,) = stand.take(stand.message(text)).messages
        assert message.text == clean(message.text), name
        assert clean(text).startswith(message.text), f"{name}: what was cut off may only be the end"
        assert message.text or not clean(text), name
        message.text.encode()
    (message,) = stand.take(stand.message(VIETNAMESE)).messages
    assert message.text == VIETNAMESE


@check(hooked(texts))
async def any_text_is_stored_once(stand: Stand, cases: Sequence[str]) -> None:
    for number, name in enumerate(cases):
        status, _ = await stand.post(stand.message(TEXTS[name], number=f"t-{number}"))
        assert status == 200
    assert len(await stand.inbox()) == len(cases)
    assert await stand.quarantined() == 0


def choices(subject: Subject) -> Found:
    """A pressed button, where the channel has any."""
    if subject.channel.capabilities.buttons:
        return () if subject.cases.choice is None else (subject.cases.choice,)
    assert subject.cases.choice is None, "a channel without buttons has a [choice]"
    return NotApplicable("no buttons: choices are digits of the text")


@check(hooked(choices))
async def a_pressed_button_carries_its_value(stand: Stand, _cases: Sequence[str]) -> None:
    (message,) = stand.take(stand.fill(stand.cases.choice, choice="lookup:2", id="c-1")).messages
    assert message.choice == "lookup:2"


@check(shown("attachment"))
async def an_attachment_becomes_what_its_sample_says(stand: Stand, cases: Sequence[Sample]) -> None:
    assert any("attachment" in message for sample in cases for message in sample.messages), "no case names its kind"
    compare(stand, cases)


@check(shown("sticker"))
async def a_sticker_becomes_what_its_sample_says(stand: Stand, cases: Sequence[Sample]) -> None:
    assert any("attachment" in message for sample in cases for message in sample.messages), "no case names its kind"
    compare(stand, cases)


@check(shown("join"))
async def who_joins_becomes_what_the_sample_says(stand: Stand, cases: Sequence[Sample]) -> None:
    compare(stand, cases)


@check(shown("leave"))
async def who_leaves_becomes_what_the_sample_says(stand: Stand, cases: Sequence[Sample]) -> None:
    assert any(sample.signs for sample in cases), "no case says what is to be remembered"
    compare(stand, cases)


@check(hooked(lambda subject: subject.cases.samples))
async def every_sample_becomes_what_it_says(stand: Stand, cases: Sequence[Sample]) -> None:
    compare(stand, cases)


def compare(stand: Stand, samples: Sequence[Sample]) -> None:
    """Each of ``samples`` is read as it says."""
    for sample in samples:
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
    where = {"channel": sign.address.channel, "user": sign.address.user, "account": sign.address.account}
    return {**where, "kind": sign.kind.value, "at": sign.at, "until": sign.until}


def _once(reports: list[dict[str, object]]) -> list[dict[str, object]]:
    """``reports`` without repetitions; the store keeps one row of each."""
    return [report for number, report in enumerate(reports) if report not in reports[:number]]


def _matches(seen: list[dict[str, object]], expected: list[dict[str, object]]) -> bool:
    return len(seen) == len(expected) and all(e.items() <= s.items() for s, e in zip(seen, expected, strict=True))


def reports(subject: Subject) -> Found:
    """The words by which the provider reports."""
    if subject.channel.capabilities.receipts:
        return list(subject.cases.receipt.states) if subject.cases.receipt is not None else ()
    assert subject.cases.receipt is None, "a channel without receipts has a [receipt]"
    return NotApplicable("the provider reports on nothing")


@check(hooked(reports))
async def every_report_of_the_provider_is_understood(stand: Stand, cases: Sequence[str]) -> None:
    for word in cases:
        hook = stand.fill(stand.cases.receipt, provider_id=f"p-{word}", state=word, id="r-1")
        # of one event several channels may hear
        (receipt,) = (one for one in stand.take(hook).receipts if one.channel == stand.channel.name)
        state = DeliveryState[stand.cases.receipt.states[word]]
        assert (receipt.provider_id, receipt.state) == (f"p-{word}", state), word
        assert (receipt.channel, receipt.account) == (stand.channel.name, stand.account.account)
        assert (await stand.post(hook))[0] == (await stand.post(hook))[0] == 200
    stored = await rows(stand.store, receipts_table, "channel")
    assert stored.count((stand.channel.name,)) == len(cases)


@check(hooked(lambda _: ("another account", "another method")))
async def another_account_or_method_is_not_found(stand: Stand, _cases: Sequence[str]) -> None:
    assert (await stand.post(stand.message(), account="nobody"))[0] == 404
    assert (await stand.post(replace(stand.message(), method="DELETE")))[0] == 404
    assert await stand.stored() == 0


@check(hooked())
async def the_provider_hears_what_it_wants_to_hear(stand: Stand, _cases: Sequence[str]) -> None:
    ack = stand.take(stand.message()).ack or stand.channel.ack
    assert await stand.post(stand.message()) == (200, ack.body)


def unheard(subject: Subject) -> Found:
    """The address that a channel without hook would have."""
    return NotApplicable("people can write here") if subject.channel.paths else ("the account's address",)


@check(unheard)
async def a_channel_without_hook_takes_nothing(stand: Stand, _cases: Sequence[str]) -> None:
    hook = Hook(method="POST", query={}, headers={"content-type": "application/json"}, cookies={}, body=b"{}")
    assert (await stand.post(hook))[0] == 404
    with pytest.raises(RejectedError):
        stand.take(hook)
    assert await stand.stored() == 0
