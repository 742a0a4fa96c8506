"""Viettel's bulk SMS: ``wsCpMt`` in a SOAP envelope, a number and a sentence back."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from simulator.sms.call import Answer, Call, Refusal
from simulator.sms.courier import Post
from simulator.sms.phone import in_plain, international, is_mobile, is_plain
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

SPACE = "http://impl.bulkSms.ws/"
PATH = "/bulkapi"
LONGEST = 480
TAKEN, NOT_TAKEN = 1, 0


@dataclass(kw_only=True)
class Viettel(Provider):
    """The double. ``refuse`` with a sentence of Viettel's refuses whatever comes."""

    user: str = "viettel-user"
    password: str = "viettel-password"  # noqa: S105 – it opens nothing
    cp_code: str = "UBNDQNGAI"
    brandname: str = "UBND-QNGAI"
    refuse: str = ""

    def busy(self) -> Answer:
        """Nothing is documented; a front server's page."""
        return Answer(body="Service Unavailable", status=503, content_type="text/plain")

    def act(self, call: Call) -> Answer:
        """Send."""
        fields = _read(call.body)
        if call.method != "POST" or call.path != PATH or fields is None:
            raise Refusal("A130", Answer(body=_envelope("<S:Fault/>"), status=500, content_type="text/xml"))
        if self.refuse:
            raise Refusal("", _said(NOT_TAKEN, self.refuse))
        given = (fields.get("User"), fields.get("Password"), fields.get("CPCode"))
        if given != (self.user, self.password, self.cp_code):
            raise Refusal("A131", _said(NOT_TAKEN, "Authenticate: USER_INVALID"))
        if fields.get("ServiceID") != self.brandname or fields.get("CommandCode") != "bulksms":
            raise Refusal("A132", _said(NOT_TAKEN, "Check ServiceID: ALIAS_INVALID"))
        to, text = fields.get("ReceiverID", ""), fields.get("Content", "")
        if not to.startswith("84") or not is_mobile(international(to)):
            raise Refusal("A133", _said(NOT_TAKEN, "Check ReceiverID: MSISDN_INVALID"))
        if "&" in text or not 0 < len(text) <= LONGEST:
            raise Refusal("A134", _said(NOT_TAKEN, "Check Content: CONTENT_INVALID"))
        if fields.get("ContentType") != "1" and not is_plain(text):
            self.breach("A135", call.path)
            text = in_plain(text)
        self.take(to=to, text=text, sender=self.brandname, key=fields.get("RequestID", ""))
        return _said(TAKEN, "Insert MT_QUEUE: OK")

    def message(self, person: str, text: str) -> Post:
        """A brandname cannot be answered."""
        raise NotImplementedError("nobody can write to a brandname")


def _read(body: bytes) -> dict[str, str] | None:
    try:
        root = ET.fromstring(body)  # noqa: S314 – from the service under test
    except ET.ParseError:
        return None
    call = root.find(f".//{{{SPACE}}}wsCpMt")
    return None if call is None else {child.tag: child.text or "" for child in call}


def _said(result: int, message: str) -> Answer:
    told = f"<return><message>{message}</message><result>{result}</result></return>"
    return Answer(
        body=_envelope(f'<n:wsCpMtResponse xmlns:n="{SPACE}">{told}</n:wsCpMtResponse>'), content_type="text/xml"
    )


def _envelope(inner: str) -> str:
    space = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<?xml version="1.0" ?><S:Envelope xmlns:S="{space}"><S:Body>{inner}</S:Body></S:Envelope>'


@contextlib.asynccontextmanager
async def running_viettel(
    *, clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[Viettel]:
    """Viettel's bulk interface on a free port, as long as the block lasts."""
    async with running(Viettel, clock=clock, speed=speed, patience=patience) as viettel:
        yield viettel
