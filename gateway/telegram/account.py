"""What is set up for one bot."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from gateway.channel import AccountSettings

NAME = "telegram"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")

ApiBase = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~-]+)*/?$")]
ChatId = Annotated[str, StringConstraints(pattern=r"^-[1-9][0-9]{0,19}$")]
BotName = Annotated[str, StringConstraints(pattern=r"^@?[A-Za-z][A-Za-z0-9_]{2,31}$")]


class TelegramAccount(AccountSettings):
    """A bot. ``token`` is what BotFather gave; ``secret`` is ours, Telegram shows it with every update that it posts.

    ``mode``: Telegram posts updates ("webhook"), or we fetch them, on a machine without a public address ("polling").
    ``desks`` are the ids of groups that are heard and answered, all others are passed over. ``bot_name`` is the bot's
    user name: what is meant for another bot of a group is passed over.
    """

    token: SecretStr
    secret: SecretStr | None = None
    api_base: ApiBase = "https://api.telegram.org"
    mode: Literal["webhook", "polling"] = "webhook"
    desks: tuple[ChatId, ...] = ()
    bot_name: BotName = Field(default="", validate_default=False)

    @field_validator("token")
    @classmethod
    def _is_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is not a token as BotFather gives it: digits, a colon, letters")
        return token

    @field_validator("secret")
    @classmethod
    def _is_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        # Bot API, setWebhook: 1–256 of these characters; less than 16 of them can be guessed
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
    def name(self) -> str:
        """The bot's user name without the sign before it, in lower case; empty when it is not known."""
        return self.bot_name.removeprefix("@").lower()

    def hears(self, chat: str) -> bool:
        """Whether what is written in ``chat`` is for us: a private chat (its id is positive) or a bound group."""
        return not chat.startswith("-") or chat in self.desks
