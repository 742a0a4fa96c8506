"""What every channel must do with what it sends: each check is one sentence about a channel on its stand."""

from collections.abc import Sequence
from random import Random

import pytest
from yarl import URL

from bot.content import load_content
from bot.core.accounts import Account
from bot.core.delivery import Lane
from bot.core.messages import Address, Choice, Form, InboundMessage, Reply
from bot.core.sms import count
from bot.core.text import unaccent
from bot.store import outbox
from bot.store.intake import Intake
from bot.store.outbox import Draft
from bot.store.tables import outbox_parts
from bot.wording.speech import Speech
from gateway import errors as contract
from gateway.channel import Encoding, Part, Presence
from gateway.metrics import Metrics
from gateway.render import render
from gateway.sender import Sender
from tests.contract.casefile import Answer, Fault, Lack
from tests.contract.check import Find, Found, NotApplicable, called, check, once, unless_lacking
from tests.contract.checks import bad, missing
from tests.contract.harness import Stand, Subject, every_log, stand
from tests.contract.texts import VIETNAMESE
from tests.support.calls import every_call
from tests.support.canary import leaks
from tests.support.rows import NOW, rows
from tests.support.source import ROOT

CONTENT = load_content(ROOT / "data")
CHOICES = tuple(Choice(label=f"Dân số trung bình năm {year}", value=f"lookup:{year}") for year in range(2020, 2025))
REPLIES = {
    "a sentence": Reply(text=VIETNAMESE),
    "choices": Reply(text=VIETNAMESE, choices=CHOICES),
    "a link": Reply(text="Nguồn: Sở Nội vụ", link="https://opendata.example.vn/dataset/dan-so"),
    "brief": Reply(text=VIETNAMESE, brief="Dân số: 1.245.600"),
    "a long list": Reply(text="\n".join(f"{n}. Trường tiểu học Nghĩa Lộ {n}" for n in range(1000)), choices=CHOICES),
    "one endless word": Reply(text="ữ" * 20_000),
    "emoji": Reply(text="👨‍👩‍👧" * 3000),
    "nothing": Reply(text=""),
}
_KEY, _FIRST = "k-1", "1:0"
"""The key of a part that is sent, and that of the first part of an outbox: ids where the provider has none of its own."""
ELSEWHERE = Answer(status=307, headers={"location": "http://192.0.2.1:9/elsewhere"})
"""An answer that leads to a host that is nobody's (RFC 5737)."""


def person_of(stand: Stand) -> Address:
    """Whom the cases are about."""
    return Address(channel=stand.channel.name, account=stand.account.account, user=stand.cases.user)


def form_of(stand: Stand) -> Form | None:
    """The template that is sent, where words alone cannot go."""
    part = stand.cases.part
    return Form(name=part.form, values=tuple(part.values.items())) if part.form else None


async def send(stand: Stand, text: str = VIETNAMESE, *, key: str = _KEY) -> str:
    """Send one part to the person who has just written, if people can write."""
    if stand.channel.paths:
        await stand.post(stand.message())
    choices = (Choice(label="Đúng", value="yes:1"),) if stand.channel.capabilities.buttons else ()
    part = Part(text=text, choices=choices, form=form_of(stand))
    return await stand.channel.send(part, person_of(stand), key, stand.account, stand.wire)


async def hand_over(stand: Stand, text: str = VIETNAMESE) -> None:
    """Let the service's own sender send one message out of the outbox."""
    to = person_of(stand)
    await Intake(stand.store).accept([InboundMessage(address=to, external_id="known", received_at=NOW, text="HD")])
    draft = Draft(
        person=stand.store.vault.person(to),
        channel=to.channel,
        account=to.account,
        lane=Lane.ANSWER,
        reply=Reply(text=text, form=form_of(stand)),
        language="vi",
        origin="contract",
        dedupe_key="contract",
    )
    await stand.store.write(lambda connection: outbox.enqueue(connection, draft, now=NOW))
    presence = Presence(channel=stand.channel, account=stand.account)
    sender = Sender(presence, stand.wire, CONTENT, metrics=Metrics(), jitter=Random(1))
    await sender.take()
    await sender.finish()
    await sender._leave()


@check(once)
async def a_part_that_leaves_has_its_id_stored(stand: Stand, _cases: Sequence[str]) -> None:
    double, provider = stand.cases.double, stand.provider
    if provider is not None:
        provider.script.append(double.sent)
    await hand_over(stand)
    ((stored,),) = await rows(stand.store, outbox_parts, "provider_id")
    assert stored
    expected = double and double.sent.provider_id
    assert stored == (_FIRST if expected == _KEY else expected or stored)
    assert provider is None or len(provider.requests) == 1


