"""What was uploaded to a provider is found again, per account, until the provider forgets it."""

from datetime import timedelta

from bot.store import uploads
from bot.store.tables import uploads as table
from tests.support.rows import NOW, rows

DAY = timedelta(days=1)


async def keep(store, provider_id, *, account="main", reference="A-1", until=NOW + DAY):
    await uploads.keep(store, "telegram", account, reference, provider_id=provider_id, until=until)


async def find(store, *, channel="telegram", account="main", reference="A-1", now=NOW):
    return await uploads.find(store, channel, account, reference, now)


async def test_a_picture_is_found_for_the_account_that_uploaded_it(store):
    await keep(store, "file-1")
    assert await find(store) == "file-1"
    others = ({"account": "other"}, {"channel": "zalo"}, {"reference": "A-2"})
    assert [await find(store, **other) for other in others] == [None, None, None]


async def test_a_picture_that_was_uploaded_again_has_its_new_id(store):
    await keep(store, "file-1")
    await keep(store, "file-2", until=NOW + 2 * DAY)
    assert await find(store, now=NOW + DAY) == "file-2"


async def test_what_the_provider_has_forgotten_is_not_found_and_goes(store):
    await keep(store, "file-1")
    await keep(store, "file-2", reference="A-2", until=NOW + 2 * DAY)
    assert await find(store, now=NOW + DAY) is None
    assert await uploads.forget(store, now=NOW + DAY) == 1
    assert await rows(store, table, "provider_id") == [("file-2",)]
