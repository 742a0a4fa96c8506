"""The API of PX-Web, version 1: what is asked, and what may come back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from yarl import URL

from gateway.portal import Answer, Client, PortalError
from gateway.pxweb.pace import Allowance, Pace

_PACES: dict[str, Pace] = {}
"""One for each PX-Web that this process asks: its limits hold for all its tables together."""
_REFUSED = frozenset({400, 403, 404, 410})


class RefusedError(PortalError):
    """PX-Web has no such folder or table, or does not answer that query; ``status`` is its HTTP code."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Api:
    """A PX-Web at ``base`` (``https://host/api/v1/vi``), asked no faster than it allows."""

    def __init__(self, base: str, client: Client) -> None:
        self.base = URL(base.rstrip("/"))
        self._client = client
        self._pace = _PACES.setdefault(str(self.base), Pace())

    @property
    def allowance(self) -> Allowance:
        """What is allowed, as far as it is known."""
        return self._pace.allowance

    @property
    def is_settled(self) -> bool:
        """Whether this process has asked what is allowed."""
        return self._pace.is_settled

    async def settle(self) -> None:
        """Ask what is allowed. A PX-Web that does not say is taken to allow what it is delivered with."""
        async with self._pace.turn():
            answer = await self._client.get(f"{self.base}/?config")
        printed = _read(answer) if answer.status == 200 else {}
        if isinstance(printed, Mapping):
            usual = Allowance()
            self._pace.allowance = Allowance(
                cells=_count(printed.get("maxCells"), usual.cells),
                calls=_count(printed.get("maxCalls"), usual.calls),
                seconds=_seconds(printed.get("timeWindow"), usual.seconds),
            )
        self._pace.is_settled = True

    def address(self, path: Sequence[str]) -> str:
        """Where ``path`` – database, folders, table – is asked for."""
        return str(self.base.joinpath(*path)) if path else f"{self.base}/"

    async def listing(self, path: Sequence[str]) -> list[Mapping[str, Any]]:
        """The databases, or what a database or folder holds. Raises RefusedError, PortalError."""
        printed = await self._ask(path)
        if not isinstance(printed, list):
            raise PortalError(f"PX-Web lists nothing at {_shown(path)}: the answer is no list")
        return [item for item in printed if isinstance(item, Mapping)]

    async def description(self, path: Sequence[str]) -> Mapping[str, Any]:
        """What a table says of itself. Raises RefusedError, PortalError."""
        printed = await self._ask(path)
        if not isinstance(printed, Mapping) or not isinstance(printed.get("variables"), list):
            raise RefusedError("PX-Web does not say which variables the table has", 200)
        return printed

    async def query(self, path: Sequence[str], question: object) -> Mapping[str, Any]:
        """The cells of a table that ``question`` selects. Raises RefusedError, PortalError."""
        async with self._pace.turn():
            answer = await self._client.post(self.address(path), question)
        _refuse(answer, path)
        printed = _read(answer)
        if not isinstance(printed, Mapping):
            raise PortalError(f"PX-Web gives no cells of {_shown(path)}")
        return printed

    async def _ask(self, path: Sequence[str]) -> object:
        async with self._pace.turn():
            answer = await self._client.get(self.address(path))
        _refuse(answer, path)
        return _read(answer)


def _refuse(answer: Answer, path: Sequence[str]) -> None:
    if answer.status in _REFUSED:
        reason = "the query asks for too much" if answer.status == 403 else "there is no such folder or table"
        raise RefusedError(f"PX-Web refuses {_shown(path)} (HTTP {answer.status}): {reason}", answer.status)
    if answer.status != 200:
        raise PortalError(f"PX-Web answers {_shown(path)} with HTTP {answer.status}")


def _read(answer: Answer) -> object:
    try:
        return json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        page = answer.body.lstrip()[:1] == b"<"
        what = "a web page" if page else "no whole JSON document"
        raise PortalError(f"{URL(answer.url).host} answers with {what} where PX-Web was expected") from error


def _shown(path: Sequence[str]) -> str:
    return "/".join(path) or "the list of databases"


def _count(printed: object, usual: int) -> int:
    return printed if isinstance(printed, int) and printed > 0 else usual


def _seconds(printed: object, usual: float) -> float:
    return min(float(printed), 3600.0) if isinstance(printed, (int, float)) and printed > 0 else usual
