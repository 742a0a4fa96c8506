"""The web chat: people write on our own page, and their replies wait in the store until the page fetches them.

``POST /hooks/web/{account}`` with the session cookie and one JSON object:

* ``{"id", "text"}`` – something typed, ``{"id", "choice"}`` – a pressed button. ``id`` is made by the page and must be
  unique on this account (it takes 128 random bits): a message whose id is known counts as a repeat.
* ``{"seen": [ids]}`` – the replies with these ids, as the event stream gave them, were shown.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, SecretStr, StringConstraints

from bot.core.delivery import DeliveryState
from bot.core.errors import StoreError, StoreUnavailableError
from bot.core.mask import make_storable
from bot.core.messages import Address, InboundMessage, Receipt
from bot.core.text import clean
from bot.store.mailbox import deliver
from gateway import session
from gateway.channel import AccountSettings, Channel, Hook, Parsed, Part, Wire
from gateway.charts import chart_address
from gateway.errors import BadPayloadError, BadSignatureError, RefusedError, UnreachableError
from gateway.forms import WEB
from gateway.json_body import load_object

NAME = "web"
JSON = "application/json"
MAX_ID = 64
MAX_CHOICE = 500
MAX_SEEN = 200

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?$")]


class WebAccount(AccountSettings):
    """A chat page. ``secret`` signs its sessions; ``embed_on`` are the sites whose pages may frame it."""

    secret: SecretStr = Field(min_length=32)
    embed_on: tuple[Origin, ...] = ()

    def address(self, cookies: Mapping[str, str]) -> Address | None:
        """Whose session ``cookies`` hold; None without a valid one."""
        user = session.verify(session.find(cookies), self.signing_key)
        return None if user is None else Address(channel=NAME, account=self.account, user=user)

    @cached_property
    def signing_key(self) -> bytes:
        """What sessions are signed with."""
        return self.secret.get_secret_value().encode()


def _verify(hook: Hook, account: WebAccount) -> None:
    content_type = hook.headers.get("content-type", "")
    if content_type != JSON and content_type.partition(";")[0].strip().lower() != JSON:
        # a form on a foreign page can send the cookie along, but not this type
        raise BadSignatureError("a message must be posted as application/json")
    _author(hook, account)


def _parse(hook: Hook, account: WebAccount, now: datetime) -> Parsed:
    body = load_object(hook.body, "message")
    if "seen" in body:
        return Parsed(receipts=_receipts(body["seen"], account, now))
    return Parsed(messages=(_message(body, _author(hook, account), now),))


async def _send(part: Part, to: Address, key: str, account: WebAccount, wire: Wire) -> str:
    now = wire.clock()
    mark = _mark(key, account)
    document = {
        "text": part.text,
        "choices": [{"label": choice.label, "value": choice.value} for choice in part.choices],
        "link": part.link,
        "image": chart_address(part.image) if part.image else None,
        "image_text": part.image.text if part.image else None,
        "actions": [{"label": action.label, "value": action.value} for action in part.actions],
        "at": now.isoformat(),
        "mark": mark,
    }
    try:
        number = await deliver(wire.store, wire.store.vault.person(to), key, document, now=now)
    except StoreUnavailableError as error:
        raise UnreachableError(str(error)) from error
    except StoreError as error:
        raise RefusedError(str(error)) from error
    return part_id(number, mark)


def part_id(number: int, mark: str) -> str:
    """The id of a delivered part, the same in the event stream, in ``seen`` and in the outbox.

    ``mark`` tells two parts apart that had the same number in one mailbox, before and after it was erased; it cannot be
    guessed, so only who got a part can say that it was seen.
    """
    return f"{number}-{mark}"


def _mark(key: str, account: WebAccount) -> str:
    return hmac.digest(account.signing_key, f"part.{key}".encode(), "sha256").hex()[:16]


def _author(hook: Hook, account: WebAccount) -> Address:
    address = account.address(hook.cookies)
    if address is None:
        raise BadSignatureError("the session is missing or not ours")
    return address


def _message(body: dict[str, Any], author: Address, now: datetime) -> InboundMessage:
    if ("text" in body) == ("choice" in body):
        raise BadPayloadError('the message needs either "text" or "choice"')
    text, choice = body.get("text", ""), body.get("choice")
    if not isinstance(text, str):
        raise BadPayloadError('"text" is not a text')
    return InboundMessage(
        address=author,
        external_id=_token(body.get("id"), name="id", limit=MAX_ID),
        received_at=now,
        text=make_storable(text),
        choice=_token(choice, name="choice", limit=MAX_CHOICE) if "choice" in body else None,
    )


def _receipts(seen: object, account: WebAccount, now: datetime) -> tuple[Receipt, ...]:
    if not isinstance(seen, list) or len(seen) > MAX_SEEN:
        raise BadPayloadError(f'"seen" is not a list of at most {MAX_SEEN} ids')
    parts = dict.fromkeys(_token(part, name="seen", limit=MAX_ID) for part in seen)
    return tuple(
        Receipt(channel=NAME, account=account.account, provider_id=part, state=DeliveryState.READ, at=now)
        for part in parts
    )


def _token(value: object, *, name: str, limit: int) -> str:
    """``value`` when it is a text of 1 to ``limit`` characters that any database can hold."""
    if not isinstance(value, str) or not 1 <= len(value) <= limit or clean(value) != value:
        raise BadPayloadError(f'"{name}" is not a text of 1 to {limit} printable characters')
    return value


CHANNEL: Channel[WebAccount] = Channel(
    name=NAME,
    capabilities=WEB,
    settings=WebAccount,
    verify=_verify,
    parse=_parse,
    send=_send,
)
