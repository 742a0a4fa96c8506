"""SMS by a Kannel gateway (1.4, user guide chapters 6 and 10): it holds the carriers' links, we speak HTTP to it.

``GET`` or ``POST /hooks/kannel/{account}`` with ``from, to, text, charset, id, ts, token`` is a person's message; the
parameters stand in the address, in a form, or – Kannel's ``post-url`` – in the address with the text as the body.
``/hooks/kannel/{account}/dlr`` with ``id, status, answer, token`` is a delivery report.

Texts are sent in GSM-7 where every character fits, else in UCS-2, with our own id in the address for reports: one pair
of reports for a message, however many parts it has.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl, quote

from pydantic import Field, SecretStr, StringConstraints, field_validator

from bot.core.accounts import Account
from bot.core.delivery import DeliveryState
from bot.core.mask import make_storable
from bot.core.messages import Address, InboundMessage, Receipt
from bot.core.sms import count
from bot.core.text import clean
from gateway.channel import AccountSettings, Channel, Hook, Parsed, Part, Wire
from gateway.errors import BadPayloadError, BadSignatureError
from gateway.forms import SMS
from gateway.phone import Form, read_mobile, write_number
from gateway.sendsms import send_sms

NAME = "kannel"
REPORTS = "dlr"
MAX_ID = 64
_MAX_FIELDS = 32
_LAST_SECOND = 253_402_300_799  # of the year 9999
_EVERY_REPORT = "31"

HttpAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")]


class KannelAccount(AccountSettings):
    """A number behind a Kannel. ``hook_url`` is where Kannel reaches this service, ``numbers`` how it wants them."""

    sendsms_url: HttpAddress
    username: str = Field(min_length=1)
    password: SecretStr = Field(min_length=1)
    token: SecretStr = Field(min_length=8)
    hook_url: HttpAddress = "http://127.0.0.1:8080"
    smsc: str | None = None
    numbers: Form = "84"

    @field_validator("account", "token")
    @classmethod
    def _stands_in_addresses(cls, word: str | SecretStr) -> str | SecretStr:
        # Kannel reads % and a letter in an address as its own code, also in the middle of what was percent-encoded
        plain = word.get_secret_value() if isinstance(word, SecretStr) else word
        if not re.fullmatch(r"[A-Za-z0-9._~-]+", plain):
            raise ValueError("stands in addresses that Kannel fills in: only letters, digits and - . _ ~")
        return word

    @property
    def sender(self) -> str | None:
        """The number that people see: ``number``, else the account's name when that is one."""
        return self.number or (self.account if re.fullmatch("[0-9]+", self.account) else None)

    def meaning(self) -> Account:
        """An invitation to reply names the number."""
        return replace(super().meaning(), number=self.sender)

    def report_url(self, part: str) -> str:
        """Where Kannel reports on ``part``; it fills in ``%d`` and ``%A`` itself."""
        path = f"{self.hook_url.rstrip('/')}/hooks/{NAME}/{self.account}/{REPORTS}"
        return f"{path}?id={quote(part, safe='')}&status=%d&answer=%A&token={self.token.get_secret_value()}"


def _verify(hook: Hook, account: KannelAccount) -> None:
    given = hook.query.get("token") or _form(hook).get("token", "")
    expected = account.token.get_secret_value()
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode()):
        raise BadSignatureError("the token is missing or not ours")


def _parse(hook: Hook, account: KannelAccount, now: datetime) -> Parsed:
    fields = {**hook.query, **_form(hook)}
    if hook.path == REPORTS:
        return Parsed(receipts=(_receipt(fields, account, now),))
    message = _message(fields, _text(hook, fields), account, now)
    return Parsed() if message is None else Parsed(messages=(message,))


def _content_type(hook: Hook) -> str:
    return hook.headers.get("content-type", "").partition(";")[0].strip().lower()


