"""Handsets behind a Kannel: what they write comes by the hook, called as smsbox calls it."""

import re
from dataclasses import dataclass
from typing import Any

import aiohttp

from simulator.kannel.sendsms import PASSWORD, USERNAME

CHANNEL, NUMBER, KEYWORD = "kannel", "8179", "DL"
LONGEST = 600
"""Characters that a handset joins to one message; with diacritics these are nine parts."""
_TOKEN = "the-word-of-the-hooks"  # noqa: S105 – it opens nothing
_AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError)


def kannel_account(sendsms_url: str, *, rate: float | None = None) -> str:
    """The shared number as it stands in a settings file."""
    return f"""
[[accounts]]
channel = "{CHANNEL}"
account = "{NUMBER}"
keyword = "{KEYWORD}"
number = "{NUMBER}"
sendsms_url = "{sendsms_url}"
username = "{USERNAME}"
password = "{PASSWORD}"
token = "{_TOKEN}"
{f"rate = {rate}" if rate else ""}
"""


@dataclass(slots=True, kw_only=True)
class Phone:
    """Somebody with a mobile phone; ``number`` as the carrier writes it."""

    number: str

    async def post(self, http: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> int | None:
        """Write one message, with the keyword; the status, None when nobody answered."""
        query = {
            "from": self.number,
            "to": NUMBER,
            "text": routed(body["text"])[:LONGEST],
            "charset": "UTF-8",
            "id": body["id"],
            "token": _TOKEN,
        }
        try:
            async with http.get(f"{url}/hooks/{CHANNEL}/{NUMBER}", params=query) as answer:
                return answer.status
        except _AWAY:
            return None


def routed(text: str) -> str:
    """``text`` as a carrier hands it to us: it holds the keyword."""
    return text if re.search(rf"\b{KEYWORD}\b", text, re.IGNORECASE) else f"{KEYWORD} {text}".strip()


def phone(place: int) -> Phone:
    """The ``place``-th phone of a crowd; nobody has this number."""
    return Phone(number=f"8491{place:07}")
