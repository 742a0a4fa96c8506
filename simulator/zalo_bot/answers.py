"""What the double answers instead of doing what it was asked, and what it remembers of that."""

from dataclasses import dataclass
from typing import Any


class ApiError(Exception):
    """An answer with ``ok: false``. ``rule`` is its line in docs/zalo-bot-contract.md.

    ``foreseeable``: the client could have known, so that it is a violation and not only a refusal.
    """

    def __init__(self, code: int, description: str, *, rule: str, foreseeable: bool = True) -> None:
        super().__init__(description)
        self.code, self.rule, self.foreseeable = code, rule, foreseeable

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that the client gets."""
        return {"ok": False, "error_code": self.code, "description": str(self)}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A call that broke the rule ``rule``; ``code`` is 0 where the provider lets it pass. Holds no text of anybody."""

    rule: str
    method: str
    code: int
    detail: str
