"""What Kannel's calls mean, whom they come from, and what stops the start. The table of cases is in contract/cases."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from pydantic import ValidationError

from bot.core.delivery import DeliveryState
from bot.core.grammar import own_words
from bot.core.mask import MAX_TEXT
from bot.wording.speech import Speech
from gateway.channel import Hook
from gateway.channels.kannel import CHANNEL, MAX_ID, KannelAccount
from gateway.errors import BadPayloadError, BadSignatureError
from tests.support.talk import content

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
TOKEN = "the-report-token"  # noqa: S105 – it opens nothing
ANOTHER, UNWRITABLE = "another-token-1", "ệ\ud800"
SETTINGS = {
    "channel": "kannel",
    "account": "8179",
    "keyword": "DL",
    "sendsms_url": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "username": "tracuu",
    "password": "the-sendsms-word",
    "token": TOKEN,
}
ACCOUNT = KannelAccount.model_validate(SETTINGS)
FORM = {"content-type": "application/x-www-form-urlencoded"}
PLAIN = {"content-type": 'text/plain; charset="UTF-8"'}
MESSAGE = {"from": "84912345678", "to": "8179", "charset": "UTF-8", "id": "u-1", "ts": "1794794400"}


def get(path: str = "", **query: str) -> Hook:
    return Hook(method="GET", query={"token": TOKEN, **query}, headers={}, cookies={}, body=b"", path=path)


def post(body: bytes, headers: dict[str, str], **query: str) -> Hook:
    return Hook(method="POST", query=query, headers=headers, cookies={}, body=body)


def report(status: str, answer: str = "") -> DeliveryState:
    (receipt,) = CHANNEL.parse(get("dlr", id="7:0", status=status, answer=answer), ACCOUNT, NOW).receipts
    return receipt.state


@pytest.mark.parametrize(
    "hook",
    [
        pytest.param(get(**MESSAGE, text="dân số"), id="in the address"),
        pytest.param(post(urlencode({**MESSAGE, "text": "dân số"}).encode(), FORM, token=TOKEN), id="in a form"),
        pytest.param(post("dân số".encode(), PLAIN, token=TOKEN, **MESSAGE), id="the text as body"),
    ],
)
def test_a_message_is_the_same_however_it_is_carried(hook: Hook) -> None:
    CHANNEL.verify(hook, ACCOUNT)
    (message,) = CHANNEL.parse(hook, ACCOUNT, NOW).messages
    assert (message.address.user, message.external_id, message.text) == ("+84912345678", "u-1", "dân số")
    assert (message.received_at, message.sent_at) == (NOW, datetime(2026, 11, 16, 2, 0, tzinfo=UTC))


def test_a_token_in_a_form_lets_in() -> None:
    CHANNEL.verify(post(urlencode({"token": TOKEN}).encode(), FORM), ACCOUNT)


@pytest.mark.parametrize(
    "hook",
    [
        pytest.param(get(token=""), id="none"),
        pytest.param(get(token=ANOTHER), id="another"),
        pytest.param(get(token=UNWRITABLE), id="letters that no token has"),
        pytest.param(post(urlencode({"token": TOKEN}).encode(), PLAIN), id="in a text"),
        pytest.param(post(b"token=\xff", FORM), id="a form that is none"),
        pytest.param(post(b"&".join([b"a=1"] * 500) + f"&token={TOKEN}".encode(), FORM), id="a form without end"),
        pytest.param(post(b"", PLAIN), id="nothing at all"),
    ],
)
def test_whoever_has_no_token_is_refused(hook: Hook) -> None:
    with pytest.raises(BadSignatureError):
        CHANNEL.verify(hook, ACCOUNT)


def test_a_long_text_keeps_its_beginning() -> None:
    (message,) = CHANNEL.parse(get(**MESSAGE, text="dân số " * 2000), ACCOUNT, NOW).messages
    assert len(message.text) == MAX_TEXT


def test_an_identity_number_across_the_cut_leaves_no_digit() -> None:
    text = "x" * (MAX_TEXT - 6) + " 049099001234"
    (message,) = CHANNEL.parse(get(**MESSAGE, text=text), ACCOUNT, NOW).messages
    assert not any(char.isdigit() for char in message.text)


def test_a_message_from_our_own_number_is_nothing_for_us() -> None:
    modem = KannelAccount.model_validate({**SETTINGS, "account": "modem", "number": "0912345678"})
    assert CHANNEL.parse(get(**MESSAGE, text="dân số"), modem, NOW).messages == ()


@pytest.mark.parametrize("ts", ["", "yesterday", "-1", "9" * 30, "999999999999", "١٢٣"])
def test_a_time_that_cannot_be_is_no_reason_to_lose_a_message(ts: str) -> None:
    (message,) = CHANNEL.parse(get(**{**MESSAGE, "ts": ts}, text="dân số"), ACCOUNT, NOW).messages
    assert message.sent_at is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"id": ""}, id="no id"),
        pytest.param({"id": "i" * (MAX_ID + 1)}, id="an over-long id"),
        pytest.param({"id": "a\x00b"}, id="an id that no database holds"),
        pytest.param({"charset": "UTF-16BE"}, id="another charset"),
        pytest.param({"charset": "windows-1252"}, id="one more charset"),
    ],
)
def test_a_message_that_cannot_be_read_is_said_so(change: dict[str, str]) -> None:
    with pytest.raises(BadPayloadError):
        CHANNEL.parse(get(**{**MESSAGE, **change}, text="dân số"), ACCOUNT, NOW)


def test_a_body_that_is_not_utf8_is_not_guessed_at() -> None:
    with pytest.raises(BadPayloadError):
        CHANNEL.parse(post(b"d\xe2n", PLAIN, **MESSAGE), ACCOUNT, NOW)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("1", DeliveryState.DELIVERED),
        ("2", DeliveryState.FAILED),
        ("4", DeliveryState.BUFFERED),
        ("8", DeliveryState.SENT),
        ("16", DeliveryState.FAILED),
        ("34", DeliveryState.EXPIRED),
        ("66", DeliveryState.UNKNOWN),
        ("12", DeliveryState.BUFFERED),
    ],
)
def test_a_status_is_read_bit_by_bit(status: str, state: DeliveryState) -> None:
    assert report(status) is state


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ("stat:DELIVRD", DeliveryState.DELIVERED),
        ("stat: delivrd", DeliveryState.DELIVERED),
        ("STAT :Delivered", DeliveryState.DELIVERED),
        ("stat:UNDELIV", DeliveryState.FAILED),
        ("stat:EXPIRED", DeliveryState.EXPIRED),
        ("stat:REJECTD", DeliveryState.FAILED),
        ("stat:ENROUTE", DeliveryState.BUFFERED),
        ("stat:ACCEPTD", DeliveryState.BUFFERED),
        ("stat:UNKNOWN", DeliveryState.UNKNOWN),
    ],
)
def test_the_carriers_own_word_counts_more_than_kannels_reading(stat: str, state: DeliveryState) -> None:
    assert report("2", f"id:7 sub:001 dlvrd:001 submit date:2611160900 {stat} err:000 text:dan so") is state
    assert report("1", f"id:7 sub:001 dlvrd:001 submit date:2611160900 {stat} err:000 text:dan so") is state


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ("id:84912345678 stat:UNDELIV err:042 text:dan so cua toi", "UNDELIV 042"),
        ("NACK/0x0000000b/Invalid Destination Address 84912345678", "0x0000000b"),
        ("stat:HOANGYEN err:000 text:dan so", "000"),
        ("ACK/", ""),
        ("", ""),
    ],
)
def test_what_is_kept_of_a_report_names_neither_person_nor_text(answer: str, detail: str) -> None:
    (receipt,) = CHANNEL.parse(get("dlr", id="7:0", status="2", answer=answer), ACCOUNT, NOW).receipts
    assert receipt.detail == detail


@pytest.mark.parametrize("status", ["", "0", "128", "DELIVRD", "-1", "1" * 9, "٨"])
def test_a_status_that_says_nothing_is_said_so(status: str) -> None:
    with pytest.raises(BadPayloadError):
        report(status)


def test_an_invitation_names_the_keyword_and_the_number_of_the_account() -> None:
    speech = Speech(content=content(), language="vi", account=ACCOUNT.meaning())
    assert speech.invite("2") == "soạn DL 2 gửi 8179"
    assert own_words("soan DL 2 gui 8179", ACCOUNT.meaning()) == "2"


@pytest.mark.parametrize(
    ("change", "number"),
    [({}, "8179"), ({"number": "6179"}, "6179"), ({"account": "main"}, None)],
)
def test_the_number_is_the_accounts_name_unless_another_is_set(change: dict[str, str], number: str | None) -> None:
    assert KannelAccount.model_validate({**SETTINGS, **change}).meaning().number == number


def test_kannel_finds_only_its_two_codes_in_the_address_for_reports() -> None:
    account = KannelAccount.model_validate({**SETTINGS, "hook_url": "http://10.0.0.5:8080/"})
    address = account.report_url("7:0")
    assert address == f"http://10.0.0.5:8080/hooks/kannel/8179/dlr?id=7%3A0&status=%d&answer=%A&token={TOKEN}"
    assert re.findall("%[A-Za-z]", address) == ["%d", "%A"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"token": ""}, id="hooks that anybody may call"),
        pytest.param({"token": "short"}, id="a token that can be guessed"),
        pytest.param({"token": "mật khẩu"}, id="a token in which Kannel would find its codes"),
        pytest.param({"token": "+abcdef/=="}, id="a token that changes in an address"),
        pytest.param({"account": "Quảng Ngãi"}, id="a name in which Kannel would find its codes"),
        pytest.param({"account": "8179/dlr"}, id="a name that is two"),
        pytest.param({"account": ""}, id="no name of the account"),
        pytest.param({"rate": 0}, id="a standstill"),
        pytest.param({"rate": 1e-300}, id="one part in longer than there are dates"),
        pytest.param({"rate": float("inf")}, id="an endless rate"),
        pytest.param({"rate": float("nan")}, id="a rate that is no number"),
        pytest.param({"password": ""}, id="no password"),
        pytest.param({"username": ""}, id="no name"),
        pytest.param({"sendsms_url": "127.0.0.1:13013"}, id="no address"),
        pytest.param({"sendsms_url": "http://127.0.0.1/cgi-bin/sendsms?a=1"}, id="an address with parameters"),
        pytest.param({"hook_url": "ftp://127.0.0.1"}, id="an address that Kannel cannot call"),
        pytest.param({"numbers": "+66"}, id="another country"),
        pytest.param({"colour": "red"}, id="an unknown key"),
    ],
)
def test_impossible_settings_stop_the_start(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        KannelAccount.model_validate({**SETTINGS, **change})


@pytest.mark.parametrize("key", ["token", "password", "sendsms_url", "username"])
def test_an_account_that_lacks_what_it_needs_stops_the_start(key: str) -> None:
    with pytest.raises(ValidationError):
        KannelAccount.model_validate({name: value for name, value in SETTINGS.items() if name != key})


def test_no_secret_is_printed_with_the_account() -> None:
    assert TOKEN not in repr(ACCOUNT)
    assert "the-sendsms-word" not in repr(ACCOUNT)
