"""What is set up for one bot of Zalo's Bot Platform."""

import re
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from bot.core.accounts import Account
from bot.core.budget import Allowance
from gateway.channel import AccountSettings

NAME = "zalo-bot"
_TOKEN = re.compile(r"[0-9]{1,24}:[A-Za-z0-9_-]{16,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")

ApiBase = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~-]+)*/?$")]


class ZaloBotAccount(AccountSettings):
    """A bot. ``token`` is what Zalo gave; ``secret`` is ours, Zalo shows it with every update that it posts.

    ``mode``: Zalo posts updates ("webhook"), or we fetch them ("polling", for trying out: what is under way when we
    stop is lost). ``users`` and ``messages`` are what the bot's package allows (B40, B41). ``members_only``: only
    officers and staff whom an operator has invited are answered. ``public_url`` is where Zalo finds our pictures; the
    service's own unless given.
    """

    token: SecretStr
    secret: SecretStr | None = None
    api_base: ApiBase = "https://bot-api.zaloplatforms.com"
    mode: Literal["webhook", "polling"] = "webhook"
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

    @field_validator("secret")
    @classmethod
    def _is_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        # Zalo takes 8 characters (B11); less than 16 can be guessed
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("must be 16 to 256 letters, digits, - or _")
        return secret

    @model_validator(mode="after")
    def _has_secret(self) -> Self:
        if self.mode == "webhook" and self.secret is None:
            raise ValueError('mode "webhook" needs a secret: without it anybody could post updates')
        return self

    @property
    def login(self) -> str:
        """The number of the bot: the beginning of its token."""
        return f"{NAME} {self.token.get_secret_value().partition(':')[0]}"

    @property
    def allowance(self) -> Allowance:
        """What the bot's package allows."""
        return Allowance(users=self.users, messages=self.messages)

    def meaning(self) -> Account:
        """As of any account; who is answered here may be limited to members."""
        return replace(super().meaning(), members_only=self.members_only)
