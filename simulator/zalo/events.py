"""The bodies of Zalo's webhook events, and their signature."""

import hashlib
import json
from collections.abc import Callable, Mapping

from simulator.zalo.world import App, Oa, Person

Body = dict[str, object]
_CDN = "https://photo-stal-12.zdn.vn/tra/cuu"

USER_MESSAGES: Mapping[str, Body] = {
    "user_send_text": {"text": "dân số Quảng Ngãi/Kon Tum năm 2025"},
    "user_send_image": {
        "text": "ảnh",
        "attachments": [{"type": "image", "payload": {"url": f"{_CDN}/1.jpg", "thumbnail": f"{_CDN}/1s.jpg"}}],
    },
    "user_send_gif": {
        "attachments": [{"type": "gif", "payload": {"url": f"{_CDN}/1.gif", "thumbnail": f"{_CDN}/1s.jpg"}}]
    },
    "user_send_link": {
        "text": "https://example.vn/a",
        "attachments": [
            {
                "type": "link",
                "payload": {"url": "https://example.vn/a", "thumbnail": f"{_CDN}/2s.jpg", "description": "Số liệu"},
            }
        ],
    },
    "user_send_video": {
        "attachments": [
            {
                "type": "video",
                "payload": {"url": f"{_CDN}/3.mp4", "thumbnail": f"{_CDN}/3s.jpg", "description": "đoạn phim"},
            }
        ]
    },
    "user_send_audio": {"attachments": [{"type": "audio", "payload": {"url": f"{_CDN}/4.aac"}}]},
    "user_send_voice": {"attachments": [{"type": "audio", "payload": {"url": f"{_CDN}/5.aac"}}]},
    "user_send_sticker": {"attachments": [{"type": "sticker", "payload": {"id": "46988", "url": f"{_CDN}/6.png"}}]},
    "user_send_location": {
        "attachments": [
            {"type": "location", "payload": {"coordinates": {"latitude": "15.1205", "longitude": "108.7923"}}}
        ]
    },
    "user_send_file": {
        "attachments": [
            {
                "type": "file",
                "payload": {
                    "url": f"{_CDN}/bảng.csv",
                    "name": "bảng.csv",
                    "size": "2048",
                    "type": "csv",
                    "checksum": "9e107d9d372bb6826bd81d3542a419d6",
                },
            }
        ]
    },
    "user_send_business_card": {
        "text": "Danh thiếp",
        "attachments": [{"type": "link", "payload": {"description": '{"phone":"","caption":""}', "url": ""}}],
    },
}
OA_MESSAGES = ("text", "image", "gif", "list", "file", "sticker", "template", "consent", "request_user_info")
ANONYMOUS = ("text", "image", "file", "sticker")
_INFO: Body = {
    "name": "Người dân 01",
    "phone": "84900000001",
    "user_dob": "01/01/1990",
    "gender": "1",
    "full_address": {"user_city": "Quảng Ngãi", "user_ward": "Cẩm Thành", "user_address": "Số 1"},
}
_QUALITY: Body = {"prev_value": "HIGH", "new_value": "MEDIUM"}
_TAG: Body = {"name": "nông dân", "user_ids": []}
_ABOUT_THE_ACCOUNT: Mapping[str, Body] = {
    "add_user_to_tag": {"tag": _TAG},
    "remove_user_from_tag": {"tag": _TAG},
    "remove_tag": {"tag": _TAG},
    "change_template_status": {
        "template_id": "204871",
        "status": {"prev_status": "PENDING_REVIEW", "new_status": "ENABLE"},
        "reason": "",
    },
    "change_template_quality": {"template_id": "204871", "quality": _QUALITY},
    "change_oa_daily_quota": {"quota": {"prev_value": "500", "new_value": "1000"}},
    "extension_purchased": {"extension": {"name": "chatbot"}},
}
_BY_THE_USER: Mapping[str, Body] = {
    "user_submit_info": {"info": _INFO},
    "update_user_info": {"info": _INFO},
    "user_withdraw": {},
    "user_feedback": {
        "message": {"note": "tốt", "rate": 5, "submit_time": "1790000000000", "msg_id": "", "feedbacks": []}
    },
    "user_click_response_button": {
        "message": {
            "data": "XONG",
            "button_type": "quick_reply",
            "submit_time": "1790000000000",
            "tracking_id": "",
            "msg_id": "",
        }
    },
    "user_reacted_message": {"message": {"msg_id": "", "react_icon": "/-heart", "react_message": ""}},
    "user_reply_consent": {"consent": "agreed"},
    "user_call_oa": {"call": {"duration": "12"}},
    "widget_interaction_accepted": {"data": {}},
    "widget_failed_to_sync_user_external_id": {"data": {}},
}
OPENING = frozenset({*USER_MESSAGES, "follow", "user_click_chatnow", "user_submit_info", "user_call_oa"})
"""The events by which a person opens the window."""
TEMPLATE_EVENTS = frozenset(
    {
        "change_template_status",
        "change_template_quality",
        "change_oa_daily_quota",
        "user_feedback",
        "user_click_response_button",
    }
)
"""The events that bear the header ``X-ZEvent-Server: ZNS`` (and the receipt of a template)."""


