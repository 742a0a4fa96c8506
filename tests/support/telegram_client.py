"""A client of the Bot API without any manners: it calls whatever it is told to."""

import io
from dataclasses import dataclass
from typing import Any

import aiohttp
from PIL import Image

from simulator.telegram.double import TelegramDouble
from simulator.telegram.world import Person


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]

    @property
    def says(self) -> str:
        """The description of an error."""
        return str(self.body.get("description", ""))

    @property
    def result(self) -> Any:
        """The result. Raises KeyError when the call was refused."""
        return self.body["result"]


@dataclass(frozen=True, kw_only=True)
class Client:
    """Calls the methods of ``double``'s first bot, by default for ``person``."""

    double: TelegramDouble
    session: aiohttp.ClientSession
    person: Person

    async def call(self, method: str, *, token: str = "", data: Any = None, **params: Any) -> Answer:
        """Call ``method`` with ``params`` as JSON, or with ``data`` as it is."""
        url = f"{self.double.url}/bot{token or self.double.bot.token}/{method}"
        sent = {"json": params} if data is None else {"data": data}
        async with self.session.post(url, **sent) as response:
            return Answer(status=response.status, body=await response.json())

    async def tell(self, text: str = "chào", **params: Any) -> Answer:
        """Send a message."""
        return await self.call("sendMessage", **{"chat_id": self.person.id, "text": text, **params})

    async def show(self, file: bytes, *, chat_id: int = 0, **params: str) -> Answer:
        """Send ``file`` as a photo."""
        form = aiohttp.FormData()
        form.add_field("photo", io.BytesIO(file), filename="chart.png", content_type="application/octet-stream")
        for name, value in {"chat_id": str(chat_id or self.person.id), **params}.items():
            form.add_field(name, value)
        return await self.call("sendPhoto", data=form)


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    """A picture of that size."""
    written = io.BytesIO()
    Image.new("L", (width, height)).save(written, kind)
    return written.getvalue()
