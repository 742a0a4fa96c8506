"""How the token of an Official Account is, for the doctor, the status and Prometheus."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import StoreError, StoreUnavailableError
from bot.store import tokens
from bot.store.engine import Store
from bot.store.tokens import CRASHED, Place, StoredPair, TokenState
from gateway.zalo.caller import CHANNEL_NAME
from gateway.zalo.keeping import ABSENT, UNREADABLE
from gateway.zalo.ledger import Ledger, read_ledger
from gateway.zalo.token import REFRESH_AFTER

LATE = timedelta(hours=1)
"""So long after its time a refresh is worth a word: nobody seems to run the role tick."""
STATES = (*(state.value for state in TokenState), ABSENT, UNREADABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The token of ``account`` at one moment; its times are None where there is none."""

    account: str
    state: str
    reason: str = ""
    version: int = 0
    obtained_at: datetime | None = None
    refresh_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def is_good(self) -> bool:
        """Whether calls can be made."""
        return self.state == TokenState.GOOD

    def sentence(self, now: datetime) -> str:
        """What to tell an administrator."""
        if self.state == ABSENT:
            return "absent, nobody has logged in: tracuu zalo login"
        if not self.is_good:
            return f"{self.state}: {self.reason}; tracuu zalo login"
        if self.is_late(now):
            return "good, but not refreshed in time: does a process with the role tick run?"
        age = now - self.obtained_at if self.obtained_at else timedelta(0)
        return f"good, {age // timedelta(hours=1)} h old"

    def is_late(self, now: datetime) -> bool:
        """Whether a refresh should have happened."""
        return self.is_good and self.refresh_at is not None and now >= self.refresh_at + LATE


async def examine_token(store: Store, account: str, *, now: datetime) -> Condition:
    """How the token of an Official Account is. Raises StoreUnavailableError."""
    try:
        kept = await tokens.find(store, Place(channel=CHANNEL_NAME, account=account))
    except StoreUnavailableError:
        raise
    except StoreError as error:
        return Condition(account=account, state=UNREADABLE, reason=str(error))
    return Condition(account=account, state=ABSENT) if kept is None else _condition(account, kept, now)


async def examine_all(store: Store, *, now: datetime) -> Sequence[tuple[Condition, Ledger]]:
    """Every account that ever logged in, with what Zalo told us beside its answers."""
    places = [place.account for place in await tokens.list_states(store) if place.channel == CHANNEL_NAME]
    return [
        (await examine_token(store, account, now=now), await read_ledger(store, account, now=now)) for account in places
    ]


def _condition(account: str, kept: StoredPair, now: datetime) -> Condition:
    abandoned = kept.state is TokenState.GOOD and kept.is_abandoned(now)
    return Condition(
        account=account,
        state=TokenState.UNKNOWN if abandoned else kept.state,
        reason=CRASHED if abandoned else kept.reason,
        version=kept.version,
        obtained_at=kept.obtained_at,
        refresh_at=kept.obtained_at + REFRESH_AFTER,
        expires_at=kept.expires_at,
    )
