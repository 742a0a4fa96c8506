"""What is set up for one bot of Zalo's Bot Platform."""

import re
from dataclasses import replace

from pydantic import Field, SecretStr, field_validator

from bot.core.accounts import Account
from bot.core.budget import Allowance
from gateway.bot_account import ApiBase, BotAccount

NAME = "zalo-bot"
_TOKEN = re.compile(r"[0-9]{1,24}:[A-Za-z0-9_-]{16,}")


class ZaloBotAccount(BotAccount):
    """A bot. ``token`` is what Zalo gave; ``secret`` is ours, Zalo shows it with every update that it posts.

    ``mode``: Zalo posts updates ("webhook"), or we fetch them ("polling", for trying out: what is under way when we
    stop is lost). ``users`` and ``messages`` are what the bot's package allows (B40, B41). ``members_only``: only
    officers and staff whom an operator has invited are answered. ``public_url`` is where Zalo finds our pictures; the
    service's own unless given.
    """

    api_base: ApiBase = "https://bot-api.zaloplatforms.com"
    users: int = Field(default=50, ge=1, le=1_000_000)
    messages: int = Field(default=3000, ge=1, le=100_000_000)
    members_only: bool = True
    public_url: str = ""

    @field_validator("token")
    @classmethod
    def _is_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is not a token as Zalo gives it: digits, a colon, letters")
        return token

    @property
    def allowance(self) -> Allowance:
        """What the bot's package allows."""
        return Allowance(users=self.users, messages=self.messages)

    def meaning(self) -> Account:
        """As of any account; who is answered here may be limited to members."""
        return replace(super().meaning(), members_only=self.members_only)
