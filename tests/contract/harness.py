"""One channel on a stand: its requests built from its cases, posted to the real route over the real store."""

import contextlib
import hashlib
import hmac
import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus

import aiohttp
import structlog
from yarl import URL

from bot.store import tokens
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox, quarantine
from bot.store.tables import receipts as receipts_table
from gateway.channel import AccountSettings, Channel, Hook, Parsed, Presence, Wire
from gateway.errors import RejectedError
from gateway.metrics import Metrics
from gateway.site import new_app, open_site
from gateway.webhooks import Webhooks
from tests.contract.casefile import Cases, Change, Place, Request, Sign, Template
from tests.contract.provider import Provider, running_provider
from tests.support.rows import NOW, rows

PLACEHOLDER = re.compile(r"<([a-z_]+)>")
TIMESTAMP = str(int(NOW.timestamp() * 1000))
_TIME = re.compile(rb'"timestamp"\s*:\s*"?([^",}\s]*)')
"""Where a body says when it was made, for proofs over that."""
_PIECES = re.compile(rb"(<body>|<timestamp>)")
HANG_SECONDS = 0.5
"""How long a send may wait for a provider that never answers, where the channel lets its account say so."""
PATIENCE = aiohttp.ClientTimeout(total=30)
"""How long who posts to us waits."""

_WRITTEN: dict[str, Callable[[str], str]] = {
    "json": json.dumps,
    "form": lambda value: quote_plus(value, errors="surrogatepass"),
    "plain": str,
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A channel and its cases, before anything is started."""

    channel: Channel[Any]
    cases: Cases

    @property
    def account(self) -> AccountSettings:
        """Its settings, as the cases have them."""
        return self.channel.settings.model_validate(self.cases.account)


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A channel under test. ``provider`` plays the provider where the cases have one."""

    channel: Channel[Any]
    cases: Cases
    account: AccountSettings
    store: Store
    session: aiohttp.ClientSession
    url: str
    provider: Provider | None

    @property
    def subject(self) -> Subject:
        """What is tried."""
        return Subject(channel=self.channel, cases=self.cases)

    @property
    def request(self) -> Request:
        """What every request of the provider has."""
        assert self.cases.request is not None, "the table has no [request]"
        return self.cases.request

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator["Stand"]:
        """The same with a session over which nothing has gone yet."""
        async with aiohttp.ClientSession(timeout=self.session.timeout) as session:
            yield replace(self, session=session)

    @property
    def wire(self) -> Wire:
        """What the channel sends with."""
        return Wire(store=self.store, session=self.session, clock=lambda: NOW)

    def fill(self, template: Template, **values: str) -> Hook:
        """An authentic request made of ``template``."""
        known = {"user": self.cases.user, "timestamp": TIMESTAMP, **values}
        query = {name: _fill(text, known, str) for name, text in template.query.items()}
        body = _fill(template.body, known, _WRITTEN[template.encoding])
        return self.hook(body.encode("utf-8", "surrogatepass"), query=query, place=template)

    def message(self, text: str = "dân số", *, number: str = "m-1") -> Hook:
        """A person's words, authentic."""
        assert self.cases.message is not None, "the table has no [message]"
        return self.fill(self.cases.message, text=text, id=number)

    def hook(self, body: bytes, *, query: Mapping[str, str] | None = None, place: Place | None = None) -> Hook:
        """An authentic request with ``body``, to the account itself unless ``place`` says otherwise."""
        request = self.request
        hook = Hook(
            method=(place and place.method) or request.method,
            path=place.path if place else "",
            query={**request.query, **(query or {})},
            headers={name.lower(): value for name, value in request.headers.items()},
            cookies=dict(request.cookies),
            body=body,
        )
        return hook if request.sign is None else self.with_proof(hook, _proof(request.sign, body))

    def proof(self, hook: Hook) -> str:
        """What makes ``hook`` authentic."""
        place, _, name = self.request.proof.partition(".")
        value: str = getattr(hook, place)[name]
        return value

    def with_proof(self, hook: Hook, proof: str | None) -> Hook:
        """``hook`` with another proof, or with none."""
        place, _, name = self.request.proof.partition(".")
        others = {key: value for key, value in getattr(hook, place).items() if key != name}
        return _with(hook, place, others if proof is None else {**others, name: proof})

    def changed(self, change: Change) -> Hook:
        """A person's words, or the body of ``change``, with what it changes; an empty value takes an entry away."""
        hook = self.message() if change.body is None else self.hook(change.body.encode(), place=change)
        for place in ("headers", "cookies", "query"):
            merged = {**getattr(hook, place), **getattr(change, place)}
            hook = _with(hook, place, {name: value for name, value in merged.items() if value})
        return hook

    def take(self, hook: Hook, *, now: datetime = NOW) -> Parsed:
        """Verify and parse ``hook`` as the route would."""
        self.channel.verify(hook, self.account)
        return self.channel.parse(hook, self.account, now)

    def refusal(self, hook: Hook) -> RejectedError | None:
        """Why ``hook`` is not taken; None when it is."""
        try:
            self.take(hook)
        except RejectedError as error:
            return error
        return None

    async def post(self, hook: Hook, *, account: str | None = None) -> tuple[int, str]:
        """Send ``hook`` to the route as the provider would: status and body of the answer."""
        query = "&".join(f"{quote(k)}={quote(v, safe='', errors='surrogatepass')}" for k, v in hook.query.items())
        place = "/".join(filter(None, [self.channel.name, account or self.account.account, hook.path]))
        address = f"{self.url}/hooks/{place}?{query}"
        headers = {**hook.headers}
        if hook.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in hook.cookies.items())
        request = self.session.request(
            hook.method,
            URL(address, encoded=True),
            data=hook.body,
            headers=headers,
            skip_auto_headers=["content-type"],
            timeout=PATIENCE,
        )
        async with request as response:
            return response.status, await response.text()

    async def inbox(self) -> list[tuple[Any, ...]]:
        """External id and body of every message that was stored."""
        return await rows(self.store, inbox, "external_id", "body")

    async def stored(self) -> int:
        """How many rows of any kind there are."""
        return sum([len(await rows(self.store, table, "id")) for table in (inbox, receipts_table, quarantine)])

    async def quarantined(self) -> int:
        """How many requests were set aside."""
        return len(await rows(self.store, quarantine, "id"))


