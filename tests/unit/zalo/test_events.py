"""Events of Zalo's webhook in shapes that the table of cases does not have; contract/cases/zalo.toml has one for each."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.mask import MAX_TEXT
from bot.core.messages import SignKind
from gateway.channel import Hook, Parsed
from gateway.errors import BadPayloadError
from gateway.zalo.events import parse
from gateway.zalo.settings import ZaloAccount
from tests.support.zalo_account import ACCOUNT, APP, OA, SETTINGS, USER

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
ENDS = {"sender": {"id": USER}, "recipient": {"id": OA}}


def read(name: str, *, account: ZaloAccount = ACCOUNT, now: datetime = NOW, **fields: Any) -> Parsed:
    document = {"app_id": APP, "event_name": name, "timestamp": millis(now), **fields}
    body = json.dumps({key: value for key, value in document.items() if value is not None}).encode()
    return parse(Hook(method="POST", query={}, headers={}, cookies={}, body=body), account, now)


def millis(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def test_the_same_event_has_the_same_id_and_another_one_another():
    def follow(**changes: Any) -> str:
        fields = {"oa_id": OA, "follower": {"id": USER}, **changes}
        (message,) = read("follow", **fields).messages
        return message.external_id

    assert follow() == follow()
    assert len({follow(), follow(timestamp=millis(NOW - timedelta(1))), follow(follower={"id": "1"})}) == 3
    assert USER not in follow(), "an id stands in the database as it is"


@pytest.mark.parametrize(
    "odd", [None, "", 5, [], ["x"], {}, {"id": None}, {"id": []}, {"id": "a\x00"}, {"id": "x" * 200}]
)
@pytest.mark.parametrize("place", ["sender", "recipient", "follower", "message", "oa_id", "user_id", "info"])
def test_no_shape_of_an_event_breaks_the_reader(place: str, odd: object):
    names = ("user_send_text", "user_send_link", "follow", "unfollow", "user_click_chatnow", "user_submit_info")
    more = ("oa_send_text", "user_received_message", "user_seen_message", "user_withdraw", "change_oa_daily_quota")
    for name in (*names, *more):
        fields = {**ENDS, "oa_id": OA, "follower": {"id": USER}, "message": {"msg_id": "m-1", "text": "HD"}, place: odd}
        try:
            parsed = read(name, **fields)
        except BadPayloadError:
            assert name in names[:2], "only a message is worth keeping that cannot be read"
            continue
        people = [*(one.address.user for one in parsed.messages), *(one.address.user for one in parsed.signs)]
        assert all(people), name


@pytest.mark.parametrize("attachments", [None, {}, [], [None], ["x"], [{"payload": "x"}], [{"payload": {"url": 7}}]])
def test_a_link_without_an_address_is_an_empty_message(attachments: object):
    (message,) = read("user_send_link", **ENDS, message={"msg_id": "m-1", "attachments": attachments}).messages
    assert message.text in ("", "7")


def test_a_long_text_is_cut_and_a_decomposed_one_composed():
    (message,) = read("user_send_text", **ENDS, message={"msg_id": "m-1", "text": "da\u0302n " * 50_000}).messages
    assert message.text.startswith("dân dân")
    assert len(message.text) <= MAX_TEXT


@pytest.mark.parametrize("timestamp", ["", "x", "-1", "154390853", "9" * 40, 1.5, True, None, [], {}])
def test_a_time_that_is_none_is_now(timestamp: object):
    parsed = read("user_send_text", **ENDS, message={"msg_id": "m-1"}, timestamp=timestamp)
    assert parsed.messages[0].sent_at is None
    assert parsed.signs[0].at == NOW


@pytest.mark.parametrize("timestamp", ["1794794399250", 1794794399250, " 1794794399250 "])
def test_a_time_is_read_to_the_millisecond(timestamp: object):
    parsed = read("user_send_text", **ENDS, message={"msg_id": "m-1"}, timestamp=timestamp)
    assert parsed.messages[0].sent_at == parsed.signs[0].at == NOW - timedelta(milliseconds=750)


def test_a_silence_of_no_minutes_is_none():
    account = ZaloAccount.model_validate({**SETTINGS, "pause_minutes": 0})
    by_hand = {"sender": {"id": OA, "admin_id": "8"}, "recipient": {"id": USER}}
    (sign,) = read("oa_send_text", **by_hand).signs
    assert (sign.kind, sign.until) == (SignKind.TAKEN_OVER, NOW + timedelta(minutes=30))
    assert read("oa_send_text", account=account, **by_hand).signs == ()


def test_nothing_of_what_people_say_of_themselves_is_read():
    info = {"name": "Người dân 01", "phone": "84900000001"}
    for name in ("user_submit_info", "update_user_info", "user_feedback"):
        said = repr(read(name, **ENDS, info=info, message={"note": "Người dân 01"}))
        assert "84900000001" not in said
        assert "Người dân" not in said


def test_the_names_of_counters_are_few_whatever_is_posted():
    names = {read(f"user_invented_{number}", **ENDS).event for number in range(50)}
    names |= {read(f"user_send_group_{number}", **ENDS).event for number in range(50)}
    names |= {read(f"anonymous_{number}", **ENDS).event for number in range(50)}
    assert names == {"other", "group", "anonymous"}
