"""What a provider hears to its hook: as its preset says, with the fields of that hook in it."""

from gateway.channel import Ack, Heard, Hook, Outcome
from gateway.errors import BadPayloadError, RejectedError
from gateway.sms.account import SmsAccount
from gateway.sms.checks import Seen
from gateway.sms.fields import Fields, Flat
from gateway.sms.incoming import fields_of, id_of, way_of
from gateway.sms.line import Said, Way
from gateway.sms.slots import Template
from gateway.sms.writing import CONTENT_TYPES, write_json

_WORDS = {
    Heard.TAKEN: "answer",
    Heard.REPEATED: "repeated",
    Heard.REPLY: "reply",
    Heard.LATE: "late",
    Heard.REFUSED: "refused",
    Heard.UNREADABLE: "unreadable",
}


def answer(hook: Hook, account: SmsAccount, outcome: Outcome) -> Ack:
    """The answer to ``hook``."""
    try:
        way = way_of(hook, account)
    except RejectedError as error:
        return Ack(status=error.status, body=str(error))
    said = way.said.get(_WORDS[outcome.heard]) or way.said["answer"]
    fields = fields_of(hook, way) if said.names - {"text"} else Flat({})
    return write(said, Seen(hook, fields, _told(fields, way, outcome)))


def write(said: Said, seen: Seen) -> Ack:
    """``said`` with its slots filled."""
    if said.type == "json":
        body = said.body.fill(seen.look_up) if isinstance(said.body, Template) else write_json(said.body, seen.look_up)
    else:
        body = said.body.fill(seen.look_up)
    return Ack(status=said.status, body=body, content_type=CONTENT_TYPES[said.type])


def _told(fields: Fields, way: Way, outcome: Outcome) -> dict[str, str]:
    told = {"text": outcome.text}
    if "sender" not in way.spots:
        return told
    try:
        told["id"] = id_of(fields, way)
    except BadPayloadError:
        told["id"] = ""
    told["sender"] = next(filter(None, (fields.get(name) for name in way.spots["sender"].names)), "")
    return told
