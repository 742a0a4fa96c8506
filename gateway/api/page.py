"""The page for people at ``/api/``, made from the same routes as everything else."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.api.limits import ADDRESS_UNITS
from gateway.api.problems import load_wordings
from gateway.api.routes import ROOT, Route

_FOLDER = Path(__file__).parent / "static"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def add_page(app: web.Application, routes: Sequence[Route], prefix: str) -> None:
    """Serve the page and its style on ``app``; ``prefix`` is the path under which people reach the service."""
    page = (_FOLDER / "index.html").read_text(encoding="utf-8")
    for slot, text in {
        "{examples}": "\n".join(_example(route) for route in routes if route.example),
        "{routes}": "\n".join(map(_route, routes)),
        "{problems}": "\n".join(_problems()),
        "{units}": str(ADDRESS_UNITS),
    }.items():
        page = page.replace(slot, text)
    app.router.add_get(ROOT, _serving(page, "text/html"))
    app.router.add_get(f"{ROOT}api.css", _serving((_FOLDER / "api.css").read_text(encoding="utf-8"), "text/css"))

    async def move(_request: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": prefix + ROOT})

    app.router.add_get(ROOT.rstrip("/"), move)


def _serving(text: str, content_type: str) -> Handler:
    async def serve(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type, headers=_HEADERS)

    return serve


def _example(route: Route) -> str:
    return f'<a href="{escape(_relative(route.example))}">{escape(route.example)}</a>'


def _relative(path: str) -> str:
    return path.removeprefix(ROOT)


def _route(route: Route) -> str:
    parameters = "\n".join(
        f'<dt><code>{one.name}</code></dt><dd>{escape(one.vi)} <span class="en" lang="en">{escape(one.en)}</span></dd>'
        for one in route.parameters
    )
    more = "" if route.question_cost is None else f", {route.question_cost} với / with q"
    return (
        f'<h3><code>{escape(route.path)}</code> <span class="en">{route.cost} đơn vị / units{more}</span></h3>'
        f'<p>{escape(route.vi)} <span class="en" lang="en">{escape(route.en)}</span></p>'
        + (f"<dl>{parameters}</dl>" if parameters else "")
    )


def _problems() -> list[str]:
    return [
        f'<dt id="{kind}"><code>{wording.status} {kind}</code></dt>'
        f"<dd>{escape(wording.texts['vi'][0])}"
        f' <span class="en" lang="en">– {escape(wording.texts["en"][0])}</span></dd>'
        for kind, wording in load_wordings().items()
    ]
