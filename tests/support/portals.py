"""A client that is given its answers, for tests of how a portal reads them."""

import json
from collections.abc import Mapping

from gateway.portal import BODY, Answer, Entry, Offline, read_source, silent


class Told(Offline):
    """The :class:`gateway.portal.Client` to whom ``answers`` by address are all there is, asked by GET or POST."""

    def __init__(self, answers: Mapping[str, object], *, headers: Mapping[str, str] | None = None) -> None:
        self._answers, self._headers = answers, headers or {}
        self.asked: list[str] = []

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,  # noqa: ARG002 – all that is told stands under the address
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
        limit: int = BODY,  # noqa: ARG002
    ) -> Answer:
        """The answer of ``url``, 404 when there is none."""
        self.asked.append(url)
        if url not in self._answers:
            return Answer(status=404, url=url)
        told = self._answers[url]
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return Answer(status=200, url=url, headers=self._headers, body=body)


async def read_told(source: str, client: Told, *, province: str = "hue") -> list[Entry]:
    """Every entry of ``source`` as ``client`` is told it."""
    portal, request = read_source(source, province=province)
    return [entry async for entry in portal.fetch(request, client, silent)]
