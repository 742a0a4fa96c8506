"""What the double answers instead of doing what it was asked, and what it remembers of that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
}


class ApiError(Exception):
    """An answer with ``ok: false``. ``rule`` is its line in docs/telegram-contract.md.

    ``foreseeable``: the client could have known, so that it is a violation and not only a refusal.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        *,
        rule: str,
        foreseeable: bool = True,
        parameters: Mapping[str, int] | None = None,
    ) -> None:
        prefix = _PREFIXES[status]
        super().__init__(f"{prefix}: {reason}" if reason else prefix)
        self.status, self.rule, self.foreseeable, self.parameters = status, rule, foreseeable, dict(parameters or {})

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that the client gets."""
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": str(self)}
        return {**body, "parameters": self.parameters} if self.parameters else body


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A call that broke the rule ``rule``, or met a state that the rule describes (blocked by the person, say).

    ``status`` is 200 where Telegram shows itself tolerant though its documentation is not. ``at`` is in seconds of the
    double's own clock; ``detail`` is the description that was answered.
    """

    rule: str
    method: str
    chat_id: int | None
    status: int
    detail: str
    at: float
