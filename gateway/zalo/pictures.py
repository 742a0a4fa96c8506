"""Charts as uploads of an Official Account: uploaded once, used by everybody until Zalo forgets them (7 days)."""

from datetime import timedelta
from typing import Any

import structlog

from bot.core.errors import TracuuError
from bot.core.messages import Picture
from bot.store import uploads
from gateway.channel import Wire
from gateway.errors import ElsewhereError, OutcomeUnknownError, RefusedError, UnreachableError
from gateway.zalo.caller import CHANNEL_NAME, Caller
from gateway.zalo.client import Call, File, ask

UPLOAD = "/v2.0/oa/upload/image"
MAX_BYTES = 1024 * 1024
LIFE = timedelta(days=7)
MARGIN = timedelta(hours=1)
"""So much earlier a picture is uploaded again."""

log = structlog.get_logger()


async def find_upload(caller: Caller, wire: Wire, picture: Picture, *, expired: str | None = None) -> str | None:
    """Zalo's id of ``picture``, uploaded where it has to be – also where Zalo says that the one known has ``expired``.

    None when it cannot be had, whatever the reason: the words say it all. Raises MisconfiguredError, ThrottledError or
    DeferredError when nothing can be sent now.
    """
    known = await uploads.find(wire.store, CHANNEL_NAME, caller.account, picture.reference, wire.clock())
    if known is not None and known != expired:
        return known
    content = await _draw(wire, picture)
    if content is None:
        return None
    uploaded_at = wire.clock()
    try:
        answer = await ask(Call(path=UPLOAD, file=_file(content)), caller, wire)
    except (RefusedError, ElsewhereError, UnreachableError, OutcomeUnknownError) as error:
        log.warning("zalo.no_picture", account=caller.account, code=error.code)
        return None
    provider_id = _id(answer)
    if provider_id is not None:
        until = uploaded_at + LIFE - MARGIN
        await uploads.keep(
            wire.store, CHANNEL_NAME, caller.account, picture.reference, provider_id=provider_id, until=until
        )
    return provider_id


async def _draw(wire: Wire, picture: Picture) -> bytes | None:
    """The bytes, if Zalo takes so many; charts have some 80 KB."""
    try:
        content = await wire.picture(picture.reference)
    except TracuuError as error:
        log.warning("zalo.no_picture", reason=str(error))
        return None
    if content is not None and len(content) > MAX_BYTES:
        log.warning("zalo.no_picture", reason="larger than 1 MB", bytes=len(content))
        return None
    return content


def _file(content: bytes) -> File:
    return File(name="chart.png", content=content, content_type="image/png")


def _id(answer: Any) -> str | None:
    found = answer.get("attachment_id") if isinstance(answer, dict) else None
    return str(found) if found else None