@contextlib.asynccontextmanager
async def stand(channel: Channel[Any], cases: Cases, store: Store) -> AsyncIterator[Stand]:
    """Put ``channel`` behind the real route, over ``store`` and, where it calls a provider, before a double."""
    async with contextlib.AsyncExitStack() as stack:
        provider, settings = None, dict(cases.account)
        if cases.double is not None:
            provider, address = await stack.enter_async_context(running_provider())
            settings |= dict.fromkeys(cases.settings_of_double, address)
            await _log_in(store, settings["account"], cases.double.token)
        account = channel.settings.model_validate(settings)
        presences = {(channel.name, account.account): Presence(channel=channel, account=account)}
        app = new_app()
        Webhooks(store, Intake(store), presences, metrics=Metrics(), clock=lambda: NOW).add_routes(app)
        url = await stack.enter_async_context(open_site(app, host="127.0.0.1", port=0))
        timeout = aiohttp.ClientTimeout(total=HANG_SECONDS) if provider else PATIENCE
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        yield Stand(
            channel=channel, cases=cases, account=account, store=store, session=session, url=url, provider=provider
        )
        if provider is not None:
            provider.look_back()


@contextlib.contextmanager
def every_log() -> Iterator[Callable[[], str]]:
    """All that is logged meanwhile: our own events at any level, and what libraries may say (warnings, with traces).

    Below that they print statements and addresses with the values in them; ``gateway.logs`` keeps them quiet.
    """
    lines: list[str] = []
    handler = logging.Handler()
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with structlog.testing.capture_logs() as events:
            yield lambda: "\n".join([*lines, *(repr(event) for event in events)])
    finally:
        root.removeHandler(handler)


async def _log_in(store: Store, account: str, token: str) -> None:
    """Keep the pair that an Official Account of Zalo calls with, of which the second never serves."""
    if token:
        pair, place = tokens.Pair(access=token, refresh="never-used"), tokens.Place(channel="zalo", account=account)
        await tokens.put(store, place, pair, now=NOW, expires_at=NOW + timedelta(hours=25))


def _with(hook: Hook, place: str, values: dict[str, str]) -> Hook:
    changed: dict[str, Any] = {place: values}
    return replace(hook, **changed)


def _fill(text: str, values: Mapping[str, str], written: Callable[[str], str]) -> str:
    return PLACEHOLDER.sub(lambda found: written(values[found[1]]), text)


def _proof(sign: Sign, body: bytes) -> str:
    named = _TIME.search(body)
    pieces = {b"<body>": body, b"<timestamp>": named[1] if named else b""}
    over = b"".join(pieces.get(piece, piece) for piece in _PIECES.split(sign.over.encode()))
    if sign.digest == "sha256":
        digest = hashlib.sha256(over).hexdigest()
    else:
        digest = hmac.digest(sign.key.encode(), over, "sha256").hex()
    return sign.format.replace("<digest>", digest)
