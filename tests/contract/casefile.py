"""The format of ``cases/<channel>.toml``; ``cases/README.md`` explains it. An unknown key fails the run."""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent / "cases"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sign(_Table):
    """How a proof is made that depends on the body; ``<timestamp>`` in ``over`` is the body's own, or nothing."""

    digest: Literal["sha256", "hmac-sha256"]
    over: str
    format: str = "<digest>"
    key: str = ""


class Request(_Table):
    """What every authentic request has."""

    proof: str = Field(pattern=r"^(headers|cookies|query)\..+")
    method: str = "POST"
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    query: dict[str, str] = {}
    refusal: int = 401
    sign: Sign | None = None


class Place(_Table):
    """Where a request goes and how, when it differs from ``request``: ``path`` is what follows the account."""

    method: str = ""
    path: str = ""


class Template(Place):
    """A request with placeholders."""

    user: str = ""
    external_id: str = "<id>"
    encoding: Literal["json", "form", "plain"] = "json"
    body: str = ""
    query: dict[str, str] = {}
    unicode: Literal["any", "valid"] = "any"


class ReceiptTemplate(Template):
    """A report on a part; ``states`` maps the provider's words to names of DeliveryState."""

    states: dict[str, str]


Kind = Literal["attachment", "sticker", "join", "leave"]
"""What people send or do besides writing."""
Lack = Literal[Kind, "throttled", "refused", "misconfigured", "opted_out"]
"""Cases that a channel may be without, if it says why."""


class Sample(Place):
    """One whole request and what it must become; ``kind`` says what it shows, if one of the named kinds."""

    id: str
    kind: Kind | None = None
    body: str = ""
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    messages: list[dict[str, Any]] = []
    receipts: list[dict[str, Any]] = []
    signs: list[dict[str, Any]] | None = None
    event: str | None = None
    alert: bool = False


class Change(Place):
    """What differs from an authentic request."""

    id: str
    body: str | None = None
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    query: dict[str, str] = {}


class Answer(_Table):
    """What the provider answers to a send."""

    status: int = 200
    headers: dict[str, str] = {}
    body: str = ""
    hang: bool = False


class Sent(Answer):
    """An answer that means *sent*, and the id in it."""

    provider_id: str


class Fault(Answer):
    """An answer that means *not sent*, and the SendError that it must become."""

    id: str
    error: str
    after: float | tuple[float, float] | None = None


class Written(_Table):
    """What is sent to try a channel: to whom, and in which template, where words alone cannot go."""

    user: str = ""
    form: str = ""
    values: dict[str, str] = {}


class Double(_Table):
    """The provider's side of sending. ``setting`` are the keys that take its address; ``token``: somebody has logged in
    and got it."""

    setting: str | list[str]
    token: str = ""
    sent: Sent
    faults: list[Fault] = []


class Cases(_Table):
    """Everything that one channel's file says."""

    secrets: list[str]
    account: dict[str, Any]
    lacks: dict[Lack, str] = {}
    request: Request | None = None
    message: Template | None = None
    choice: Template | None = None
    receipt: ReceiptTemplate | None = None
    samples: list[Sample] = []
    unreadable: list[Change] = []
    forgeries: list[Change] = []
    part: Written = Written()
    double: Double | None = None

    @property
    def user(self) -> str:
        """Whom the cases are about."""
        return self.part.user or (self.message.user if self.message else "")

    @property
    def settings_of_double(self) -> list[str]:
        """The account's keys that take the address of the double."""
        if self.double is None:
            return []
        return [self.double.setting] if isinstance(self.double.setting, str) else self.double.setting


def load_cases(module: str) -> Cases:
    """The cases of the channel in ``gateway/channels/<module>.py``."""
    return Cases.model_validate(tomllib.loads((FOLDER / f"{module}.toml").read_text(encoding="utf-8")))
