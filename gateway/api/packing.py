"""A body on the wire: not again for whoever has it, and gzipped for whoever takes that."""

import hashlib
import re
from collections.abc import Mapping

from aiohttp import ETag, web

_WORTH_PACKING = 1024
_PACKED_ASIDE = 32 * 1024  # bytes from which on a thread packs them
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)


def pack(request: web.Request, body: bytes, *, media: str, headers: Mapping[str, str]) -> web.Response:
    """The response with that ``body``: 304 where the asker has it already. ``Vary`` in ``headers`` is the caller's."""
    etag = hashlib.sha256(body).hexdigest()[:24]
    if any(tag.value in {etag, "*"} for tag in request.if_none_match or ()):
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(
            body=body, content_type=media, charset="utf-8", headers=headers, zlib_executor_size=_PACKED_ASIDE
        )
        if len(body) >= _WORTH_PACKING and _GZIP.search(request.headers.get("Accept-Encoding", "")):
            response.enable_compression(web.ContentCoding.gzip)
    response.etag = ETag(etag, is_weak=True)  # packed or not, it says the same
    return response
