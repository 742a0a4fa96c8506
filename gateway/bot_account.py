"""What accounts at providers of bots have in common, whose updates are posted to us or fetched by us."""

import re
from typing import Annotated, Literal, Self

from pydantic import SecretStr, StringConstraints, field_validator, model_validator

from gateway.channel import AccountSettings

ApiBase = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~-]+)*/?$")]
"""Where a provider's interface is."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class BotAccount(AccountSettings):
    """A bot. ``token`` is what the provider gave, beginning with the number of the bot; ``secret`` is ours, the
    provider shows it with every update that it posts. ``mode``: it posts updates ("webhook"), or we fetch them
    ("polling")."""

    token: SecretStr
    secret: SecretStr | None = None
    mode: Literal["webhook", "polling"] = "webhook"

    @field_validator("secret")
    @classmethod
    def _is_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        # both providers take less (Bot API: 1 character; rule B11: 8); less than 16 can be guessed
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
        return f"{self.channel} {self.token.get_secret_value().partition(':')[0]}"
