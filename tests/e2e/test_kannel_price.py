"""What was foreseen is what the message centre gets: texts of every kind by the shipped Kannel and its SMPP link."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.core.messages import Address, Reply
from bot.core.price import foresee
from bot.store.engine import Store
from bot.wording.speech import Speech
from gateway.channel import Part, Wire
from gateway.channels.kannel import CHANNEL, KannelAccount
from gateway.forms import SMS
from gateway.render import render
from tests.support.kannel import PASSWORD, SMPP_PASSWORD, TOKEN, Kannel, running_kannel
from tests.support.odd_texts import odd_texts
from tests.support.smpp import running_centre
from tests.support.talk import SHARED, content

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
NUMBER = "849{:06}05"
"""To the message centre: one that it never reports on."""
TEXTS = 200
SPEECH = Speech(content=content(), language="vi", account=SHARED)
SECONDS = 60


def answers() -> list[str]:
    """What we would send of texts of every kind, half of them to people who want diacritics."""
    rendered = [
        render(Reply(text=text, brief=text), SMS, SPEECH, accents=bool(place % 2))[0].text
        for place, text in enumerate(odd_texts(2 * TEXTS, seed=4))
    ]
    return [text for text in rendered if text.strip()][:TEXTS]


async def test_every_text_arrives_in_the_parts_that_were_foreseen(tmp_path: Path, store: Store) -> None:
    texts = answers()
    async with running_centre(SMPP_PASSWORD) as centre, aiohttp.ClientSession() as session:
        faster = {"throughput = 10\n": "throughput = 1000\n"}
        kannel = Kannel(
            folder=tmp_path / "kannel",
            hook_url="http://127.0.0.1:9",
            link="smpp",
            smpp_port=centre.port,
            in_link=faster,
        )
        with running_kannel(kannel):
            await centre.until_bound()
            account = KannelAccount(
                channel="kannel",
                account="8179",
                sendsms_url=kannel.sendsms_url,
                username="tracuu",
                password=PASSWORD,
                token=TOKEN,
            )
            wire = Wire(store=store, session=session, clock=lambda: datetime.now(UTC))
            for place, text in enumerate(texts):
                to = Address(channel="kannel", account="8179", user="+" + NUMBER.format(place))
                await CHANNEL.send(Part(text=text), to, f"key-{place}", account, wire)
            foreseen = [foresee(text, each=None) for text in texts]
            async with asyncio.timeout(SECONDS):
                while len(centre.submitted) < sum(cost.segments for cost in foreseen):
                    await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)  # a part too many would come now
    assert {(cost.encoding, cost.segments) for cost in foreseen} == {("gsm7", 1), ("gsm7", 2), ("ucs2", 1), ("ucs2", 2)}
    for place, (text, cost) in enumerate(zip(texts, foreseen, strict=True)):
        parts = [part for part in centre.submitted if part.to == NUMBER.format(place)]
        assert (len(parts), {part.ucs2 for part in parts}) == (cost.segments, {cost.encoding == "ucs2"}), repr(text)
