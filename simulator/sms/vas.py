"""Classic VAS SOAP (the generation of VMG and iCOM): people's words in an envelope, ``mtReceiver`` to send.

Method, namespace and the spelling of fields differ from partner to partner: :class:`Dialect`.
"""

import base64
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from simulator.sms.call import Answer, Call, Refusal
from simulator.sms.courier import Heard, Post
from simulator.sms.phone import international, is_mobile
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TAKEN, UNKNOWN_REQUEST, REPEATED, BAD = "1", "2", "3", "-1"
NEEDED = (
    "User_ID",
    "Message",
    "Service_ID",
    "Command_Code",
    "Message_Type",
    "Request_ID",
    "Total_Message",
    "Message_Index",
    "IsMore",
    "Content_Type",
    "Operator",
)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one partner spells it. ``fields`` names each field; ``plain``: the message is not in base64."""

    method: str = "messageReceiver"
    namespace: str = "http://tempuri.org/"
    fields: tuple[str, ...] = ("User_ID", "Service_ID", "Command_Code", "Message", "Request_ID", "Operator")
    plain: bool = False


DIALECTS = (
    Dialect(),
    Dialect(
        method="moreceiver",
        namespace="http://mo.partner.example/",
        fields=("user_id", "service_id", "command_code", "message", "request_id", "operator"),
    ),
    Dialect(
        method="receiverMO",
        namespace="urn:vas",
        fields=("UserId", "ServiceId", "CommandCode", "Message", "RequestId", "Operator"),
    ),
    Dialect(
        method="GetMOData",
        namespace="",
        fields=("USERID", "SERVICEID", "COMMANDCODE", "MESSAGE", "REQUESTID", "OPERATOR"),
        plain=True,
    ),
)


@dataclass(kw_only=True)
class Vas(Provider):
    """The double. ``username`` and ``password`` stand in the body of what it posts."""

    username: str = "vas-user"
    password: str = "vas-password"  # noqa: S105 – it opens nothing
    number: str = "8179"
    dialect: Dialect = field(default_factory=Dialect)
    operator: str = "VIETTEL"
    refuse: str = ""
    _people: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _answered: set[tuple[str, str]] = field(default_factory=set)

    def busy(self) -> Answer:
        """Nothing is documented; a front server's page."""
        return Answer(body="Service Unavailable", status=503, content_type="text/plain")

    def act(self, call: Call) -> Answer:
        """Send: ``mtReceiver`` in an envelope."""
        fields = _read(call.body, "mtReceiver")
        if call.method != "POST" or fields is None:
            raise Refusal("A71", Answer(body=_fault(), status=500, content_type="text/xml"))
        if self.refuse:
            raise _refusal("", self.refuse)
        if any(name not in fields for name in NEEDED):
            raise _refusal("A72", BAD)
        text = _from_base64(fields["Message"])
        if text is None:
            raise _refusal("A73", BAD)
        request, index = fields["Request_ID"], fields["Message_Index"]
        asked = (fields["User_ID"], fields["Command_Code"], fields["Operator"])
        if self._people.get(request) != asked or not is_mobile(international(fields["User_ID"])):
            raise _refusal("A74", UNKNOWN_REQUEST)
        if (request, index) in self._answered:
            raise _refusal("A75", REPEATED)
        self._answered.add((request, index))
        self.take(to=fields["User_ID"], text=text, sender=fields["Service_ID"], key=request)
        return _said(TAKEN)

    def message(self, person: str, text: str) -> Post:
        """The envelope, spelled as the partner does."""
        request, phone = self.new_id("{:010d}"), person.removeprefix("+")
        word = (text.split() or [""])[0].upper()
        self._people[request] = (phone, word, self.operator)
        coded = text if self.dialect.plain else base64.b64encode(text.encode()).decode()
        values = (phone, self.number, word, coded, request, self.operator)
        fields = dict(zip(self.dialect.fields, values, strict=True))
        fields |= {"username": self.username, "password": self.password}
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        space = f' xmlns="{self.dialect.namespace}"' if self.dialect.namespace else ""
        body = (
            f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
            f"<{self.dialect.method}{space}>{inner}</{self.dialect.method}></soap:Body></soap:Envelope>"
        )
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{self.dialect.method}"'}
        return Post(url=self.hook, headers=headers, body=body.encode())

    def hears(self, heard: Heard) -> bool:
        """An integer in the body of an HTTP 200; nothing says that it is tried again."""
        number = re.sub(r"<[^>]*>", " ", heard.body).strip()
        if heard.status != 200 or not re.fullmatch(r"-1|[0-6]", number):
            self.breach("A76", "the answer to a person's words")
        return True


def _read(body: bytes, method: str) -> dict[str, str] | None:
    try:
        root = ET.fromstring(body)  # noqa: S314 – from the service under test
    except ET.ParseError:
        return None
    call = next((element for element in root.iter() if _local(element.tag) == method), None)
    return None if call is None else {_local(child.tag): child.text or "" for child in call}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _from_base64(coded: str) -> str | None:
    try:
        return base64.b64decode(coded, validate=True).decode()
    except ValueError:
        return None


def _said(number: str) -> Answer:
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
        f"<mtReceiverResponse><mtReceiverReturn>{number}</mtReceiverReturn></mtReceiverResponse>"
        "</soap:Body></soap:Envelope>"
    )
    return Answer(body=body, content_type="text/xml")


def _fault() -> str:
    fault = "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>no such method</faultstring></soap:Fault>"
    return f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{fault}</soap:Body></soap:Envelope>'


def _refusal(rule: str, number: str) -> Refusal:
    return Refusal(rule, _said(number))


@contextlib.asynccontextmanager
async def running_vas(
    *, hook: str = "", clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[Vas]:
    """A VAS gateway on a free port, as long as the block lasts."""
    async with running(Vas, hook=hook, clock=clock, speed=speed, patience=patience) as vas:
        yield vas