def _form(hook: Hook) -> Mapping[str, str]:
    """The parameters in the body; what is no form has none."""
    if hook.method != "POST" or _content_type(hook) != "application/x-www-form-urlencoded":
        return {}
    try:
        pairs = parse_qsl(
            hook.body.decode("ascii"), keep_blank_values=True, errors="surrogatepass", max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        return {}
    return dict(pairs)


def _text(hook: Hook, fields: Mapping[str, str]) -> str:
    charset = fields.get("charset", "")
    if charset.lower() not in ("", "utf-8", "us-ascii"):
        # with mo-recode every text is UTF-8; whatever else arrives could only be guessed
        raise BadPayloadError("the text is not in UTF-8")
    if hook.method != "POST" or _content_type(hook) != "text/plain":
        if "text" not in fields:
            raise BadPayloadError("there is no text")
        return fields["text"]
    try:
        return hook.body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise BadPayloadError("the text is not in UTF-8") from error


def _message(fields: Mapping[str, str], text: str, account: KannelAccount, now: datetime) -> InboundMessage | None:
    """What a person wrote; None when no person can have written it: two robots would talk for ever."""
    external_id = _id(fields)
    if "from" not in fields:
        raise BadPayloadError("there is no sender")
    person = read_mobile(fields["from"])
    if person is None or person == read_mobile(account.sender or ""):
        return None
    return InboundMessage(
        address=Address(channel=NAME, account=account.account, user=person),
        external_id=external_id,
        received_at=now,
        sent_at=_moment(fields.get("ts", "")),
        text=make_storable(text),
    )


def _id(fields: Mapping[str, str]) -> str:
    value = fields.get("id", "")
    if not 1 <= len(value) <= MAX_ID or clean(value) != value:
        raise BadPayloadError(f'"id" is not a text of 1 to {MAX_ID} printable characters')
    return value


def _moment(seconds: str) -> datetime | None:
    """Unix time as Kannel's ``%T`` gives it; None where a gateway gives anything else, for nothing depends on it."""
    if not re.fullmatch("[0-9]{1,12}", seconds) or int(seconds) > _LAST_SECOND:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


_STATES_BY_BIT = (
    (1, DeliveryState.DELIVERED),
    (32, DeliveryState.EXPIRED),
    (64, DeliveryState.UNKNOWN),
    (2, DeliveryState.FAILED),
    (16, DeliveryState.FAILED),
    (4, DeliveryState.BUFFERED),
    (8, DeliveryState.SENT),
)
"""The bits of ``%d``, the most telling first: EXPIRED comes as 2 + 32, UNKNOWN as 2 + 64 (user guide, table 10-1)."""

_STATES_BY_WORD = {
    "DELIV": DeliveryState.DELIVERED,
    "EXPIR": DeliveryState.EXPIRED,
    "DELET": DeliveryState.FAILED,
    "UNDEL": DeliveryState.FAILED,
    "REJEC": DeliveryState.FAILED,
    "ACCEP": DeliveryState.BUFFERED,
    "ENROU": DeliveryState.BUFFERED,
    "UNKNO": DeliveryState.UNKNOWN,
}
"""The words of a receipt (SMPP 3.4, appendix B) by their beginning: carriers write DELIVRD and DELIVERED."""

_STAT = re.compile(r"\bstat\s*:\s*(?P<word>[a-z]{5,16})", re.IGNORECASE)
_CODE = re.compile(r"\berr\s*:\s*(?P<code>[0-9a-z]{1,8})\b|^NACK/(?P<nack>0x[0-9a-f]{1,8}|[0-9]{1,8})\b", re.IGNORECASE)


def _receipt(fields: Mapping[str, str], account: KannelAccount, now: datetime) -> Receipt:
    answer = fields.get("answer", "")
    return Receipt(
        channel=NAME,
        account=account.account,
        provider_id=_id(fields),
        state=_state(fields.get("status", ""), answer),
        at=now,
        detail=_detail(answer),
    )


def _state(status: str, answer: str) -> DeliveryState:
    """What the carrier's own words say, else Kannel's reading of them: it takes "stat: DELIVRD" for a failure."""
    if not re.fullmatch("[0-9]{1,4}", status):
        raise BadPayloadError('"status" is not a number')
    word = _STAT.search(answer)
    told = _STATES_BY_WORD.get(word["word"].upper()[:5]) if word else None
    if told is not None:
        return told
    for bit, state in _STATES_BY_BIT:
        if int(status) & bit:
            return state
    raise BadPayloadError('"status" has no bit that means anything')


def _detail(answer: str) -> str:
    """The carrier's word and error code; the rest of a receipt quotes the text."""
    word, code = _STAT.search(answer), _CODE.search(answer)
    known = word["word"].upper() if word and word["word"].upper()[:5] in _STATES_BY_WORD else ""
    return " ".join(filter(None, [known, code and (code["code"] or code["nack"])]))


async def _send(part: Part, to: Address, key: str, account: KannelAccount, wire: Wire) -> str:
    await send_sms(wire.session, account.sendsms_url, _parameters(part, to, key, account))
    return key


def _parameters(part: Part, to: Address, key: str, account: KannelAccount) -> dict[str, str]:
    always = {
        "username": account.username,
        "password": account.password.get_secret_value(),
        "to": write_number(to.user, account.numbers),
        "text": part.text,
        "charset": "UTF-8",
        # Kannel takes any text in any alphabet and sends a question mark for each letter that is not in it
        "coding": "0" if count(part.text).encoding == "gsm7" else "2",
        "dlr-mask": _EVERY_REPORT,
        # it gives no id of its own, so the report carries ours
        "dlr-url": account.report_url(key),
    }
    optional = {"from": account.sender, "smsc": account.smsc}
    return {**always, **{name: value for name, value in optional.items() if value}}


CHANNEL: Channel[KannelAccount] = Channel(
    name=NAME,
    capabilities=replace(SMS, reports_key=True),
    settings=KannelAccount,
    verify=_verify,
    parse=_parse,
    send=_send,
    in_flight=128,
    paths=("", REPORTS),
    peers=lambda account: (account.sendsms_url,),
    known_as=lambda address: (replace(address, user=read_mobile(address.user) or address.user),),
)
