"""Clients of the SMS doubles that know no preset: one right call for each provider, and what changes it."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from yarl import URL

from simulator.sms.esms import Esms
from simulator.sms.fpt import Fpt
from simulator.sms.infobip import Infobip
from simulator.sms.jasmin import Jasmin
from simulator.sms.provider import Provider
from simulator.sms.speedsms import SpeedSms
from simulator.sms.twilio import Twilio
from simulator.sms.vas import SOAP, Vas
from simulator.sms.vcom import Vcom
from simulator.sms.vonage import Vonage

PERSON = "+84912345678"
KINDS: Mapping[str, type[Provider]] = {
    "esms": Esms,
    "speedsms": SpeedSms,
    "vcom": Vcom,
    "vas": Vas,
    "twilio": Twilio,
    "vonage": Vonage,
    "infobip": Infobip,
    "jasmin": Jasmin,
    "fpt": Fpt,
}


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One call: ``fields`` are posted as JSON or as a form, unless ``body`` is what is posted."""

    path: str
    method: str = "POST"
    fields: dict[str, Any] = field(default_factory=dict)
    form: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def but(self, **changes: Any) -> "Ask":
        """The same with other fields; None takes one away."""
        named = {name.rstrip("_").replace("__", "-"): value for name, value in changes.items()}
        kept = {name: value for name, value in {**self.fields, **named}.items() if value is not None}
        return replace(self, fields=kept)


Build = Callable[[Any], Ask]


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def esms(double: Esms) -> Ask:
    return Ask(
        path="/MainService.svc/json/SendMultipleMessage_V4_post_json/",
        fields={
            "ApiKey": double.api_key,
            "SecretKey": double.secret_key,
            "Phone": "84912345678",
            "Content": "Dan so: 1.234.567",
            "Brandname": "UBND-QNGAI",
            "SmsType": "2",
            "IsUnicode": "0",
            "RequestId": "r-1",
        },
    )


def speedsms(double: SpeedSms) -> Ask:
    fields = {"to": ["84912345678"], "content": "Dan so", "sms_type": 3, "sender": "UBND-QNGAI"}
    return Ask(path="/index.php/sms/send", fields=fields, headers=basic(double.token, "x"))


def vcom(double: Vcom, *, request_id: str = "", mt_code: str = "12:0") -> Ask:
    heard = double.message(PERSON, "tra cuu").body.decode()
    request = request_id or heard.partition('"request_id": "')[2].partition('"')[0]
    return Ask(
        path="/api/v2/send-mt",
        fields={
            "client_id": "demo",
            "request_id": request,
            "service_id": "7068",
            "command_code": "cskh",
            "mt_code": mt_code,
            "message": "Dan so",
            "is_charged": 0,
            "time": 1700000000,
            "checksum": double.proof("demo", request, mt_code, double.key, "1700000000"),
        },
    )


def vas(double: Vas, **changes: str | None) -> Ask:
    heard = double.message(PERSON, "tra cuu").body.decode()
    fields: dict[str, str | None] = {
        "User_ID": "84912345678",
        "Message": base64.b64encode("Dân số".encode()).decode(),
        "Service_ID": "8179",
        "Command_Code": "TRA",
        "Message_Type": "1",
        "Request_ID": heard.partition("<Request_ID>")[2].partition("<")[0],
        "Total_Message": "1",
        "Message_Index": "1",
        "IsMore": "0",
        "Content_Type": "0",
        "Operator": "VIETTEL",
        **changes,
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value is not None)
    body = f'<s:Envelope xmlns:s="{SOAP}"><s:Body><mtReceiver>{inner}</mtReceiver></s:Body></s:Envelope>'
    return Ask(path="/", body=body, headers={"Content-Type": "text/xml; charset=utf-8"})


def twilio(double: Twilio) -> Ask:
    return Ask(
        path=f"/2010-04-01/Accounts/{double.account_sid}/Messages.json",
        form=True,
        fields={"To": PERSON, "From": double.number, "Body": "Dân số"},
        headers=basic(double.account_sid, double.auth_token),
    )


def vonage(double: Vonage) -> Ask:
    fields = {"api_key": double.api_key, "api_secret": double.api_secret, "from": "84901234567", "to": "84912345678"}
    return Ask(path="/sms/json", form=True, fields={**fields, "text": "Dân số", "type": "unicode"})


def infobip(double: Infobip) -> Ask:
    message = {"from": "8179", "destinations": [{"to": "84912345678"}], "text": "Dân số"}
    headers = {"Authorization": f"App {double.api_key}"}
    return Ask(path="/sms/2/text/advanced", fields={"messages": [message]}, headers=headers)


def jasmin(double: Jasmin) -> Ask:
    fields = {"username": double.username, "password": double.password, "to": "84912345678", "from": "8179"}
    fields |= {"coding": "8", "hex-content": "Dân số".encode("utf-16-be").hex(), "dlr": "yes", "dlr-level": "3"}
    return Ask(path="/send", form=True, fields={**fields, "dlr-url": f"{double.url}/nobody", "dlr-method": "POST"})


def fpt(double: Fpt) -> Ask:
    double.tokens["t-1"] = ("s-1", double.clock() + double.life)
    message = base64.b64encode(b"Dan so").decode()
    fields = {"access_token": "t-1", "session_id": "s-1", "BrandName": "UBND-QNGAI", "Phone": "84912345678"}
    return Ask(path="/api/push-brandname-otp", fields={**fields, "Message": message, "RequestId": "r-1"})


RIGHT: Mapping[str, Build] = {
    "esms": esms,
    "speedsms": speedsms,
    "vcom": vcom,
    "vas": vas,
    "twilio": twilio,
    "vonage": vonage,
    "infobip": infobip,
    "jasmin": jasmin,
    "fpt": fpt,
}


async def call(session: aiohttp.ClientSession, double: Provider, ask: Ask) -> tuple[int, str]:
    """Make the call: status and body of what the double answers."""
    data: bytes | str | None = ask.body or None
    url = URL(f"{double.url}{ask.path}")
    headers = dict(ask.headers)
    if ask.method == "GET":
        url, data = url.with_query(parse_qsl(urlencode(ask.fields))), None
    elif ask.form:
        data = urlencode(ask.fields)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    async with session.request(
        ask.method,
        url,
        data=data,
        json=None if data or ask.method == "GET" else ask.fields,
        headers=headers,
    ) as response:
        return response.status, await response.text()
