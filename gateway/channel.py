"""The contract of a channel.

A channel is one file in ``gateway/channels/`` that exposes ``CHANNEL``. It verifies and parses what a provider posts
(both pure, on the raw bytes) and sends one rendered part. Route, limits, redaction, metrics and the whole contract
suite follow from being found.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from bot.core.accounts import Account
from bot.core.delivery import Lane
from bot.core.messages import Address, Choice, Form, InboundMessage, Picture, Receipt, Sign
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
    """What a hook carried; all empty when it was authentic but nothing for us (a typing notice, say).

    ``ack`` takes the place of the channel's own. ``event`` names what was passed over, for a counter: never a person;
    ``alert``: an operator should hear of it. ``aside``: why a part of it was not understood; the whole is then kept in
    quarantine as well, for what it carries twice is stored once.
    """

    messages: tuple[InboundMessage, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    signs: tuple[Sign, ...] = ()
    ack: "Ack | None" = None
    event: str = ""
    alert: bool = False
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """What this provider wants to hear once the event is durable."""

    body: str = ""
    content_type: str = "text/plain"
    status: int = 200


class Heard(StrEnum):
    """What there is to say to a hook."""

    TAKEN = "taken"
    REPEATED = "repeated"  # its message came before
    REPLY = "reply"  # here is the answer to the message itself
    LATE = "late"  # it is not ready
    REFUSED = "refused"  # it is not the provider's
    UNREADABLE = "unreadable"  # authentic, not understood, kept in quarantine


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a hook, where the provider wants to hear more than that it was taken; ``text`` is the reply."""

    heard: Heard
    text: str = ""


