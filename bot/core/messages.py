"""What comes in and what goes out, on any channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.delivery import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Who, on which of our accounts. The key of a conversation.

    ``channel`` is one of the contract's names (``web``, ``kannel``, ``zalo`` …), ``account`` our own account on it,
    ``user`` the provider's id of the person – a number, an opaque id – always text, however numeric it looks.
    """

    channel: str
    account: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """One message of a person. Unique on (channel, account, ``external_id``).

    ``text`` is what was typed, cleaned by ``bot.core.text.clean``; ``choice`` the value of a pressed button, else None;
    ``pressed`` the provider's id of the message of ours under which that button stood, where it can be changed. Times
    are aware.
    """

    address: Address
    external_id: str
    received_at: datetime
    text: str = ""
    choice: str | None = None
    pressed: str | None = None
    sent_at: datetime | None = None


class SignKind(StrEnum):
    """What people do besides writing, and what others do about them."""

    INTERACTED = "interacted"  # turned to us in a way that the provider counts
    LEFT = "left"  # cannot be reached any more: unfollowed, blocked
    TAKEN_OVER = "taken_over"  # one of our people is talking there
    WITHDRAWN = "withdrawn"  # wants to be forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something that changes how a person stands to us. ``until`` is the end of it, where it has one."""

    address: Address
    kind: SignKind
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a provider says became of one part that we sent; ``provider_id`` is the id it gave to that part."""

    channel: str
    account: str
    provider_id: str
    state: DeliveryState
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An answer that a person can give by pressing a button or by its number.

    ``value`` is ``<handler>:<argument>``; it stands on its own, so that an older button still means what it meant.
    """

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that goes with a reply, not its bytes.

    ``reference`` is what the channels find it by, ``text`` what it shows, for whoever cannot see it.
    """

    reference: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A message that a provider has approved word for word: the ``name`` of its template (``data/templates/``) and what
    goes into its slots."""

    name: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the service says, without markup or channel detail.

    ``brief`` is the same message for channels that are paid by the part (SMS); without it ``text`` is used there too.
    ``actions`` lead on from it without being entries of a list: buttons without a number where a channel has buttons,
    elsewhere unsaid. ``urgent`` may disturb at night (emergency numbers, incident updates). ``form`` is the same in a
    template, for whoever may not be sent free words. ``turns`` is another page of what the pressed button stood under:
    it takes the place of that message where a channel can change what it has sent.
    ``replaces`` is the provider's id of the message whose place it takes.
    """

    text: str
    brief: str | None = None
    choices: tuple[Choice, ...] = ()
    link: str | None = None
    image: Picture | None = None
    actions: tuple[Choice, ...] = ()
    urgent: bool = False
    form: Form | None = None
    turns: bool = False
    replaces: str | None = None
