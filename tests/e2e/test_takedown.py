"""A dataset is taken down while the service runs: from the return on nobody is shown it, in whatever process."""

import asyncio
import re
from pathlib import Path

import aiohttp
from sqlalchemy import select

from bot.store import takedown
from bot.store.engine import Store
from bot.store.tables import answers
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW
from tests.support.serving import Person, Serving, running

SECONDS = 60
FIGURE, GONE = "2.161.755", "không còn được cung cấp"


class Chat:
    """Somebody at the chat page."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url, self._person, self._sent = http, url, Person(name="an"), 0

    async def say(self, text: str) -> str:
        """Everything that is shown in answer to ``text``."""
        self._sent += 1
        await self._person.post(self._http, self._url, {"id": str(self._sent), "text": text})
        parts = await self._person.replies(self._http, self._url, expect=self._sent, seconds=SECONDS)
        part = parts[self._sent - 1]
        return " ".join([part["text"], *(choice["label"] for choice in part["choices"])])


async def dataset_of(store: Store, code: str) -> str:
    async with store.read() as connection:
        return str(await connection.scalar(select(answers.c.dataset).where(answers.c.code == code)))


@SQLITE_ONLY  # the store of takedowns is tested on both
async def test_from_the_return_of_a_takedown_on_nothing_of_the_dataset_is_shown(
    tmp_path: Path, engine_url: str, store: Store
):
    async with aiohttp.ClientSession() as http:
        with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
            chat = Chat(http, service.url)
            before = await chat.say("dân số Quảng Ngãi")
            assert FIGURE in before
            code = re.findall(r"Mã (\w+)", before)[0]
            dataset = await dataset_of(store, code)
            assert await takedown.hide(store, dataset, now=NOW)
            # nothing is waited for: the service is another process and may not know it yet
            for asked in ("dân số Quảng Ngãi", "biểu đồ", "dien tich cac tinh", code, f"mã {code}", f"biểu đồ {code}"):
                assert FIGURE not in (await chat.say(asked))
            assert GONE in await chat.say(f"mã {code}")
            assert GONE in await chat.say(f"báo sai {code}")
            assert GONE in await chat.say(f"theo dõi {code}")
            assert await takedown.unhide(store, dataset, now=NOW)
            assert await chat.say(code) == before
            while FIGURE not in await chat.say("dân số Quảng Ngãi"):
                await asyncio.sleep(0.1)
