"""Who calls Zalo."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from pydantic import SecretStr

from gateway.channel import Presence

CHANNEL_NAME = "zalo"
"""Under which channel the tokens of an Official Account are kept, whatever they are used for."""


@runtime_checkable
class Caller(Protocol):
    """What a call needs to know of an Official Account; :class:`gateway.zalo.settings.ZaloAccount` is one."""

    @property
    def account(self) -> str:
        """The id of the Official Account."""

    @property
    def app_id(self) -> str:
        """The app that it is linked with."""

    @property
    def app_secret(self) -> SecretStr:
        """The app's secret, which asks for tokens."""

    @property
    def secret_proof(self) -> bool:
        """Whether each call proves that it knows the app's secret."""

    @property
    def api_base(self) -> str:
        """Where the Open API is."""

    @property
    def oauth_base(self) -> str:
        """Where tokens are given."""

    @property
    def template_base(self) -> str:
        """Where templates go by phone."""


def find_callers(presences: Iterable[Presence]) -> tuple[tuple[Caller, Presence], ...]:
    """The accounts that call Zalo: one for each Official Account, however many channels share it."""
    found: dict[str, tuple[Caller, Presence]] = {}
    for presence in presences:
        account = presence.account
        if isinstance(account, Caller) and (account.account not in found or presence.channel.name == CHANNEL_NAME):
            found[account.account] = (account, presence)
    return tuple(found.values())
