"""Messages of an Official Account: what is sent, with which chart, to whom, and at what price (Z40 to Z75)."""

from datetime import timedelta
from unicodedata import normalize

import pytest

from bot.core.delivery import Lane
from bot.core.messages import Choice, Form
from bot.store import uploads
from bot.store.standing import read_standing
from gateway.drawer import DrawingError
from gateway.errors import ElsewhereError, RefusedError, ThrottledError
from gateway.zalo.failures import WindowClosedError
from gateway.zalo.ledger import read_ledger
from gateway.zalo.pictures import LIFE, MAX_BYTES
from gateway.zalo.sending import cost, pace, send
from gateway.zalo.spans import FREE, OPEN
from gateway.zalo.windows import NEVER, CostsMoneyError
from simulator.zalo import troubles as trouble
from simulator.zalo.double import CS, UPLOAD_IMAGE
from tests.support.official import PICTURE, PNG, UID, address, official, part
from tests.support.rows import NOW

OTHER = "7293648105738264999"
HOUR = timedelta(hours=1)
QUOTA = "/v3.0/oa/quota/message"


@pytest.fixture
async def oa(store):
    async with official(store) as ours:
        await ours.log_in()
        yield ours


async def say(oa, *, to=UID, account=None, by_template=None, **fields):
    more = {} if by_template is None else {"by_template": by_template}
    return await send(part(**fields), address(to), "1:0", account or oa.account, oa.wire, **more)


def called(oa, path):
    return sum(call.path == path for call in oa.zalo.calls)


# --- words ------------------------------------------------------------------------------------------------------


async def test_a_text_arrives_and_its_id_comes_back(oa):
    await oa.wrote()
    assert await say(oa, text="Dân số: 2.161.755 người 🙂") == oa.zalo.sent[0].message_id
    assert oa.zalo.texts(UID) == ["Dân số: 2.161.755 người 🙂"]
    assert oa.broken_rules() == []


async def test_letters_written_apart_are_joined_before_they_are_counted(oa):
    await oa.wrote()
    await say(oa, text=normalize("NFD", "ố" * 2000))
    assert oa.zalo.texts(UID) == [normalize("NFC", "ố" * 2000)]
    assert oa.broken_rules() == []


async def test_buttons_stand_below_the_numbers_only_where_they_are_switched_on(oa):
    await oa.wrote()
    choices = tuple(Choice(label=f"Bảng số {number} {'x' * 120}", value=f"table:{number}") for number in range(1, 8))
    await say(oa, choices=choices)
    assert "attachment" not in oa.zalo.sent[0].message
    oa.zalo.world.takes_buttons = True
    await say(oa, choices=choices, account=oa.with_settings(buttons=True))
    buttons = oa.zalo.sent[1].message["attachment"]["payload"]["buttons"]
    assert [button["payload"] for button in buttons] == ["1", "2", "3", "4", "5"]
    assert oa.broken_rules() == []


# --- charts -----------------------------------------------------------------------------------------------------


async def test_a_chart_goes_with_its_words_in_one_message(oa):
    await oa.wrote()
    await say(oa, image=PICTURE)
    (sent,) = oa.zalo.sent
    assert (sent.kind, sent.text) == ("image", part().text)
    assert [upload.content for upload in oa.zalo.uploads] == [PNG]
    assert oa.broken_rules() == []


async def test_a_chart_is_uploaded_once_for_everybody(oa):
    for user in (UID, OTHER):
        await oa.wrote(user)
        await say(oa, to=user, image=PICTURE)
    assert (len(oa.zalo.sent), len(oa.zalo.uploads)) == (2, 1)


async def test_a_chart_is_uploaded_again_before_zalo_forgets_it(oa):
    await oa.wrote()
    await say(oa, image=PICTURE)
    oa.zalo.clock.turn(LIFE - HOUR / 2)
    await oa.wrote()
    await say(oa, image=PICTURE)
    assert (len(oa.zalo.uploads), oa.broken_rules()) == (2, [])