@check(once)
async def every_part_has_an_id_of_its_own(stand: Stand, _cases: Sequence[str]) -> None:
    if stand.provider is not None:
        stand.provider.script.append(stand.cases.double.sent)
        assert await send(stand) == stand.cases.double.sent.provider_id
        return
    first, second = await send(stand, key="k-1"), await send(stand, key="k-2")
    assert first
    assert first != second


def repetitions(subject: Subject) -> Found:
    """A repeated key, where the provider drops it."""
    able = subject.channel.capabilities
    if able.keyed and subject.cases.double is None:
        return ("the same key",)
    return NotApplicable("the provider drops no repeated key: an unknown result is not simply sent again")


@check(repetitions)
async def a_repeated_key_is_not_a_second_message(stand: Stand, _cases: Sequence[str]) -> None:
    assert await send(stand, key="k-1") == await send(stand, key="k-1")


async def meet(stand: Stand, faults: Sequence[Fault], *allowed: type[contract.SendError]) -> None:
    """Each of ``faults`` becomes the error that it names, which is one of ``allowed``, if any are named."""
    for fault in faults:
        stand.provider.script.append(fault)
        async with stand.alone() as first:  # after an unknown result a channel may ask before it sends
            with pytest.raises(contract.SendError) as caught:
                await send(first, key=fault.id)
        error = caught.value
        assert isinstance(error, getattr(contract, fault.error)), f"{fault.id}: {error!r}"
        assert _nearest(error) is getattr(contract, fault.error), f"{fault.id}: {error!r}"
        assert fault.after is None or _waits(error, fault.after), f"{fault.id}: {error!r}"
        assert not allowed or isinstance(error, allowed), f"{fault.id}: {error!r}"
        assert not stand.provider.script, f"{fault.id}: the provider was not asked as often as expected"


def _waits(error: contract.SendError, after: float | tuple[float, float]) -> bool:
    """Whether ``error`` asks to wait so long, or between these lengths."""
    low, high = after if isinstance(after, tuple) else (after, after)
    return isinstance(error, contract.ThrottledError) and low <= error.after <= high


def _nearest(error: contract.SendError) -> type:
    """The class of the contract's own that ``error`` is, or is a kind of."""
    return next(kind for kind in type(error).__mro__ if kind.__module__ == contract.__name__)


def faults(error: str, lack: Lack) -> Find:
    """The answers that must become ``error``."""
    return called(
        unless_lacking(lack, lambda subject: [one for one in subject.cases.double.faults if one.error == error])
    )


@check(faults("ThrottledError", "throttled"))
async def too_many_requests_become_a_wait_of_the_length_that_is_asked(stand: Stand, cases: Sequence[Fault]) -> None:
    assert any(case.after is not None for case in cases), "no case says how long the wait is"
    await meet(stand, cases)


def troubles(subject: Subject) -> Sequence[Fault]:
    """Answers of a server that is in trouble; every provider has one, if only a proxy's."""
    return [fault for fault in subject.cases.double.faults if fault.status >= 500 and not fault.hang]


@check(called(troubles))
async def trouble_of_the_provider_is_unreachable_or_unknown(stand: Stand, cases: Sequence[Fault]) -> None:
    await meet(stand, cases, contract.UnreachableError, contract.OutcomeUnknownError)


@check(faults("RefusedError", "refused"))
async def a_refusal_is_refused(stand: Stand, cases: Sequence[Fault]) -> None:
    await meet(stand, cases)


@check(faults("MisconfiguredError", "misconfigured"))
async def wrong_credentials_are_our_own_fault(stand: Stand, cases: Sequence[Fault]) -> None:
    await meet(stand, cases)


@check(called(lambda subject: [fault for fault in subject.cases.double.faults if fault.hang]))
async def silence_is_of_unknown_outcome(stand: Stand, cases: Sequence[Fault]) -> None:
    await meet(stand, cases, contract.OutcomeUnknownError)


@check(faults("OptedOutError", "opted_out"))
async def who_refuses_us_has_opted_out(stand: Stand, cases: Sequence[Fault]) -> None:
    await meet(stand, cases)


@check(called(lambda subject: subject.cases.double.faults))
async def every_answer_of_the_provider_has_its_meaning(stand: Stand, cases: Sequence[Fault]) -> None:
    await meet(stand, cases)


