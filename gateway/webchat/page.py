"""The page of the web chat: gives a visitor a session and serves the files it is made of."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from aiohttp import web
from yarl import URL

from bot.store.engine import Store
from gateway import session
from gateway.channels.web import WebAccount
from gateway.site_pages import TAGS
from gateway.webchat.events import Events, Streams

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of the page, ready to be served."""

    body: bytes
    content_type: str
    etag: str


def add_routes(
    app: web.Application,
    *,
    store: Store,
    account: WebAccount,
    public_url: str,
    entropy: Callable[[int], bytes] = os.urandom,
) -> None:
    """Add ``/``, ``/widget.js``, ``/web/…`` to ``app``. Open streams end when ``app`` shuts down."""
    streams = Streams(store.wakeup)
    events = Events(store, account, streams)
    page = Page(account, public_url=URL(public_url), entropy=entropy)
    app.router.add_get("/", page.show)
    app.router.add_get("/widget.js", page.serve_widget)
    app.router.add_get("/web/events", events.serve, allow_head=False)
    app.router.add_get("/web/{version:[0-9a-f]{12}}/{name}", page.serve_asset)
    app.on_shutdown.append(streams.close)


class Page:
    """The routes of the page. All files are read once, here; their common ``version`` stands in their addresses."""

    def __init__(self, account: WebAccount, *, public_url: URL, entropy: Callable[[int], bytes]) -> None:
        self._account, self._public, self._entropy = account, public_url, entropy
        self._assets = {file.name: _read(file) for file in sorted(_FOLDER.iterdir()) if file.suffix in _TYPES}
        etags = "".join(asset.etag for asset in self._assets.values())
        self._version = hashlib.sha256(etags.encode()).hexdigest()[:12]
        template = self._assets.pop("index.html").body.decode()
        self._html = template.replace("{version}", self._version).replace("{account}", escape(account.account))
        widget = self._assets["widget.js"]
        self._assets["widget.js"] = _asset(
            widget.body.replace(b"{sites}", " ".join(account.embed_on).encode()), widget.content_type
        )
        self._policy = _POLICY + " ".join(("'self'", *account.embed_on))

    async def show(self, request: web.Request) -> web.Response:
        """The page. A visitor without a session gets one; anybody else keeps theirs for another 180 days."""
        cookie = session.find(request.cookies)
        if session.verify(cookie, self._account.signing_key) is None:
            cookie = session.issue(self._entropy(session.ID_BYTES), self._account.signing_key)
        html = self._html.replace("{tags}", request.app.get(TAGS, ""), 1)
        response = web.Response(text=html, content_type="text/html")
        secure = self._public.scheme == "https"
        bound = (
            secure and request.host == self._public.host_port_subcomponent
        )  # a browser that came by http takes no such name
        for header in session.cookie_headers(cookie, secure=secure, bound=bound, known=request.cookies):
            response.headers.add("Set-Cookie", header)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = self._policy
        return _harden(response)

    async def serve_asset(self, request: web.Request) -> web.StreamResponse:
        """A file of the page. Under the present version it never changes, under another one it is asked for again."""
        current = request.match_info["version"] == self._version
        return self._serve(request, request.match_info["name"], _FOREVER if current else _ASK_AGAIN)

    async def serve_widget(self, request: web.Request) -> web.StreamResponse:
        """The script by which a portal page embeds the chat; its address never changes, so it is asked for again."""
        return self._serve(request, "widget.js", _ASK_AGAIN)

    def _serve(self, request: web.Request, name: str, caching: str) -> web.StreamResponse:
        asset = self._assets.get(name)
        if asset is None:
            raise web.HTTPNotFound
        known = any(tag.value == asset.etag for tag in request.if_none_match or ())
        response = (
            web.Response(status=304)
            if known
            else web.Response(body=asset.body, content_type=asset.content_type, charset="utf-8")
        )
        response.etag = asset.etag
        response.headers["Cache-Control"] = caching
        return _harden(response)


def _read(file: Path) -> Asset:
    return _asset(file.read_bytes(), _TYPES[file.suffix])


def _asset(body: bytes, content_type: str) -> Asset:
    return Asset(body=body, content_type=content_type, etag=hashlib.sha256(body).hexdigest()[:16])


def _harden(response: web.Response) -> web.Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