async def test_what_expired_early_is_uploaded_again_and_sent_once(oa):
    await oa.wrote()
    await say(oa, image=PICTURE)
    oa.zalo.plan(CS, trouble.failing(-100))
    await say(oa, image=PICTURE)
    first, second = oa.zalo.uploads
    assert [one.message["attachment"]["payload"]["elements"][0]["attachment_id"] for one in oa.zalo.sent] == [
        first.asset_id,
        second.asset_id,
    ]
    assert await uploads.find(oa.store, "zalo", oa.account.account, PICTURE.reference, NOW) == second.asset_id


NO_PICTURE = {"gone": None, "too large": b"\x89PNG\r\n\x1a\n" + b"x" * MAX_BYTES}


@pytest.mark.parametrize("content", NO_PICTURE.values(), ids=NO_PICTURE.keys())
async def test_without_a_chart_the_words_go_alone(oa, content):
    await oa.wrote()
    oa.pictures[PICTURE.reference] = content
    await say(oa, image=PICTURE)
    assert ([sent.kind for sent in oa.zalo.sent], oa.zalo.uploads) == (["text"], [])


UPLOAD_TROUBLES = {
    "refused": trouble.failing(-201),
    "out of uploads": trouble.failing(-211),
    "an error page": trouble.down(),
    "no answer": trouble.lost(),
}


@pytest.mark.parametrize("how", UPLOAD_TROUBLES.values(), ids=UPLOAD_TROUBLES.keys())
async def test_a_chart_that_cannot_be_uploaded_does_not_keep_the_words(oa, how):
    await oa.wrote()
    oa.zalo.plan(UPLOAD_IMAGE, how)
    await say(oa, image=PICTURE)
    assert [sent.kind for sent in oa.zalo.sent] == ["text"]


async def test_a_chart_that_cannot_be_drawn_now_does_not_keep_the_words(oa):
    await oa.wrote()
    oa.pictures[PICTURE.reference] = DrawingError("too many charts are being drawn")
    await say(oa, image=PICTURE)
    assert [sent.kind for sent in oa.zalo.sent] == ["text"]


# --- windows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lane", Lane)
async def test_within_two_days_everything_goes_and_nothing_is_paid(oa, lane):
    await oa.wrote(ago=FREE - HOUR)
    await say(oa, lane=lane)
    assert ([sent.paid for sent in oa.zalo.sent], oa.zalo.billed) == (["reply"], 0)


@pytest.mark.parametrize("lane", [Lane.INCIDENT, Lane.REMINDER, Lane.BROADCAST])
async def test_what_costs_money_goes_only_where_somebody_agreed(oa, lane):
    await oa.wrote(ago=FREE + HOUR)
    with pytest.raises(CostsMoneyError, match="costs money"):
        await say(oa, lane=lane)
    assert not oa.zalo.calls
    await say(oa, lane=lane, account=oa.with_settings(paid=True))
    assert oa.zalo.billed == 1


async def test_an_answer_is_given_whatever_it_costs(oa):
    await oa.wrote(ago=OPEN - HOUR)
    await say(oa, lane=Lane.ANSWER)
    assert oa.zalo.billed == 1


@pytest.mark.parametrize("lane", Lane)
async def test_after_a_week_zalo_is_not_even_asked(oa, lane):
    await oa.wrote(ago=OPEN)
    with pytest.raises(WindowClosedError):
        await say(oa, lane=lane, account=oa.with_settings(paid=True))
    assert not oa.zalo.calls


async def test_an_answer_to_somebody_unknown_goes_at_once(oa):
    oa.zalo.interact(UID)
    await say(oa, lane=Lane.ANSWER)
    assert called(oa, QUOTA) == 0


async def test_of_somebody_unknown_zalo_is_asked_once_and_the_answer_remembered(oa):
    oa.zalo.interact(UID, ago=HOUR)
    with pytest.raises(ThrottledError):  # that was the call for which there was room
        await say(oa, lane=Lane.BROADCAST)
    for _ in range(2):
        await say(oa, lane=Lane.BROADCAST)
    assert (called(oa, QUOTA), len(oa.zalo.sent), oa.broken_rules()) == (1, 2, [])


