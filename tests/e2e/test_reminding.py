"""The real service reminds an officer by itself: one message, in the window where the code was used."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.core.messages import Address
from bot.store.engine import Store
from bot.store.tables import digests, outbox
from gateway import session
from tests.support.disk import Disk
from tests.support.rows import rows
from tests.support.serving import Person, Serving, running
from tests.support.staffed import bind, open_quang_ngai

USER = bytes(range(session.ID_BYTES))
FRIDAY = datetime(2026, 11, 13, 2, 0, tzinfo=UTC)
"""09:00 in Việt Nam on the last working day before the duty's own."""
WEEK = timedelta(days=7)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_officer_hears_once_of_what_is_due_soon_after_the_start(
    tmp_path: Path, engine_url: str, store: Store
) -> None:
    (officer,) = (await open_quang_ngai(store)).ids
    window = Address(channel="web", account="main", user=USER.hex())
    await store.write(lambda connection: bind(connection, store, officer, window, at=FRIDAY + WEEK))
    cookie = session.issue(USER, store.vault.derive("web session").hex().encode())
    person = Person(name="", cookie=f"{session.COOKIE}={cookie}")
    disk = Disk(tmp_path / "none", tools=tmp_path / "tools")
    disk.set_clock(FRIDAY - datetime.now(UTC))
    serving = Serving(folder=tmp_path, store_url=engine_url, variables=disk.variables)
    with running(serving) as (service,):
        async with aiohttp.ClientSession() as http:
            (digest,) = await person.replies(http, service.url, expect=1, seconds=40)
        assert "Danh mục 1" in digest["text"]
        alarm = await service.until_said("alarm.nobody_to_remind", seconds=40)  # what a look lacks is told at its end
        assert service.stop() == 0
    assert len(await rows(store, digests, "id")) == len(await rows(store, outbox, "id")) == 1
    assert (alarm["level"], alarm["vacant"]) == ("error", ["Sở 2"])
    assert service.said().count('"level": "error"') == 1
