"""Put the API of a deployment together."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from yarl import URL

from bot.library import Library
from bot.profiles import load_profiles
from bot.store.engine import Store
from gateway.api.admission import Admission
from gateway.api.atom import load_words
from gateway.api.desk import Desk
from gateway.api.limits import Limits
from gateway.api.openapi import describe
from gateway.api.page import add_page
from gateway.api.problems import load_wordings
from gateway.api.routes import routes
from gateway.api.site import Api
from gateway.deployment import DATA, provinces_of
from gateway.metrics import Metrics
from gateway.settings import ServiceSettings


def add_api(
    app: web.Application,
    store: Store,
    library: Library,
    service: ServiceSettings,
    *,
    metrics: Metrics,
    clock: Callable[[], datetime],
) -> None:
    """Add ``/api/…`` to ``app``, unless ``service.api`` is off. Raises ContentError for a mistake under ``data/``."""
    profiles, places = load_profiles(DATA / "profiles"), library.lookup.places
    if service.api == "off":
        return
    load_wordings(), load_words()  # a mistake there stops the start, not the first refusal
    provinces = provinces_of(service, places)
    known = routes(provinces or tuple(places.provinces))
    prefix = URL(service.public_url).path.rstrip("/")
    desk = Desk(
        store,
        library,
        Admission(service.api, profiles, places, provinces=provinces),
        description=describe(known, server=service.public_url or "/"),
        prefix=prefix,
    )
    add_page(app, known, prefix)
    api = Api(store, desk, known, limits=Limits(), metrics=metrics, clock=clock, public_url=service.public_url)
    api.add_routes(app)
