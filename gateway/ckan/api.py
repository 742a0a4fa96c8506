"""One call of CKAN's action API, and what its answer means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.errors import TracuuError
from gateway.portal import Answer, Client, PortalError
from gateway.portal_trouble import refuse_page

_LONGEST = 200  # characters of a portal's own words that are repeated


class RefusedError(TracuuError):
    """CKAN itself says no: with this ``status``, and what it calls the error (may be empty)."""

    def __init__(self, sentence: str, *, status: int, kind: str) -> None:
        super().__init__(sentence)
        self.status, self.kind = status, kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API of the portal at ``base``, without a slash at its end."""

    base: str
    client: Client

    async def call(self, action: str, params: Mapping[str, str], *, printed: bool = False) -> Any:
        """The ``result`` of ``action``. ``printed``: numbers are texts, as they stand in the answer.

        Raises RefusedError when CKAN says no, PortalError when whatever answered is not CKAN or not whole.
        """
        answer = await self.client.get(f"{self.base}/api/3/action/{action}", params=params)
        return read_result(answer, action, printed=printed)


def read_result(answer: Answer, action: str, *, printed: bool = False) -> Any:
    """The ``result`` in ``answer``: status, then kind of content, then ``success`` are looked at. Raises as above."""
    refuse_page(answer)
    document = _parse(answer, action, printed=printed)
    if answer.status == 200 and isinstance(document, Mapping) and document.get("success") is True:
        if "result" not in document:
            raise PortalError(f"the portal's answer to {action} has no result: it does not speak as CKAN does")
        return document["result"]
    if answer.status == 200 and not (isinstance(document, Mapping) and document.get("success") is False):
        raise PortalError(
            f"the portal's answer to {action} is not that of CKAN: check that it runs CKAN at this address"
        )
    kind, sentence = _refusal(document)
    if not sentence:
        raise PortalError(
            f"the portal refuses {action} with HTTP {answer.status} and without a reason that CKAN would give"
        )
    raise RefusedError(
        f"the portal refuses {action} (HTTP {answer.status}): {sentence}", status=answer.status, kind=kind
    )


def _parse(answer: Answer, action: str, *, printed: bool) -> Any:
    numbers: dict[str, Any] = {"parse_int": str, "parse_float": str} if printed else {}
    try:
        return json.loads(answer.body, **numbers)
    except (ValueError, RecursionError):
        if answer.status == 200:
            sentence = f"the portal's answer to {action} is cut off or no JSON: trying again later may help"
        else:
            sentence = f"the portal fails at {action} (HTTP {answer.status}): ask whoever runs it if that stays so"
        raise PortalError(sentence) from None


def _refusal(document: Any) -> tuple[str, str]:
    """Kind and sentence of an error in one of the shapes that CKAN gives; both empty for any other shape."""
    if isinstance(document, str):
        return "", _short(document)
    error = document.get("error") if isinstance(document, Mapping) and document.get("success") is False else None
    if isinstance(error, str):
        return "", _short(error)
    if not isinstance(error, Mapping):
        return "", ""
    kind = str(error.get("__type", ""))
    message = error.get("message")
    if not isinstance(message, str):
        message = "; ".join(f"{field}: {_words(told)}" for field, told in error.items() if field != "__type")
    return kind, _short(message or kind)


def _words(told: Any) -> str:
    return ", ".join(map(str, told)) if isinstance(told, list) else str(told)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
