"""eSMS' short codes: a GET brings what a person wrote, and what we answer to it is the SMS that the person gets."""

import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree as ET

from simulator.sms.call import Answer, Call
from simulator.sms.courier import Delivery, Heard, Post
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline, local


@dataclass(kw_only=True)
class EsmsShortcode(Provider):
    """The double. ``in_hex`` signs as the prose of its documentation can be read, else as its samples do."""

    key: str = "esms-private-key"
    cpid: str = "1042"
    number: str = "8179"
    in_hex: bool = False
    _asked: dict[str, str] = field(default_factory=dict)

    def busy(self) -> Answer:
        """Nobody calls here."""
        return Answer(body="", status=404)

    def act(self, call: Call) -> Answer:
        """Nothing is sent by a call: the answer to the hook is the message."""
        self.breach("A31", call.path)
        return Answer(body="", status=404)

    def message(self, person: str, text: str) -> Post:
        """The GET with its proof."""
        sms_id, moment = self.new_id("{:010d}"), f"{local(self.clock()):%Y%m%d%H%M%S}"
        fields = {
            "sender": person.removeprefix("+"),
            "content": text,
            "serviceNumber": self.number,
            "keyword": (text.split() or [""])[0],
            "smsid": sms_id,
            "cpid": self.cpid,
            "receiverTime": moment,
            "sign": self.sign(sms_id, text, moment),
        }
        self._asked[sms_id] = fields["sender"]
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
        return Post(method="GET", url=f"{self.hook}?{query}")

    def sign(self, sms_id: str, text: str, moment: str) -> str:
        """MD5 over the fields and the private key."""
        digest = hashlib.md5(f"{self.cpid}{sms_id}{text}{moment}{self.key}".encode())  # noqa: S324 – as they sign
        return digest.hexdigest() if self.in_hex else base64.b64encode(digest.digest()).decode()

    async def bring(self, post: Post) -> Delivery:
        """Call the hook; its answer goes to the person."""
        delivery = await super().bring(post)
        fields = parse_qs(urlsplit(post.url).query)
        self._show(delivery, fields.get("smsid", [""])[0])
        return delivery

    def hears(self, heard: Heard) -> bool:
        """Any answer ends it: no further tries are documented."""
        return heard.status is not None

    def _show(self, delivery: Delivery, sms_id: str) -> None:
        answer = _read(delivery.body)
        person = self._asked.get(sms_id, "")
        if delivery.status != 200 or answer.get("smsid") != sms_id or answer.get("receiver") != person:
            self.breach("A32", "the answer to a person's words")
        elif answer.get("message"):
            self.take(to=person, text=answer["message"], sender=self.number, key=sms_id)


def _read(body: str) -> dict[str, str]:
    """What a ClientResponse says, by the names of its elements in lower case; empty when it is none."""
    try:
        root = ET.fromstring(body)  # noqa: S314 – the service's own answer
    except ET.ParseError:
        return {}
    if root.tag != "ClientResponse":
        return {}
    return {child.tag.lower(): child.text or "" for child in root.iter() if child is not root}


@contextlib.asynccontextmanager
async def running_esms_shortcode(
    *, hook: str = "", clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[EsmsShortcode]:
    """A short code of eSMS on a free port, as long as the block lasts."""
    async with running(EsmsShortcode, hook=hook, clock=clock, speed=speed, patience=patience) as shortcode:
        yield shortcode
