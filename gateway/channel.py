"""The contract of a channel, and the errors of sending.

A channel is one file in ``gateway/channels/`` that exposes ``CHANNEL``. It verifies and parses what a provider posts
(both pure, on the raw bytes) and sends one rendered part. Route, limits, redaction, metrics and the whole contract
suite follow from being found.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from bot.core.accounts import Account
from bot.core.errors import TracuuError
from bot.core.messages import Address, Choice, InboundMessage, Picture, Receipt
from bot.store.engine import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One request of a provider, free of any web framework. ``headers`` and ``cookies`` have lower-case names.

    ``path`` is what follows the account in the address: one of :attr:`Channel.paths`.
    """

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: bytes
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a hook carried; both empty when it was authentic but nothing for us (a typing notice, say)."""

    messages: tuple[InboundMessage, ...] = ()
    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """What this provider wants to hear once the event is durable."""

    body: str = ""
    content_type: str = "text/plain"


class Encoding(StrEnum):
    """How a channel counts a text: by characters, or by what a handset bills."""

    CHARACTERS = "characters"
    SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can show.

    ``limit`` is the longest part in characters, of an SMS in segments; an answer has at most ``pages`` parts.
    ``images`` channels show :attr:`Part.image`; on the others the text says it all.
    ``brief`` channels are paid by the part: they get :attr:`Reply.brief`, unaccented unless asked for.
    ``keyed`` providers drop a repeated key, so that an unknown result may always be sent again. With ``reports_key`` a
    receipt names the key that we gave, so that it proves that a part left of which we heard nothing.
    """

    limit: int
    pages: int
    encoding: Encoding = Encoding.CHARACTERS
    buttons: bool = False
    images: bool = False
    brief: bool = False
    receipts: bool = False
    keyed: bool = False
    reports_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message as the provider gets it.

    ``image`` is a chart (:class:`gateway.charts.Charts` has its bytes and its address), never the only thing that says
    something. ``actions`` are buttons without a number.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    link: str | None = None
    image: Picture | None = None
    actions: tuple[Choice, ...] = ()


class AccountSettings(BaseModel):
    """What every ``[[accounts]]`` table may hold; a channel adds its own keys. Unknown keys stop the start.

    ``rate`` is what the contract with the provider allows, in parts per second (of an SMS: segments), in place of
    :attr:`Channel.rate`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: str
    account: str
    province: str = ""
    keyword: str | None = None
    number: str | None = None
    rate: float | None = Field(default=None, ge=0.001, le=1e9)

    def meaning(self) -> Account:
        """The account as far as the mind needs to know it."""
        return Account(
            channel=self.channel,
            name=self.account,
            provinces=(self.province,) if self.province else (),
            keyword=self.keyword,
            number=self.number,
        )


S = TypeVar("S", bound=AccountSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a channel may use while it sends. No transaction is open then."""

    store: Store
    session: aiohttp.ClientSession
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Generic[S]):
    """A way to reach people.

    ``verify(hook, account)`` raises :class:`BadSignatureError`; ``parse(hook, account, now)`` raises
    :class:`BadPayloadError`; ``send(part, to, key, account, wire)`` returns the provider's id of the part or raises a
    :class:`SendError`. ``rate`` is in parts per second for one account, None = unlimited; ``in_flight`` is how many
    sends may run at once. ``paths`` are the addresses below ``/hooks/{channel}/{account}`` that the provider calls, the
    empty one being that address itself. ``peers(account)`` are the addresses that this account calls.
    """

    name: str
    capabilities: Capabilities
    settings: type[S]
    verify: Callable[[Hook, S], None]
    parse: Callable[[Hook, S, datetime], Parsed]
    send: Callable[[Part, Address, str, S, Wire], Awaitable[str]]
    ack: Ack = field(default_factory=Ack)
    rate: float | None = None
    in_flight: int = 64
    paths: tuple[str, ...] = ("",)
    peers: Callable[[S], tuple[str, ...]] = lambda _: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One of our accounts with its channel."""

    channel: Channel[Any]
    account: AccountSettings


Presences = Mapping[tuple[str, str], Presence]
"""All our accounts by channel and account name."""


class RejectedError(TracuuError):
    """A hook that is not taken; ``status`` is the HTTP answer."""

    status = 400


class BadSignatureError(RejectedError):
    """Not from the provider (or the person) it claims to be from. Nothing is stored."""

    status = 401


class BadPayloadError(RejectedError):
    """Authentic, but not understood. Kept raw in quarantine and answered 200, so that the provider does not loop."""

    status = 200


class SendError(TracuuError):
    """A part was not sent.

    ``retry``: trying again may help. ``our_fault``: an administrator must act. ``code`` names it in metrics.
    """

    retry = False
    our_fault = False
    code = "failed"


class Scope(StrEnum):
    """Whom a provider means that asks us to wait."""

    PERSON = "person"
    ACCOUNT = "account"


class ThrottledError(SendError):
    """The provider asks us to wait ``after`` seconds: with everything, or with this person only.

    A channel says PERSON where its provider says so. Else the whole account is silent: to be too quiet costs seconds,
    and to go on with others may cost the account.
    """

    retry, code = True, "throttled"

    def __init__(self, message: str, *, after: float, scope: Scope = Scope.ACCOUNT) -> None:
        super().__init__(message)
        self.after, self.scope = after, scope


class UnreachableError(SendError):
    """The provider could not be reached or had trouble of its own; the part did not leave."""

    retry, code = True, "unreachable"


class RefusedError(SendError):
    """The provider will never take this part."""

    code = "refused"


class OptedOutError(SendError):
    """The person has blocked us."""

    code = "opted_out"


class MisconfiguredError(SendError):
    """Our credentials or settings are wrong; waiting rows are kept until they are right."""

    retry, our_fault, code = True, True, "misconfigured"


class OutcomeUnknownError(SendError):
    """The request left and no answer came: it may have been sent."""

    code = "unknown"
