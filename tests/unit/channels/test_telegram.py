"""What updates of the Bot API mean, whom they come from, and what stops the start. The table is in contract/cases."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.core.mask import MAX_TEXT
from bot.core.messages import Address, AttachmentKind, InboundMessage, SignKind
from gateway.channel import Hook, Parsed, Window
from gateway.channels.telegram import CHANNEL, SECRET_HEADER
from gateway.errors import BadPayloadError, BadSignatureError
from gateway.telegram.account import TelegramAccount
from gateway.telegram.words import own_words
from tests.support.talk import content

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SENT = 1794794400
SECRET = "a-secret-of-the-webhook"  # noqa: S105 – it opens nothing
DESK, ELSEWHERE = "-1002000000001", "-1002000000002"
SETTINGS: dict[str, Any] = {
    "channel": "telegram",
    "account": "tracuu",
    "token": "7000000001:AAE-token-of-the-sample-bot-0001",
    "secret": SECRET,
    "desks": [DESK],
    "bot_name": "@Tracuu_bot",
}
ACCOUNT = TelegramAccount.model_validate(SETTINGS)
PERSON = {"id": 5000000001, "is_bot": False, "first_name": "Họ Tên"}
PRIVATE = {"id": 5000000001, "type": "private", "first_name": "Họ Tên"}


def hook(body: Any, *, secret: str = SECRET) -> Hook:
    headers = {SECRET_HEADER: secret} if secret else {}
    return Hook(method="POST", query={}, headers=headers, cookies={}, body=json.dumps(body).encode())


def read(**update: Any) -> Parsed:
    return CHANNEL.parse(hook({"update_id": 700000001, **update}), ACCOUNT, NOW)


def written(*, kind: str = "message", **fields: Any) -> Parsed:
    return read(**{kind: {"message_id": 1, "from": PERSON, "chat": PRIVATE, "date": SENT, **fields}})


def one(parsed: Parsed) -> InboundMessage:
    (message,) = parsed.messages
    return message


def test_words_are_a_message_of_the_chat_and_no_name_is_kept():
    message = one(written(text="dân số"))
    assert message == InboundMessage(
        address=Address(channel="telegram", account="tracuu", user="5000000001"),
        external_id="700000001",
        received_at=NOW,
        sent_at=datetime.fromtimestamp(SENT, UTC),
        text="dân số",
    )
    assert "Họ Tên" not in repr(message)


def test_a_long_text_is_cut_and_a_credential_hidden():
    assert len(one(written(text="dân số " * 2000)).text) <= MAX_TEXT
    assert one(written(text="mật khẩu: hoacuc123")).text == "mật khẩu: ***"


ATTACHMENTS = {
    "photo": ([{"file_id": "a"}], AttachmentKind.PICTURE),
    "sticker": ({"emoji": "👍"}, AttachmentKind.STICKER),
    "animation": ({}, AttachmentKind.VIDEO),
    "video": ({}, AttachmentKind.VIDEO),
    "video_note": ({}, AttachmentKind.VIDEO),
    "voice": ({}, AttachmentKind.VOICE),
    "audio": ({}, AttachmentKind.VOICE),
    "location": ({"latitude": 15.12, "longitude": 108.79}, AttachmentKind.PLACE),
    "contact": ({"phone_number": "84900000000"}, AttachmentKind.CONTACT),
    "document": ({"file_name": "a.xlsx"}, AttachmentKind.FILE),
    "poll": ({}, AttachmentKind.OTHER),
    "dice": ({"value": 6}, AttachmentKind.OTHER),
}


@pytest.mark.parametrize(("member", "row"), ATTACHMENTS.items(), ids=ATTACHMENTS)
def test_of_an_attachment_its_kind_is_kept_and_nothing_else(member, row):
    value, kind = row
    message = one(written(**{member: value}))
    assert (message.text, message.attachment) == ("", kind)
    assert "15.12" not in repr(message)
    assert "84900000000" not in repr(message)


def test_an_animation_is_no_file_and_a_venue_is_a_place():
    assert one(written(document={}, animation={})).attachment is AttachmentKind.VIDEO
    assert one(written(venue={}, location={})).attachment is AttachmentKind.PLACE


def test_words_under_a_picture_are_what_is_asked():
    message = one(written(photo=[{}], caption="dân số Huế"))
    assert (message.text, message.attachment) == ("dân số Huế", AttachmentKind.PICTURE)


def test_an_edited_question_is_a_new_one_of_the_time_of_editing():
    message = one(written(kind="edited_message", text="dân số Huế", edit_date=SENT + 60))
    assert (message.external_id, message.text) == ("700000001", "dân số Huế")
    assert message.sent_at == datetime.fromtimestamp(SENT + 60, UTC)


def press(data: str = "rows:next:x:1::q", **message: Any) -> Parsed:
    keyboard = {"inline_keyboard": [[{"text": "Trang tiếp", "callback_data": data}, {"text": "a", "url": "b"}]]}
    under = {"message_id": 7, "chat": PRIVATE, "date": SENT, "text": "1", "reply_markup": keyboard, **message}
    return read(callback_query={"id": "4", "from": PERSON, "message": under, "data": data})


def test_a_pressed_button_has_its_value_its_label_and_the_message_under_which_it_stood():
    message = one(press())
    assert (message.choice, message.text, message.pressed) == ("rows:next:x:1::q", "Trang tiếp", "7")


@pytest.mark.parametrize("message", [{"date": 0}, {"text": None, "photo": [{}]}, {"message_id": None}])
def test_what_cannot_be_changed_is_not_remembered_as_pressed(message):
    under = {"message_id": 7, "chat": PRIVATE, "date": SENT, "text": "1", **message}
    under = {name: value for name, value in under.items() if value is not None}
    assert one(read(callback_query={"id": "4", "message": under, "data": "start:"})).pressed is None


@pytest.mark.parametrize("rows", [None, 1, [1], [[1]], [[{"callback_data": 5}]]])
def test_a_keyboard_of_another_shape_costs_only_the_label(rows):
    assert one(press(reply_markup={"inline_keyboard": rows})).text == ""


MEMBERS = (
    ("kicked", 5000000001, SignKind.LEFT),
    ("member", 5000000001, SignKind.INTERACTED),
    ("left", int(DESK), SignKind.LEFT),
    ("administrator", int(DESK), SignKind.INTERACTED),
)


@pytest.mark.parametrize(("status", "chat", "kind"), MEMBERS)
def test_whoever_blocks_us_has_left_and_whoever_lets_us_in_has_turned_to_us(status, chat, kind):
    parsed = read(my_chat_member={"chat": {"id": chat}, "date": SENT, "new_chat_member": {"status": status}})
    (sign,) = parsed.signs
    assert (sign.address.user, sign.kind, sign.at) == (str(chat), kind, datetime.fromtimestamp(SENT, UTC))
    assert parsed.messages == ()


GROUP = {"id": int(ELSEWHERE), "type": "supergroup"}
OURS = {"id": int(DESK), "type": "supergroup"}
PASSED_OVER = {
    "a group that is no desk": ("message", {"chat": GROUP, "text": "dân số"}, "group"),
    "a button in a group that is no desk": ("callback_query", {"message": {"chat": GROUP}, "data": "a:b"}, "group"),
    "we joined a group that is no desk": ("my_chat_member", {"chat": GROUP}, "group"),
    "a channel": ("channel_post", {"chat": {"id": -100, "type": "channel"}, "text": "dân số"}, "group"),
    "what a channel repeats in its group": ("message", {"chat": OURS, "is_automatic_forward": True}, "forward"),
    "another robot": ("message", {"chat": OURS, "from": {"is_bot": True}, "text": "dân số"}, "bot"),
    "a command for another robot": ("message", {"chat": OURS, "text": "/start@other_bot"}, "other_bot"),
    "a picture among colleagues": ("message", {"chat": OURS, "photo": [{}]}, "wordless"),
    "a notice of the service": ("message", {"chat": PRIVATE, "pinned_message": {}}, "wordless"),
    "a place that is shared live": ("edited_message", {"chat": PRIVATE, "location": {}}, "wordless"),
    "a button of a game": ("callback_query", {"message": {"chat": PRIVATE}, "game_short_name": "a"}, "game"),
    "a button outside any chat": ("callback_query", {"inline_message_id": "a", "data": "a:b"}, "inline"),
    "a restriction": ("my_chat_member", {"chat": PRIVATE, "new_chat_member": {"status": "restricted"}}, "member"),
    "a reaction": ("message_reaction", {"chat": PRIVATE}, "message_reaction"),
    "a kind that is not made yet": ("hologram <b>", {"chat": PRIVATE}, "unknown"),
}


@pytest.mark.parametrize(("kind", "fields", "event"), PASSED_OVER.values(), ids=PASSED_OVER)
def test_what_is_nothing_for_us_has_a_name_for_a_counter(kind, fields, event):
    assert read(**{kind: fields}) == Parsed(event=event)


def test_an_administrator_who_stays_anonymous_is_heard():
    fields = {"chat": OURS, "from": {"id": 1087968824, "is_bot": True}, "sender_chat": {"id": int(DESK)}}
    assert one(written(**fields, text="dân số")).address.user == DESK


COMMANDS = (
    ("/start", "start", "help"),
    ("/START@tracuu_bot", "START", "help"),
    ("/start b64-_payload", "start", "help"),
    ("/help", "help", "help"),
    ("/danh_muc", "danh muc", "catalogue"),
    ("/stop", "stop", "withdraw"),
    ("/en", "en", "english"),
    ("/7kq2m", "7kq2m", None),
    ("@Tracuu_bot, dân số Huế", "dân số Huế", None),
    ("dân số @tracuu_bot Huế", "dân số Huế", None),
    ("ai@tracuu_bot.vn", "ai@tracuu_bot.vn", None),
    ("@tracuu_bot", "", None),
    ("/", "/", None),
    ("/usr/bin", "/usr/bin", None),
    ("/ 5", "/ 5", "choose"),
    ("/_", "/_", None),
    ("/tra dân số\nHuế", "tra dân số\nHuế", None),
)


@pytest.mark.parametrize(("typed", "understood", "command"), COMMANDS)
def test_a_command_with_a_slash_is_said_as_the_grammar_knows_it(typed, understood, command):
    assert one(written(text=typed)).text == understood
    read_as = content().grammar.read(understood)
    assert (read_as.name if read_as else None) == command


def test_a_link_with_the_code_of_an_answer_opens_that_answer():
    assert own_words("/start 7KQ2N", "") == "start", "the check symbol is wrong"
    from bot.core.answer_code import make_code

    code = make_code("an answer")
    assert own_words(f"/start {code.lower()}", "") == code.lower()


def test_without_our_name_every_command_is_ours():
    assert own_words("/start@other_bot", "") == "start"


def test_without_a_secret_nothing_that_is_posted_is_ours():
    polling = TelegramAccount.model_validate({**SETTINGS, "mode": "polling", "secret": None})
    for given in ("", SECRET):
        with pytest.raises(BadSignatureError):
            CHANNEL.verify(hook({}, secret=given), polling)
    CHANNEL.verify(hook({}), ACCOUNT)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"update_id": {}}', b'{"update_id": ""}'])
def test_what_is_no_update_is_not_understood(body):
    with pytest.raises(BadPayloadError):
        CHANNEL.parse(Hook(method="POST", query={}, headers={}, cookies={}, body=body), ACCOUNT, NOW)


WRONG = {
    "no token": {"token": ""},
    "a token of another service": {"token": "sk-1234567890123456789012345"},
    "no secret": {"secret": None},
    "a secret that can be guessed": {"secret": "short"},
    "a secret that setWebhook refuses": {"secret": "a secret with spaces in it"},
    "a secret longer than setWebhook takes": {"secret": "a" * 257},
    "an address that is none": {"api_base": "api.telegram.org"},
    "an address with braces": {"api_base": "https://{token}.example.vn"},
    "a mode that does not exist": {"mode": "push"},
    "a person as a desk": {"desks": ["5000000001"]},
    "an unknown key": {"tokens": "a"},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_setting_that_cannot_work_stops_the_start(change):
    with pytest.raises(ValidationError):
        TelegramAccount.model_validate({**SETTINGS, **change})


def test_the_account_keeps_to_the_windows_of_the_provider():
    assert CHANNEL.pace is not None
    pace = CHANNEL.pace(ACCOUNT)
    person, group = (Address(channel="telegram", account="tracuu", user=user) for user in ("5000000001", DESK))
    assert pace.windows == (Window(units=30),)
    assert pace.person(person) == (Window(units=1),)
    assert pace.person(group) == (Window(units=1), Window(units=20, seconds=60.0))
    assert CHANNEL.peers(ACCOUNT) == ("https://api.telegram.org",)
