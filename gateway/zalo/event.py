"""One event of Zalo's webhook: whom it is about, which account it came to, and when."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.core.messages import Address, Sign, SignKind
from bot.core.text import clean
from gateway.channel import Parsed
from gateway.errors import BadPayloadError
from gateway.zalo.document import load, text_of
from gateway.zalo.settings import ZaloAccount

NAME = "zalo"
MAX_ID = 128
_MILLIS = re.compile(r"[0-9]{12,14}", re.ASCII)
_SECOND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it came to the webhook of ``account``; ``zns``: its header says that it is about templates.

    ``name`` is the provider's and may be anything; ids are texts of 1 to :data:`MAX_ID` characters, or empty.
    """

    name: str
    fields: Mapping[str, Any]
    account: ZaloAccount
    now: datetime
    zns: bool = False

    def text(self, *path: str) -> str:
        """The text or number at ``path``; empty when there is none."""
        return text_of(self.fields, *path)

    def id(self, *path: str) -> str:
        """The id at ``path``; empty when there is none that could be one."""
        value = self.text(*path)
        return value if len(value) <= MAX_ID and clean(value) == value else ""

    @property
    def sent_at(self) -> datetime | None:
        """When it happened, never later than now; None when the event does not say so in milliseconds."""
        return self.moment("timestamp")

    @property
    def at(self) -> datetime:
        """When it happened, or now."""
        return self.sent_at or self.now

    def moment(self, *path: str) -> datetime | None:
        """The moment at ``path``, never later than now; None when there is none."""
        millis = self.text(*path).strip()
        if not _MILLIS.fullmatch(millis):
            return None
        whole, rest = divmod(int(millis), _SECOND)
        return min(datetime.fromtimestamp(whole, UTC).replace(microsecond=rest * _SECOND), self.now)

    @property
    def oa(self) -> str:
        """The account that a person turned to."""
        return self.id("recipient", "id") or self.id("oa_id") or self.account.account

    @property
    def oa_writing(self) -> str:
        """The account in whose name something was sent."""
        return self.id("sender", "id") or self.account.account

    def address(self, user: str, *, oa: str = "") -> Address:
        """``user`` at ``oa``, or at the account that the event came to."""
        return Address(channel=NAME, account=oa or self.oa, user=user)

    def external_id(self, user: str) -> str:
        """What names the event: the id of its message, else name, person and time, hashed as it names the person."""
        given = self.id("message", "msg_id")
        if given:
            return given
        named = "\n".join((self.name, user, self.text("timestamp")))
        return f"{self.name[:32]}:{hashlib.sha256(named.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"

    def interacted(self, user: str) -> Sign:
        """The sign that ``user`` opened the window anew."""
        return Sign(address=self.address(user), kind=SignKind.INTERACTED, at=self.at)

    def passed(self, *, alert: bool = False) -> Parsed:
        """Nothing for us but the name."""
        return Parsed(event=self.name, alert=alert)


def read_event(body: bytes, account: ZaloAccount, now: datetime, *, zns: bool) -> Event:
    """The event in ``body``. Raises BadPayloadError when it has no name."""
    fields = load(body)
    name = text_of(fields, "event_name")
    if not name:
        raise BadPayloadError("the event has no name")
    return Event(name=name, fields=fields, account=account, now=now, zns=zns)
