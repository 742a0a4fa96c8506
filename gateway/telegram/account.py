"""What is set up for one bot."""

import re
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, field_validator

from gateway.bot_account import ApiBase, BotAccount

NAME = "telegram"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,}")

ChatId = Annotated[str, StringConstraints(pattern=r"^-[1-9][0-9]{0,19}$")]
BotName = Annotated[str, StringConstraints(pattern=r"^@?[A-Za-z][A-Za-z0-9_]{2,31}$")]


class TelegramAccount(BotAccount):
    """A bot. ``token`` is what BotFather gave; ``secret`` is ours, Telegram shows it with every update that it posts.

    ``mode``: Telegram posts updates ("webhook"), or we fetch them, on a machine without a public address ("polling").
    ``desks`` are the ids of groups that are heard and answered, all others are passed over. ``bot_name`` is the bot's
    user name: what is meant for another bot of a group is passed over.
    """

    api_base: ApiBase = "https://api.telegram.org"
    desks: tuple[ChatId, ...] = ()
    bot_name: BotName = Field(default="", validate_default=False)

    @field_validator("token")
    @classmethod
    def _is_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is not a token as BotFather gives it: digits, a colon, letters")
        return token

    @property
    def name(self) -> str:
        """The bot's user name without the sign before it, in lower case; empty when it is not known."""
        return self.bot_name.removeprefix("@").lower()

    def hears(self, chat: str) -> bool:
        """Whether what is written in ``chat`` is for us: a private chat (its id is positive) or a bound group."""
        return not chat.startswith("-") or chat in self.desks
