"""What has changed: as JSON for whoever keeps a copy, as a feed for whoever reads."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from bot.core.changes import START, Change, Position
from bot.core.local_time import VIETNAM
from bot.store.changes import position_at, read_changes, read_latest_changes
from bot.store.engine import Store
from gateway.api.admission import Admission
from gateway.api.asked import Asked, Told, tell
from gateway.api.atom import Links, write_feed
from gateway.api.shapes import ChangesShape
from gateway.api.showing import addressing, cursor_of, path_of, show_change

FEED_ENTRIES = 50
_CHANGES = "/api/v1/changes"
_FEED = "/api/v1/changes.atom"


class News:
    """The changes of one ``store``, as far as they may be shown. ``prefix`` is the path of the service."""

    def __init__(self, store: Store, admission: Admission, prefix: str) -> None:
        self._store, self._admission, self._prefix = store, admission, prefix
        self._namespace = UUID(bytes=store.vault.derive("changes feed")[:16])

    async def changes(self, asked: Asked) -> Told:
        """The next changes, oldest first."""
        values, address = asked.values, addressing(self._prefix)
        after: Position = values["after"] or START
        if values["since"] is not None:
            day = datetime.combine(values["since"], time(), tzinfo=VIETNAM)
            after = max(after, await position_at(self._store, day))
        limit, only = values["limit"], values["dataset"]
        page = await read_changes(self._store, after=after, limit=limit, codes=only and [only])
        last = cursor_of(page[-1].position if page else after)
        shape = ChangesShape(
            changes=[show_change(change, address) for change in self._visible(page, asked)],
            cursor=last,
            next=address(_CHANGES, after=last, dataset=only, limit=limit) if len(page) == limit else None,
        )
        return tell(shape, modified=page[-1].at if page else None)

    async def feed(self, asked: Asked) -> Told:
        """A page of the feed, newest first."""
        before, only = asked.values["before"], asked.values["dataset"]
        page = await read_latest_changes(self._store, before=before, limit=FEED_ENTRIES, codes=only and [only])
        address, older = addressing(asked.site + self._prefix), len(page) == FEED_ENTRIES
        links = Links(
            this=address(_FEED, before=before and cursor_of(before), dataset=only),
            first=address(_FEED, dataset=only),
            next=address(_FEED, before=cursor_of(page[-1].position), dataset=only) if older else "",
        )
        shown = self._visible(page, asked)
        places = {change.code: address(path_of(change.code)) for change in shown}
        text = write_feed(shown, links=links, dataset_at=places, language=asked.language, namespace=self._namespace)
        return Told(body=text.encode(), modified=shown[0].at if shown else None, by_language=True)

    def _visible(self, page: Sequence[Change], asked: Asked) -> list[Change]:
        return [change for change in page if self._admission.shows(change.province, keyed=asked.keyed)]