def _rendered(stand: Stand, reply: Reply, *, accents: bool = False) -> tuple[Part, ...]:
    speech = Speech(content=CONTENT, language="vi", account=Account(channel=stand.channel.name, name="main"))
    return render(reply, stand.channel.capabilities, speech, accents=accents)


@check(lambda _: [(name, accents) for name in REPLIES for accents in (False, True)])
async def every_part_is_within_what_the_channel_can_show(stand: Stand, cases: Sequence[tuple[str, bool]]) -> None:
    able = stand.channel.capabilities
    for name, accents in cases:
        parts = _rendered(stand, REPLIES[name], accents=accents)
        assert 1 <= len(parts) <= able.pages, name
        for part in parts:
            if able.encoding is Encoding.SMS:
                assert count(part.text).segments <= able.limit * able.pages, name
            else:
                assert len(part.text) <= able.limit, name
        shown = [choice for part in parts for choice in part.choices]
        assert shown == list(REPLIES[name].choices), f"{name}: without buttons they are digits; `ask` prints them"


def wholes(subject: Subject) -> Found:
    """With accents; where parts are paid, also without."""
    return ("with accents", "without")[: 1 + subject.channel.capabilities.brief]


@check(wholes)
async def vietnamese_text_survives_whole(stand: Stand, cases: Sequence[str]) -> None:
    assert " ".join(part.text for part in _rendered(stand, Reply(text=VIETNAMESE), accents=True)) == VIETNAMESE
    if len(cases) > 1:
        assert " ".join(part.text for part in _rendered(stand, Reply(text=VIETNAMESE))) == unaccent(VIETNAMESE)


def secrets(subject: Subject) -> Found:
    """What no log may hold."""
    long_ones = [value for value in subject.cases.part.values.values() if len(value) > 10]
    return [*subject.cases.secrets, subject.cases.user, "hoàng yến hót 7d31", *long_ones]


@check(secrets)
async def no_log_holds_a_secret_a_text_or_a_person(stand: Stand, marks: Sequence[str]) -> None:
    text = "hoàng yến hót 7d31"
    with every_log() as logged:
        if stand.channel.paths:
            await stand.post(stand.message(text))
            for _, hook in (*missing(stand), *bad(stand, stand.cases.forgeries)):
                stand.refusal(hook)
            await stand.post(stand.hook(f"{text} {stand.cases.user}".encode()))
            for change in stand.cases.unreadable:
                await stand.post(stand.changed(change))
            assert len(await stand.inbox()) >= 1
        if stand.provider is None:
            await send(stand, text)
        else:
            await _fail(stand, text)
        assert logged(), "nothing was logged, so nothing was looked at"
        assert not leaks(logged(), list(marks))


async def _fail(stand: Stand, text: str) -> None:
    """Meet every fault, then have the sender meet the first that it does not wait for."""
    for fault in stand.cases.double.faults:
        stand.provider.script.append(fault)
        with pytest.raises(contract.SendError) as caught:
            await send(stand, text, key=fault.id)
        assert not leaks(str(caught.value), [text, *stand.cases.secrets, stand.cases.user]), fault.id
    stand.provider.script.append(next(fault for fault in stand.cases.double.faults if not fault.hang))
    await hand_over(stand, text)


@check(called(lambda subject: ["sent", "led elsewhere", *(fault.id for fault in subject.cases.double.faults)]))
async def no_request_goes_to_a_host_that_the_double_does_not_serve(stand: Stand, _cases: Sequence[str]) -> None:
    provider, double = stand.provider, stand.cases.double
    served = {URL(stand.url).port, stand.store.url.port, *(URL(peer).port for peer in _peers(stand))}
    with every_call() as calls:
        for answer in (double.sent, ELSEWHERE, *double.faults):
            provider.script.append(answer)
            try:
                await send(stand)
            except contract.SendError:
                assert answer is not double.sent
    assert not [host for host, port in calls if port not in served], "a host that nobody serves"
    assert [port for _, port in calls], "nobody was called at all"


def _peers(stand: Stand) -> tuple[str, ...]:
    peers: tuple[str, ...] = stand.channel.peers(stand.account)
    assert all(URL(peer).host == "127.0.0.1" for peer in peers), f"not every peer is the double: {peers}"
    return peers


@check(called())
async def an_answer_that_is_not_asked_for_fails_the_test(given: Stand, _cases: Sequence[str]) -> None:
    with pytest.raises(AssertionError, match="not used"):
        async with stand(given.channel, given.cases, given.store) as second:
            second.provider.script.append(given.cases.double.sent)