def build(name: str, app: App, oa: Oa, person: Person, *, timestamp: str, msg_id: str, fields: Body) -> Body:
    """The body of event ``name``. ``fields`` replace its own, those of ``message`` one by one; None takes one away."""
    body: Body = {
        "app_id": app.app_id,
        "event_name": name,
        "timestamp": timestamp,
        **_special(name, oa, person, msg_id),
    }
    message = fields.pop("message", None)
    if isinstance(message, dict):
        known = body.get("message")
        body["message"] = {**(known if isinstance(known, dict) else {}), **message}
    body.update(fields)
    return {key: value for key, value in body.items() if value is not None}


def _special(name: str, oa: Oa, person: Person, msg_id: str) -> Body:
    for fits, make in _SHAPES:
        if fits(name):
            return make(name, oa, person, msg_id)
    return _from_user(oa, person)


def _from_user(oa: Oa, person: Person) -> Body:
    return {"user_id_by_app": person.uid_by_app, "sender": {"id": person.uid}, "recipient": {"id": oa.oa_id}}


def _from_oa(oa: Oa, person: Person) -> Body:
    return {"user_id_by_app": person.uid_by_app, "sender": {"id": oa.oa_id}, "recipient": {"id": person.uid}}


def _user_message(name: str, oa: Oa, person: Person, msg_id: str) -> Body:
    return {**_from_user(oa, person), "message": {"msg_id": msg_id, **USER_MESSAGES[name]}}


def _following(_name: str, oa: Oa, person: Person, _msg_id: str) -> Body:
    return {
        "oa_id": oa.oa_id,
        "follower": {"id": person.uid},
        "user_id_by_app": person.uid_by_app,
        "source": "oa_profile",
    }


def _chat_button(_name: str, oa: Oa, person: Person, _msg_id: str) -> Body:
    return {"oa_id": oa.oa_id, "user_id": person.uid, "user_id_by_app": person.uid_by_app}


def _anonymous(name: str, oa: Oa, person: Person, msg_id: str) -> Body:
    visitor, account = {"id": f"anonymous-{person.uid}"}, {"id": oa.oa_id}
    by_visitor = not name.startswith("oa_send_")
    return {
        "sender": visitor if by_visitor else account,
        "recipient": account if by_visitor else visitor,
        "anonymous_id": f"anonymous-{person.uid}",
        "conversation_id": f"conversation-{person.uid}",
        "message": {"msg_id": msg_id, "text": "giá đất", "conversation_id": f"conversation-{person.uid}"},
    }


def _oa_message(_name: str, oa: Oa, person: Person, msg_id: str) -> Body:
    return {**_from_oa(oa, person), "message": {"msg_id": msg_id, "text": "Chào bạn"}}


def _receipt(_name: str, oa: Oa, person: Person, msg_id: str) -> Body:
    return {**_from_oa(oa, person), "message": {"msg_id": msg_id}}


def _seen(_name: str, oa: Oa, person: Person, msg_id: str) -> Body:
    return {**_from_user(oa, person), "message": {"msg_ids": [msg_id]}}


def _oa_reaction(_name: str, oa: Oa, person: Person, msg_id: str) -> Body:
    return {**_from_oa(oa, person), "message": {"msg_id": msg_id, "react_icon": "/-strong", "react_message": ""}}


def _by_the_user(name: str, oa: Oa, person: Person, _msg_id: str) -> Body:
    return {**_from_user(oa, person), **_BY_THE_USER[name]}


def _about_the_account(name: str, oa: Oa, _person: Person, _msg_id: str) -> Body:
    return {"oa_id": oa.oa_id, **_ABOUT_THE_ACCOUNT[name]}


_SHAPES: tuple[tuple[Callable[[str], bool], Callable[[str, Oa, Person, str], Body]], ...] = (
    (USER_MESSAGES.__contains__, _user_message),
    (frozenset({"follow", "unfollow"}).__contains__, _following),
    ("user_click_chatnow".__eq__, _chat_button),
    (lambda name: "anonymous" in name, _anonymous),
    ("oa_reacted_message".__eq__, _oa_reaction),
    (lambda name: name.startswith("oa_send_"), _oa_message),
    ("user_received_message".__eq__, _receipt),
    ("user_seen_message".__eq__, _seen),
    (_BY_THE_USER.__contains__, _by_the_user),
    (_ABOUT_THE_ACCOUNT.__contains__, _about_the_account),
)
EVENTS = (
    *USER_MESSAGES,
    "follow",
    "unfollow",
    "user_click_chatnow",
    *(f"oa_send_{kind}" for kind in OA_MESSAGES),
    *(f"anonymous_send_{kind}" for kind in ANONYMOUS),
    *(f"oa_send_anonymous_{kind}" for kind in ANONYMOUS),
    "user_received_message",
    "user_seen_message",
    "oa_reacted_message",
    *_BY_THE_USER,
    *_ABOUT_THE_ACCOUNT,
    "user_send_group_text",
    "oa_send_group_text",
)
"""Every event whose name is known."""


def serialise(body: Body) -> bytes:
    """The bytes as Zalo sends them: letters as UTF-8, slashes escaped, no spaces."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/").encode()


def sign(app: App, raw: bytes, timestamp: str) -> str:
    """The header ``X-ZEvent-Signature``: a plain SHA-256 over app id, bytes, timestamp and the OA secret key."""
    joined = app.app_id.encode() + raw + timestamp.encode() + app.oa_secret.encode()
    return f"mac={hashlib.sha256(joined).hexdigest()}"
