"""Pages by which providers see that a domain is ours: those of every account, and their tags on the first page."""

from collections.abc import Iterator

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.channel import Presences

TAGS: web.AppKey[str] = web.AppKey("tags", str)
"""What providers want to find in the head of the page at ``/`` (HTML)."""
_FIRST = "/"
_PAGE = (
    '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>tracuu</title>{tags}</head><body></body></html>'
)


def add_pages(app: web.Application, presences: Presences) -> None:
    """Serve the pages of all accounts on ``app``, whose other routes are there already.

    The tags for ``/`` stand in ``app[TAGS]`` for the page there; without one they are a page of their own.
    """
    found = sorted(set(_pages(presences)))
    app[TAGS] = "".join(text for path, text in found if path == _FIRST)
    for path, text in found:
        if path != _FIRST:
            app.router.add_get(path, _serving(text))
    if app[TAGS] and not any(resource.canonical == _FIRST for resource in app.router.resources()):
        app.router.add_get(_FIRST, _serving(_PAGE.replace("{tags}", app[TAGS])))


def _pages(presences: Presences) -> Iterator[tuple[str, str]]:
    for presence in presences.values():
        yield from presence.channel.pages(presence.account).items()


def _serving(text: str) -> Handler:
    async def serve(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html", headers={"X-Content-Type-Options": "nosniff"})

    return serve
