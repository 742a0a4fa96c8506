"""An Official Account of the Zalo double as our settings and stores know it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.core.messages import Address, Picture, Sign, SignKind
from bot.store import standing, tokens
from bot.store.engine import Store
from bot.store.tokens import Pair, Place, StoredPair
from gateway.channel import Part, Wire
from gateway.zalo.settings import ZaloAccount
from simulator.zalo.clock import Timeline
from simulator.zalo.double import REFRESH, Zalo, running_zalo
from simulator.zalo.world import APP_ID, APP_SECRET, OA_ID, OA_SECRET
from tests.support.rows import NOW

UID = "7293648105738264910"
PLACE = Place(channel="zalo", account=OA_ID)
PNG = b"\x89PNG\r\n\x1a\n" + b"chart" * 100
PICTURE = Picture(reference="7H2KM-" + "0" * 32, text="dân số theo năm")


@dataclass(frozen=True, kw_only=True)
class Official:
    """Our side of one Official Account of ``zalo``."""

    zalo: Zalo
    store: Store
    session: aiohttp.ClientSession
    account: ZaloAccount
    pictures: dict[str, bytes | Exception | None]

    @property
    def wire(self) -> Wire:
        """What it sends with, at Zalo's time."""
        return self.wire_on(self.store)

    def wire_on(self, store: Store) -> Wire:
        """The same for another process."""

        async def picture(reference: str) -> bytes | None:
            found = self.pictures.get(reference)
            if isinstance(found, Exception):
                raise found
            return found

        return Wire(store=store, session=self.session, clock=self.zalo.clock, picture=picture)

    def with_settings(self, **settings: Any) -> ZaloAccount:
        """The account with other settings."""
        return settings_of(self.zalo, **settings)

    async def log_in(self, *, ago: timedelta = timedelta(hours=1)) -> int:
        """Keep the living pair of the double as one that was given ``ago``; its version."""
        pair = self.zalo.tokens()
        pair.issued = now = self.zalo.clock() - ago
        kept = Pair(access=pair.access, refresh=pair.refresh)
        return await tokens.put(self.store, PLACE, kept, now=now, expires_at=now + timedelta(hours=25))

    async def kept(self) -> StoredPair:
        """The pair in the store."""
        pair = await tokens.find(self.store, PLACE)
        assert pair is not None
        return pair

    async def wrote(self, user: str = UID, *, ago: timedelta = timedelta()) -> None:
        """A person wrote ``ago``: Zalo and we know."""
        self.zalo.interact(user, ago=ago)
        at = self.zalo.clock() - ago
        await standing.note(self.store, [Sign(address=address(user), kind=SignKind.INTERACTED, at=at)])

    def refreshes(self) -> int:
        """How often a refresh was asked for."""
        return sum(call.path == REFRESH for call in self.zalo.calls)

    def broken_rules(self) -> list[str]:
        """The rules of the contract that we broke."""
        return [broken.rule for broken in self.zalo.violations]


def settings_of(zalo: Zalo, **settings: Any) -> ZaloAccount:
    """What the settings file says of the double's account."""
    table = {
        "channel": "zalo",
        "account": OA_ID,
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "oa_secret": OA_SECRET,
        "api_base": zalo.api_base,
        "oauth_base": zalo.oauth_base,
        "template_base": zalo.template_base or zalo.api_base,
    }
    return ZaloAccount.model_validate({**table, **settings})


def address(user: str = UID) -> Address:
    """A person who writes to the account."""
    return Address(channel="zalo", account=OA_ID, user=user)


def part(text: str = "Dân số: 2.161.755 người", **fields: Any) -> Part:
    """A message."""
    return Part(text=text, **fields)


@contextlib.asynccontextmanager
async def official(store: Store, *, timeout: float = 5.0) -> AsyncIterator[Official]:
    """The double, standing at one moment, with nobody logged in."""
    async with (
        running_zalo(clock=Timeline(NOW, speed=0)) as zalo,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout)) as session,
    ):
        zalo.echoes = zalo.receipts = False
        yield Official(
            zalo=zalo,
            store=store,
            session=session,
            account=settings_of(zalo),
            pictures={PICTURE.reference: PNG},
        )