async def test_who_never_wrote_is_not_asked_about_twice(oa):
    oa.zalo.person(UID)
    for _ in range(2):
        with pytest.raises(WindowClosedError):
            await say(oa, lane=Lane.BROADCAST)
    assert (called(oa, QUOTA), called(oa, CS)) == (1, 0)


@pytest.mark.parametrize("code", [-230, -232])
async def test_what_zalo_says_of_the_window_corrects_what_we_believed(oa, code):
    await oa.wrote(ago=HOUR)
    oa.zalo.plan(CS, trouble.failing(code))
    for _ in range(2):
        with pytest.raises(WindowClosedError):
            await say(oa)
    assert called(oa, CS) == 1
    person = oa.store.vault.person(address())
    assert (await read_standing(oa.store, person)).interacted_at == NEVER
    await oa.wrote()
    await say(oa)
    assert len(oa.zalo.sent) == 1


# --- quotas and templates -----------------------------------------------------------------------------------------


async def test_what_was_billed_is_counted_and_what_the_package_gave_is_kept(oa):
    paying = oa.with_settings(paid=True)
    await oa.wrote(ago=3 * 24 * HOUR)
    oa.zalo.oa.sub_quota = 1
    for _ in range(3):
        await say(oa, account=paying, lane=Lane.BROADCAST)
    ledger = await read_ledger(oa.store, oa.account.account, now=NOW)
    assert (ledger.billed, ledger.quota["type"], ledger.quota["remain"]) == (2, "sub_quota", "0")
    assert (await read_ledger(oa.store, oa.account.account, now=NOW + 40 * 24 * HOUR)).billed == 0


FORM = Form(name="reminder", values=(("ten", "Cán bộ đầu mối 01"),))


@pytest.mark.parametrize("ago", [FREE, OPEN], ids=["costs money", "closed"])
async def test_where_free_words_may_not_go_the_template_does(oa, ago):
    asked = []

    async def by_template(part, to, key, account, wire):
        asked.append((part.form, to.user))
        return "by-uid-1"

    await oa.wrote(ago=ago)
    assert await say(oa, lane=Lane.REMINDER, form=FORM, by_template=by_template) == "by-uid-1"
    assert asked == [(FORM, UID)]
    with pytest.raises(ElsewhereError):
        await say(oa, lane=Lane.REMINDER, by_template=by_template)


async def test_a_template_that_is_refused_leaves_the_words_to_another_way(oa):
    async def by_template(part, to, key, account, wire):
        raise RefusedError("the slot ten takes 30 characters, this has 31")

    await oa.wrote(ago=OPEN)
    with pytest.raises(ElsewhereError, match="7 days; the slot ten takes 30"):
        await say(oa, lane=Lane.REMINDER, form=FORM, by_template=by_template)


async def test_where_free_words_go_no_template_is_paid(oa):
    async def by_template(part, to, key, account, wire):
        raise AssertionError("nobody should ask for it")

    await oa.wrote(ago=HOUR)
    assert await say(oa, lane=Lane.REMINDER, form=FORM, by_template=by_template)


# --- pace ---------------------------------------------------------------------------------------------------------


def test_the_pace_is_that_of_the_package_less_a_reserve(account_settings):
    (window,) = pace(account_settings(requests_per_minute=100)).windows
    assert (window.units, window.seconds) == (95, 60.0)
    assert pace(account_settings(requests_per_minute=1)).windows[0].units == 1
    assert pace(account_settings()).bulk == 0.6


def test_a_chart_costs_a_call_more():
    assert (cost(part()), cost(part(image=PICTURE))) == (1, 2)


@pytest.fixture
def account_settings():
    from gateway.zalo.settings import ZaloAccount

    def make(**settings):
        table = {"channel": "zalo", "account": "4318", "app_id": "1", "app_secret": "s", **settings}
        return ZaloAccount.model_validate(table)

    return make
