"""``GET /calendar/{token}.ics``: the duties of an officer's agencies, or of one agency, for their calendar programs.

Whoever has the address may read it, so it opens nothing but duties, names nobody, and is revoked at once. A token that
was never ours and one that is revoked are answered alike.
"""

import asyncio
from asyncio import get_running_loop
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from aiohttp import web

from bot.core.errors import StoreUnavailableError
from bot.core.local_time import local_day
from bot.core.obligations.obligation import Obligation, SubjectKind
from bot.register import Register, read_register
from bot.rulebook import Rulebook
from bot.store.engine import Store
from bot.store.feed_stamps import Marked, stamp
from bot.store.feed_tokens import FeedToken, find_token
from bot.store.officers import read_officers
from gateway.api.limits import Gate, Limits
from gateway.api.packing import pack
from gateway.api.problems import ProblemError
from gateway.api.visitor import visitor_at
from gateway.calendar_feed.entries import Entry, entries_of
from gateway.calendar_feed.ics import FeedWords, SayPeriod, write_calendar

UNITS = 30
"""Requests a minute of one address; a calendar program asks a few times a day."""
_AGAIN = {"Retry-After": "2", "Cache-Control": "no-store"}
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Encoding",
    "Referrer-Policy": "no-referrer",  # the address is the secret
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Feeds:
    """The calendars of one ``store``. ``rulebook`` reads the rules as they are now; ``portals`` are the addresses of
    the provinces' portals by profile, ``public_url`` is where people reach the service (may be empty)."""

    def __init__(
        self,
        store: Store,
        rulebook: Callable[[], Rulebook],
        words: Mapping[str, FeedWords],
        periods: Mapping[str, SayPeriod],
        *,
        portals: Mapping[str, str],
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._rulebook, self._portals = store, rulebook, portals
        self._words, self._periods = words, periods
        self._public_url, self._clock, self._limits = public_url.rstrip("/"), clock, Limits()
        self._gate = Gate(1, waiting=20, seconds=4.0)
        self._namespace = UUID(bytes=store.vault.derive("calendar entries")[:16])

    def add_routes(self, app: web.Application) -> None:
        """Add the route to ``app``."""
        app.router.add_get("/calendar/{token}.ics", self.serve)

    async def serve(self, request: web.Request) -> web.Response:
        """The calendar that the token in the address opens; ``?lang=en`` in English."""
        visitor = visitor_at(request.remote, request.headers)
        standing = self._limits.take("calendar", visitor.who, 1, units=UNITS, now=get_running_loop().time())
        if standing.wait:
            headers = {"Retry-After": str(standing.wait), "Cache-Control": "no-store"}
            return web.Response(status=429, text="too many requests, try again later", headers=headers)
        try:
            token = await find_token(self._store, request.match_info["token"])
            if token is None:
                return web.Response(status=404, text="there is no such calendar", headers={"Cache-Control": "no-store"})
            async with self._gate.entered():
                body = await self._write(token, "en" if request.query.get("lang") == "en" else "vi")
        except (StoreUnavailableError, ProblemError):
            return web.Response(status=503, text="not available right now, try again", headers=_AGAIN)
        return pack(request, body, media="text/calendar", headers=_HEADERS)

    async def _write(self, token: FeedToken, language: str) -> bytes:
        now = self._clock()
        today, words = local_day(now), self._words[language]
        agencies = await self._agencies_of(token, today)  # first: there is much more to read of all others
        rulebook = await asyncio.to_thread(self._rulebook)
        register = await read_register(self._store, rulebook, agencies=agencies, now=now)
        entries = await asyncio.to_thread(self._entries, register, agencies, today)
        marked = [Marked(uid=entry.uid, mark=entry.mark, day=entry.day) for entry in entries]
        stamps = await stamp(self._store, marked, now=now)
        if token.agency is None:
            name = str(words["name_officer"])
        else:
            known = register.agencies.get(token.agency)
            name = str(words["name_agency"]).format(agency=known.name if known else "")
        return await asyncio.to_thread(write_calendar, name, entries, stamps, words, self._periods[language])

    async def _agencies_of(self, token: FeedToken, today: date) -> Collection[int]:
        """Whose duties the calendar shows: the agency's, or those of all agencies of which the officer holds a post."""
        if token.agency is not None:
            return {token.agency}
        officer = (await read_officers(self._store)).get(token.officer or 0)
        return {post.agency for post in officer.posts if post.counts_on(today)} if officer else set()

    def _entries(self, register: Register, agencies: Collection[int], today: date) -> list[Entry]:
        return entries_of(register, agencies, today=today, namespace=self._namespace, link_of=self._link)

    def _link(self, obligation: Obligation) -> str:
        """The dataset here where the duty is one's, else the portal of the province."""
        if obligation.subject.kind is SubjectKind.DATASET and self._public_url:
            return f"{self._public_url}/api/v1/datasets/{obligation.subject.id}"
        return self._portals.get(obligation.province, "")
