"""What an ``[[accounts]]`` table says about an Official Account."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, ValidationInfo, field_validator

from bot.core.accounts import Account
from gateway.channel import AccountSettings
from gateway.zalo.spans import FREE, MARGIN, OPEN
from gateway.zalo.templates import TemplateIds

HttpAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,32}$")]


class ZaloAccount(AccountSettings):
    """One Official Account; ``account`` is its id.

    ``app_secret`` signs what we ask for (OAuth), ``oa_secret`` what Zalo posts: two keys of the console, and the second
    is shown only once the webhook's address is saved there – until it is set, whatever is posted is dropped.
    ``requests_per_minute`` is what the package allows. ``paid``: messages that cost money may be sent. ``buttons`` are
    not documented for messages of version 3. ``secret_proof`` as the app's page in the console says.
    ``pause_minutes``: so long the service is silent once one of our people has answered somebody. ``verifier`` is the
    code of the file by which Zalo knows our domain, ``code_verifier`` that of PKCE. ``templates`` says which number
    Zalo gave to each of ``data/templates``: they go, where money may be spent, to whoever may not be sent free words.
    """

    account: Digits
    app_id: Digits
    app_secret: SecretStr = Field(min_length=1)
    oa_secret: SecretStr | None = Field(default=None, min_length=1)
    api_base: HttpAddress = "https://openapi.zalo.me"
    oauth_base: HttpAddress = "https://oauth.zaloapp.com"
    template_base: HttpAddress = "https://business.openapi.zalo.me"
    requests_per_minute: int = Field(default=100, ge=1, le=100_000)
    paid: bool = False
    buttons: bool = False
    secret_proof: bool = False
    pause_minutes: int = Field(default=30, ge=0, le=7 * 24 * 60)
    verifier: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")] | None = None
    code_verifier: SecretStr | None = None
    templates: TemplateIds = {}

    @field_validator("oa_secret")
    @classmethod
    def _differs(cls, oa_secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        app_secret = info.data.get("app_secret")
        if oa_secret is not None and oa_secret == app_secret:
            raise ValueError(
                "is the same as app_secret: the OA Secret Key is another one, on the Webhook page of the console"
            )
        return oa_secret

    @field_validator("code_verifier")
    @classmethod
    def _is_a_verifier(cls, verifier: SecretStr | None) -> SecretStr | None:
        if verifier is not None and not _is_verifier(verifier.get_secret_value()):
            raise ValueError("is not 43 letters, digits and - . _ ~ (RFC 7636)")
        return verifier

    def meaning(self) -> Account:
        """As of any account; what nobody asked for waits until it may be sent, and costs nothing unagreed."""
        return replace(super().meaning(), unasked=(OPEN if self.paid else FREE) - MARGIN)

    @property
    def pause(self) -> timedelta:
        """How long the service says nothing to somebody whom one of our people has answered."""
        return timedelta(minutes=self.pause_minutes)


def _is_verifier(text: str) -> bool:
    return len(text) == 43 and text.isascii() and all(letter.isalnum() or letter in "-._~" for letter in text)
