"""Every answer that Zalo can give, as the caller of one call hears of it (Z2 to Z11)."""

from datetime import timedelta

import pytest
import structlog

from gateway.channel import Wire
from gateway.errors import (
    DeferredError,
    ElsewhereError,
    MisconfiguredError,
    OptedOutError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
    UnreachableError,
)
from gateway.zalo.client import Call, ask
from gateway.zalo.failures import AlarmingError, FailedError, UploadExpiredError, WindowClosedError
from gateway.zalo.ledger import read_ledger
from gateway.zalo.sending import send
from simulator.zalo import troubles as trouble
from simulator.zalo.double import CS
from tests.support.official import UID, address, official, part
from tests.support.rows import NOW

GETOA = Call(path="/v2.0/oa/getoa")
DETAIL = Call(path="/v3.0/oa/user/detail", data={"user_id": UID})


@pytest.fixture
async def oa(store):
    async with official(store, timeout=1.0) as ours:
        await ours.log_in()
        await ours.wrote()
        yield ours


async def say(oa):
    return await send(part(), address(), "1:0", oa.account, oa.wire)


CODES = {
    -32: ThrottledError,
    -201: AlarmingError,
    -204: MisconfiguredError,
    -211: ElsewhereError,
    -213: ElsewhereError,
    -217: OptedOutError,
    -224: MisconfiguredError,
    -227: ElsewhereError,
    -230: WindowClosedError,
    -234: DeferredError,
    -242: MisconfiguredError,
    -244: OptedOutError,
    -248: AlarmingError,
    -9999: RefusedError,
}


@pytest.mark.parametrize(("code", "error"), CODES.items(), ids=map(str, CODES))
async def test_an_error_inside_http_200_is_an_error(oa, code, error):
    oa.zalo.plan(CS, trouble.failing(code))
    with pytest.raises(error, match=str(code)):
        await say(oa)
    assert not oa.zalo.sent


@pytest.mark.parametrize("code", [-201, -210, -248, -9999])
async def test_our_own_mistake_is_told_loudly_and_without_content(oa, code):
    oa.zalo.plan(CS, trouble.failing(code))
    with structlog.testing.capture_logs() as events, pytest.raises(AlarmingError):
        await say(oa)
    (alarm,) = [event for event in events if event["event"] == "zalo.refused"]
    assert (alarm["log_level"], alarm["code"], alarm["path"]) == ("error", code, CS)
    assert UID not in repr(events)
    assert "2.161.755" not in repr(events)


async def test_a_number_of_a_person_where_the_code_stands_is_neither_logged_nor_quoted(oa):
    oa.zalo.plan(CS, trouble.failing(84900731313))
    with structlog.testing.capture_logs() as events, pytest.raises(RefusedError) as caught:
        await say(oa)
    assert "84900731313" not in f"{events!r} {caught.value!r}"


async def test_over_the_rate_it_waits_for_the_next_minute(oa):
    oa.zalo.clock.turn(timedelta(seconds=15))
    oa.zalo.plan(CS, trouble.failing(-32))
    with pytest.raises(ThrottledError) as caught:
        await say(oa)
    assert 45 <= caught.value.after <= 46


async def test_what_zalo_failed_to_send_is_not_repeated_behind_the_back_of_whoever_counts_calls(oa):
    oa.zalo.plan(CS, trouble.failing(-200))
    with pytest.raises(FailedError):
        await say(oa)
    assert sum(call.path == CS for call in oa.zalo.calls) == 1


UNKNOWN = {
    "a reset within the answer": trouble.reset(),
    "a cut before the answer": trouble.lost(),
    "never an answer": trouble.hanging(executed=True),
    "an error page": trouble.down(502),
    "an error page, done": trouble.down(503, executed=True),
    "a page that is no JSON": trouble.garbled(executed=True),
}


@pytest.mark.parametrize("how", UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_without_an_answer_nobody_knows_what_was_done(oa, how):
    oa.zalo.plan(CS, how)
    with pytest.raises(OutcomeUnknownError):
        await say(oa)
    assert sum(call.path == CS for call in oa.zalo.calls) == 1, "nothing repeats it by itself"


async def test_an_answer_in_two_pieces_is_one_answer(oa):
    oa.zalo.plan(CS, trouble.torn())
    assert await say(oa) == oa.zalo.sent[0].message_id
    assert len(oa.zalo.sent) == 1


async def test_what_found_no_connection_has_not_left(oa):
    away = oa.with_settings(api_base="http://127.0.0.1:1")
    with pytest.raises(UnreachableError):
        await send(part(), address(), "1:0", away, oa.wire)


async def test_a_dead_token_is_replaced_and_the_message_goes_once(oa):
    oa.zalo.revoke_access()
    assert await say(oa)
    assert (len(oa.zalo.sent), oa.refreshes(), oa.broken_rules()) == (1, 1, [])


async def test_an_expired_token_is_only_replaced_once(oa):
    oa.zalo.plan(CS, trouble.failing(-220), times=2)
    with pytest.raises(MisconfiguredError):
        await say(oa)
    assert (oa.refreshes(), len(oa.zalo.sent)) == (1, 0)


async def test_the_proof_of_the_secret_fits_every_token(oa):
    oa.zalo.app.proof_required = True
    proving = oa.with_settings(secret_proof=True)
    assert await ask(GETOA, proving, oa.wire)
    oa.zalo.revoke_access()
    assert await ask(GETOA, proving, oa.wire)
    with pytest.raises(MisconfiguredError, match="-242"):
        await ask(GETOA, oa.account, oa.wire)
    assert oa.refreshes() == 1, "a wrong proof is no reason to refresh"


async def test_what_a_get_asks_stands_in_one_parameter(oa):
    assert (await ask(DETAIL, oa.account, oa.wire))["user_id"] == UID
    assert oa.broken_rules() == []


async def test_how_many_calls_are_left_is_kept_now_and_then(oa):
    await ask(GETOA, oa.account, oa.wire)
    await ask(GETOA, oa.account, oa.wire)
    ledger = await read_ledger(oa.store, oa.account.account, now=NOW)
    assert (ledger.rate["limit"], ledger.rate["remain"]) == (100, 99)
    oa.zalo.clock.turn(timedelta(minutes=1))
    await ask(GETOA, oa.account, oa.wire)
    assert (await read_ledger(oa.store, oa.account.account, now=NOW)).rate["at"] == oa.zalo.clock().isoformat()


async def test_no_error_and_no_log_holds_a_token(oa):
    pair = oa.zalo.tokens()
    with structlog.testing.capture_logs() as events:
        for how in (trouble.failing(-201), trouble.reset(), trouble.failing(-9999)):
            oa.zalo.plan(CS, how)
            with pytest.raises((RefusedError, OutcomeUnknownError)) as caught:
                await say(oa)
            events.append({"error": repr(caught.value)})
    assert pair.access not in repr(events)
    assert isinstance(oa.wire, Wire)
    assert "access-" not in repr(await oa.kept())


async def test_an_upload_that_expired_has_an_error_of_its_own(oa):
    oa.zalo.plan(CS, trouble.failing(-100), times=2)
    with pytest.raises(UploadExpiredError):
        await say(oa)
