"""Put the calendar feeds of a deployment together."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from aiohttp import web

from bot.profiles import load_profiles
from bot.store.engine import Store
from gateway.calendar_feed.ics import load_feed_words
from gateway.calendar_feed.site import Feeds
from gateway.deployment import DATA
from gateway.period_words import read_periods
from gateway.rulebook import read_rulebook
from gateway.settings import Settings


def add_feeds(app: web.Application, store: Store, settings: Settings, *, clock: Callable[[], datetime]) -> None:
    """Add ``/calendar/`` to ``app``. Raises ContentError for a mistake under ``data/`` or in the calendars."""
    portals = {profile.id: profile.portal.url for profile in load_profiles(DATA / "profiles")}
    rulebook = partial(read_rulebook, settings)
    rulebook()  # a mistake there stops the start, not the first request
    words, public_url = load_feed_words(DATA), settings.service.public_url
    periods = {language: read_periods(language) for language in words}
    Feeds(store, rulebook, words, periods, portals=portals, public_url=public_url, clock=clock).add_routes(app)
