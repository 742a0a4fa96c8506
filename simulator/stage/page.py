"""The page and its files, and who may ask for them: a browser of this machine that was given the address."""

import hashlib
import json
import tomllib
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from simulator.stage.api import Api
from simulator.stage.stage import Stage

LANGUAGES = ("vi", "en")
MAX_BODY = 256 * 1024
SIGN = "X-Tracuu-Simulate"
"""A header that the page's script sends: a form or a script of another site cannot."""
_HERE = Path(__file__).parent
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def make_page(stage: Stage) -> web.Application:
    """The application with the page of ``stage``."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_guard])
    files = {file.name: file.read_bytes() for file in sorted((_HERE / "static").iterdir()) if file.suffix in _TYPES}
    files["words.json"] = _words()

    async def serve(request: web.Request) -> web.Response:
        name = request.match_info.get("name", "index.html")
        body = files.get(name)
        if body is None:
            raise web.HTTPNotFound
        kind = _TYPES.get(Path(name).suffix, "application/json")
        etag = hashlib.sha256(body).hexdigest()[:16]
        if any(tag.value == etag for tag in request.if_none_match or ()):
            response = web.Response(status=304)
        else:
            response = web.Response(body=body, content_type=kind, charset="utf-8")
        response.etag = etag
        response.headers["Cache-Control"] = "no-cache"
        return response

    app.router.add_get("/", serve)
    app.router.add_get("/static/{name}", serve)
    Api(stage).add_routes(app)
    return app


def read_words(language: str) -> dict[str, str]:
    """The wording of the page in ``language``."""
    words: dict[str, str] = tomllib.loads((_HERE / "words" / f"{language}.toml").read_text(encoding="utf-8"))
    return words


def _words() -> bytes:
    return json.dumps({language: read_words(language) for language in LANGUAGES}, ensure_ascii=False).encode()


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only under a name of this machine (another is a site's that points here), and deeds only by the page."""
    host = _host(request.headers.get("Host", ""))
    if host not in _HOSTS:
        return web.Response(status=421, text="this page is opened by the address that the command printed")
    origin = request.headers.get("Origin")
    if request.method not in {"GET", "HEAD"} and (
        SIGN not in request.headers or (origin is not None and origin != f"http://{request.headers['Host']}")
    ):
        return web.Response(status=403, text="only the page itself may do that")
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        response = web.Response(status=refusal.status, text=refusal.reason)
    if not response.prepared:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response


def _host(header: str) -> str:
    try:
        return URL(f"http://{header}").host or ""
    except ValueError:
        return ""