class Encoding(StrEnum):
    """How a channel counts a text: by characters, by units of UTF-16, or by what a handset bills."""

    CHARACTERS = "characters"
    UTF16 = "utf16"
    SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can show.

    ``limit`` is the longest part as ``encoding`` counts, of an SMS in segments; an answer has at most ``pages`` parts.
    ``images`` channels show :attr:`Part.image`; on the others the text says it all.
    ``brief`` channels are paid by the part: they get :attr:`Reply.brief`, unaccented unless asked for.
    ``keyed`` providers drop a repeated key, so that an unknown result may always be sent again. With ``reports_key`` a
    receipt names the key that we gave, so that it proves that a part left of which we heard nothing.
    ``fetched``: people come for their parts to a store of ours, where no answer is ever late.
    ``worded``: free words are not taken, what is said is the SMS text of a reply's form (brandnames).
    On a ``paid`` channel each message costs money, on one with ``forms`` each that has a form may: what may have left –
    its result is unknown, or the process ended meanwhile – is never sent again by itself; such a message has one part.
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
    fetched: bool = False
    paid: bool = False
    forms: bool = False
    worded: bool = False

    def __post_init__(self) -> None:
        if (self.paid or self.forms) and self.pages != 1:
            raise ValueError("a message that costs money has one part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message as the provider gets it.

    ``image`` is a chart (:class:`gateway.charts.Charts` has its bytes and its address), never the only thing that says
    something. ``link_label`` is what stands on the button of ``link``, ``actions`` are buttons without a number.
    ``form`` is the message in a template, ``replaces`` the provider's id of the message whose place it takes, ``lane``
    what it is, ``language`` what it is said in, ``origin`` what caused it (``inbox:7``: a message of that row).
    """

    text: str
    choices: tuple[Choice, ...] = ()
    link: str | None = None
    link_label: str = ""
    image: Picture | None = None
    actions: tuple[Choice, ...] = ()
    form: Form | None = None
    replaces: str | None = None
    lane: Lane = Lane.ANSWER
    language: str = "vi"
    origin: str = ""


class AccountSettings(BaseModel):
    """What every ``[[accounts]]`` table may hold; a channel adds its own keys. Unknown keys stop the start.

    ``rate`` is what the contract with the provider allows, in parts per second (of an SMS: segments), in place of
    :attr:`Channel.rate`. ``price`` is what one of these parts or segments costs us, in đồng.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: str
    account: str
    province: str = ""
    keyword: str | None = None
    number: str | None = None
    rate: float | None = Field(default=None, ge=0.001, le=1e9)
    price: int | None = Field(default=None, ge=0, le=1_000_000)

    @property
    def login(self) -> str:
        """What the provider knows the account by, no secret, where two tables must not share it; else empty."""
        return ""

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


async def _no_picture(_reference: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a channel may use while it sends. No transaction is open then.

    ``picture`` gives the PNG of a :class:`Picture` by its reference, None when there is none (any more); it raises
    DrawingError or StoreUnavailableError when it cannot be had now.
    """

    store: Store
    session: aiohttp.ClientSession
    clock: Callable[[], datetime]
    picture: Callable[[str], Awaitable[bytes | None]] = _no_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most ``units`` in any ``seconds``, whenever these begin."""

    units: int
    seconds: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast one account may send: within each of ``windows``, and of these lanes that nobody waits for only ``bulk``
    (a share of 1). ``person`` says what one address may get.

    ``steady`` are further windows for those lanes: a minute's share that went at once would keep everybody waiting for
    the rest of the minute. They also leave ``spare`` (a share of 1) of each window, whoever has filled the rest of it.
    """

    windows: tuple[Window, ...] = ()
    bulk: float = 1.0
    steady: tuple[Window, ...] = ()
    spare: float = 0.0
    person: Callable[[Address], tuple[Window, ...]] = lambda _: ()


Take = Callable[[Hook], Awaitable[Parsed]]
"""Make durable what a hook carries, and return it. Raises StoreUnavailableError when it has to be offered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Generic[S]):
    """A way to reach people.

    ``verify(hook, account)`` raises :class:`BadSignatureError`; ``parse(hook, account, now)`` raises
    :class:`BadPayloadError`; ``send(part, to, key, account, wire)`` returns the provider's id of the part or raises a
    :class:`SendError`. ``rate`` is in parts per second for one account, None = unlimited; ``in_flight`` is how many
    sends may run at once. ``paths`` are the addresses below ``/hooks/{channel}/{account}`` that the provider calls, the
    empty one being that address itself. ``peers(account)`` are the addresses that this account calls.

    ``pace(account)`` says more than ``rate`` where a provider counts in several windows; ``cost(part)`` are the units
    of a part (else: segments of an SMS, else 1). ``listen(account, wire, take)`` fetches what a provider does not post,
    until it is cancelled; it returns at once for an account that is posted to. ``pages(account)`` are texts (HTML) that
    the provider looks for on our site, by path; what belongs to ``/`` goes into the head of the page that is there.
    ``shares(account, other)``: a hook of ``account`` may carry what is for ``other``, another of our accounts on this
    channel. ``reported(key)`` is how a receipt names the key that we gave. ``known_as(address)`` are all addresses, on
    any channel, under which whoever an operator names so may be kept. A provider that must hear 200 ``within(account)``
    seconds hears it: what the database has not taken by then is synced to the disk and stored later. Nobody can write
    to a ``one_way`` account.

    ``able(account)`` are the capabilities where they differ from account to account. ``answer(hook, account, outcome)``
    is what the provider hears where that depends on more than the channel. An account that ``holds`` a request for so
    many seconds has the reply to its message as the answer to it: ``send`` finds it open in ``bot.store.reply_slots``.
    ``tells_repetitions(account)``: the provider wants to hear that a message came before.
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
    pace: Callable[[S], Pace] | None = None
    cost: Callable[[Part], int] | None = None
    listen: Callable[[S, Wire, Take], Coroutine[Any, Any, None]] | None = None
    pages: Callable[[S], Mapping[str, str]] = lambda _: {}
    shares: Callable[[S, S], bool] = lambda _account, _other: False
    known_as: Callable[[Address], tuple[Address, ...]] = lambda address: (address,)
    within: Callable[[S], float | None] = lambda _: None
    one_way: Callable[[S], bool] = lambda _: False
    reported: Callable[[str], str] = lambda key: key
    able: Callable[[S], Capabilities] | None = None
    answer: Callable[[Hook, S, Outcome], Ack] | None = None
    holds: Callable[[S], float | None] = lambda _: None
    tells_repetitions: Callable[[S], bool] = lambda _: False


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One of our accounts with its channel."""

    channel: Channel[Any]
    account: AccountSettings

    @property
    def capabilities(self) -> Capabilities:
        """What can be shown there."""
        able = self.channel.able
        return self.channel.capabilities if able is None else able(self.account)


Presences = Mapping[tuple[str, str], Presence]
"""All our accounts by channel and account name."""
