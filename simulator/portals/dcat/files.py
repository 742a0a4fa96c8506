"""Answers that may be asked for only if they changed: ``data.json`` and the files of distributions."""

import hashlib
from email.utils import formatdate, parsedate_to_datetime

from aiohttp import web


def conditional(request: web.Request, body: bytes, kind: str, changed: float) -> web.Response:
    """``body`` with its ETag and the moment it ``changed`` (Unix seconds), or 304 (D1)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": etag, "Last-Modified": formatdate(changed, usegmt=True)}
    if _is_known(request, etag, changed):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type=kind, headers=headers)


def _is_known(request: web.Request, etag: str, changed: float) -> bool:
    """An ETag is asked before a moment (RFC 9110, 13.2.2)."""
    if asked := request.headers.get("If-None-Match"):
        return etag in {part.strip().removeprefix("W/") for part in asked.split(",")}
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except (TypeError, ValueError):
        return False
    return changed <= since.timestamp()
