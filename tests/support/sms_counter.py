"""An account of the channel ``sms`` on a counter: its real route, its real sender, and a provider that is played."""

import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from yarl import URL

from bot.store.engine import Store
from bot.store.intake import Intake
from gateway.channel import Presence, Wire
from gateway.channels.sms import CHANNEL
from gateway.metrics import Metrics
from gateway.sender import Sender
from gateway.site import new_app, open_site
from gateway.sms.account import SmsAccount
from gateway.spool import Spool
from gateway.webhooks import Webhooks
from tests.contract.casefile import Answer
from tests.contract.provider import Provider, running_provider
from tests.support.rows import NOW, answer_next, claim_one
from tests.support.talk import content

ESMS: Mapping[str, Any] = {
    "channel": "sms",
    "account": "8041",
    "preset": "esms",
    "api_key": "the-api-key",
    "secret_key": "the-secret-key",
    "private_key": "the-private-key",
    "callback_token": "the-callback-token",
    "brandname": "UBND-TINH",
}
TAKEN = Answer(body='{"CodeResult": "100", "SMSID": "s-1"}')
PERSON = "84901000001"


@dataclass(frozen=True, kw_only=True)
class Counter:
    """The account, reached as the provider reaches it. ``seen`` are the requests that came to the provider."""

    account: SmsAccount
    store: Store
    http: aiohttp.ClientSession
    url: str
    provider: Provider
    hooks: Webhooks
    spool: Spool | None
    clock: "Clock"
    metrics: Metrics

    async def hook(
        self, query: Mapping[str, str], *, path: str = "", method: str = "GET", body: bytes = b"", **headers: str
    ) -> tuple[int, str]:
        """What the provider hears to a request."""
        place = "/".join(filter(None, [self.url, "hooks", "sms", self.account.account, path]))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = URL(place).with_query(query)
        async with self.http.request(method, address, data=body or None, headers=named) as response:
            return response.status, await response.text()

    async def write(self, number: int, text: str = "dan so") -> tuple[int, str]:
        """A person's message as eSMS brings it."""
        return await self.hook(signed(number, text))

    async def answer(self, text: str) -> None:
        """The mind answers the oldest message that waits."""
        await answer_next(self.store, await claim_one(self.store, now=self.clock.now), text)

    async def send(self) -> None:
        """Let the sender send whatever is due."""
        wire = Wire(store=self.store, session=self.http, clock=self.clock)
        presence = Presence(channel=CHANNEL, account=self.account)
        sender = Sender(presence, wire, content(), metrics=Metrics(), jitter=Random(1))
        while await sender.take():
            await sender.finish()
        await sender._leave()


@dataclass(slots=True)
class Clock:
    """The time; it stands still unless it is set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@contextlib.asynccontextmanager
async def counter(
    store: Store, settings: Mapping[str, Any] = ESMS, *, base: str = "api_base", spool: Path | None = None
) -> AsyncIterator[Counter]:
    """An account with ``settings``; the provider's address goes where ``base`` says."""
    clock, metrics = Clock(), Metrics()
    async with (
        running_provider() as (provider, address),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http,
    ):
        account = SmsAccount.model_validate({**settings, base: address})
        presences = {("sms", account.account): Presence(channel=CHANNEL, account=account)}
        kept = None if spool is None else Spool(spool, store.vault)
        hooks = Webhooks(
            store,
            Intake(store),
            presences,
            metrics=metrics,
            clock=clock,
            spool=kept,
        )
        app = new_app()
        hooks.add_routes(app)
        async with open_site(app, host="127.0.0.1", port=0) as url:
            yield Counter(
                account=account,
                store=store,
                http=http,
                url=url,
                provider=provider,
                hooks=hooks,
                spool=kept,
                clock=clock,
                metrics=metrics,
            )


def signed(number: int, text: str = "dan so", *, key: str = "the-private-key", form: str = "base64") -> dict[str, str]:
    """A message of eSMS's short code with its sign, as the manual's samples have it or as its prose says."""
    fields = {
        "cpid": "77",
        "smsid": f"mo-{number}",
        "content": text,
        "receiverTime": "20261116090000",
        "sender": PERSON,
        "serviceNumber": "8041",
        "keyword": text.partition(" ")[0],
    }
    over = "".join(fields[name] for name in ("cpid", "smsid", "content", "receiverTime")) + key
    digest = hashlib.md5(over.encode(), usedforsecurity=False).digest()
    return {**fields, "sign": base64.b64encode(digest).decode() if form == "base64" else digest.hex()}
