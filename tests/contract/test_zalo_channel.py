"""The channel of an Official Account as a sender uses it: free words, else the template that may be paid, else no way."""

from datetime import timedelta

import pytest

from bot.core.delivery import Lane
from bot.core.messages import Sign, SignKind
from bot.store import standing
from bot.store.engine import Store
from gateway.channel import Part
from gateway.channels.zalo import CHANNEL
from gateway.errors import ElsewhereError
from gateway.zalo.settings import ZaloAccount
from simulator.zalo.world import APP_ID, APP_SECRET, OA_ID
from tests.support.official import address
from tests.support.zalo_templates import FORM, IDS, UID, Counter, counter

REMINDER = Part(text="Kính đề nghị cập nhật", form=FORM, lane=Lane.REMINDER)


@pytest.fixture
async def desk(store: Store):
    async with counter(store) as opened:
        yield opened


def account(desk: Counter, **settings: object) -> ZaloAccount:
    bases = {"api_base": desk.zalo.api_base, "oauth_base": desk.zalo.oauth_base}
    table = {"channel": "zalo", "account": OA_ID, "app_id": APP_ID, "app_secret": APP_SECRET, **bases}
    return ZaloAccount.model_validate({**table, **settings})


async def wrote(desk: Counter, *, ago: timedelta) -> None:
    desk.zalo.interact(UID, ago=ago)
    at = desk.zalo.clock() - ago
    await standing.note(desk.wire.store, [Sign(address=address(UID), kind=SignKind.INTERACTED, at=at)])


async def test_long_after_the_window_the_template_goes_to_the_same_person(desk: Counter):
    await wrote(desk, ago=timedelta(days=30))
    paying = account(desk, paid=True, templates=IDS)
    message_id = await CHANNEL.send(REMINDER, address(UID), "7:0", paying, desk.wire)
    (sent,) = desk.zalo.sent
    assert (sent.kind, sent.to, sent.message_id) == ("template", UID, message_id)
    assert desk.zalo.violations == []


@pytest.mark.parametrize("settings", [{"templates": IDS}, {"paid": True}], ids=["may not be paid", "has no number"])
async def test_a_template_that_cannot_go_leaves_the_message_to_another_way(desk: Counter, settings: dict[str, object]):
    await wrote(desk, ago=timedelta(days=30))
    with pytest.raises(ElsewhereError):
        await CHANNEL.send(REMINDER, address(UID), "7:0", account(desk, **settings), desk.wire)
    assert desk.zalo.sent == []


async def test_within_the_window_free_words_go(desk: Counter):
    await wrote(desk, ago=timedelta(hours=1))
    paying = account(desk, paid=True, templates=IDS)
    await CHANNEL.send(REMINDER, address(UID), "7:0", paying, desk.wire)
    assert [sent.kind for sent in desk.zalo.sent] == ["text"]
