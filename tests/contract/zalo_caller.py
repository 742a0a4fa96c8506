"""A client of the Zalo double without any mind of its own: it calls as it is told, rightly unless told otherwise."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from simulator.zalo.double import BY_PHONE, BY_UID, CS, REFRESH, Zalo
from simulator.zalo.oauth import challenge_of
from simulator.zalo.world import APP_ID, APP_SECRET, Parameter, Template

UID = "7293648105738264910"
PHONE = "84900000001"
VERIFIER = "v" * 43
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
GIF = b"GIF89a" + bytes(64)
TEMPLATE = "204871"
BY_PHONE_ONLY = "204872"
NOT_APPROVED = "204873"
DATA = {"name": "Cán bộ đầu mối 01", "due": "30/11/2026"}
Answer = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A rule, a call that breaks it, the error that it is answered with (None: OAuth's shape), and one that keeps it."""

    rule: str
    what: str
    wrong: Callable[["Caller"], Awaitable[Answer]]
    code: int | None
    right: Callable[["Caller"], Awaitable[Answer]]


@dataclass(kw_only=True)
class Caller:
    """Calls ``zalo``; every method gives the JSON of the answer."""

    zalo: Zalo
    session: aiohttp.ClientSession

    def arrange(self) -> None:
        """One person who has just written, one admin, three templates, a consent page."""
        self.zalo.interact(UID)
        self.zalo.world.admins.add("84900000009")
        self.zalo.app.callback, self.zalo.app.challenge = "https://tracuu.example/zalo", challenge_of(VERIFIER)
        slots = {"name": Parameter(length=30), "due": Parameter(length=20, kind="DATE")}
        for template_id, status, by_uid in (
            (TEMPLATE, "ENABLE", True),
            (BY_PHONE_ONLY, "ENABLE", False),
            (NOT_APPROVED, "PENDING_REVIEW", True),
        ):
            self.zalo.add_template(
                Template(template_id=template_id, name="Nhắc hạn", parameters=slots, status=status, by_uid=by_uid)
            )

    async def post(
        self, path: str, body: object, *, base: str = "", headers: Mapping[str, str] | None = None, **how: Any
    ) -> Answer:
        """A JSON body with the living token."""
        wanted = {"access_token": self.zalo.tokens().access} if headers is None else headers
        how = how or {"json": body}
        async with self.session.post((base or self.zalo.api_base) + path, headers=wanted, **how) as response:
            answer: Answer = await response.json()
            return answer

    async def get(self, path: str, params: Mapping[str, str], *, base: str = "") -> Answer:
        """A query with the living token."""
        headers = {"access_token": self.zalo.tokens().access}
        address = (base or self.zalo.api_base) + path
        async with self.session.get(address, params=params, headers=headers) as response:
            answer: Answer = await response.json()
            return answer

    async def cs(self, message: object, *, uid: object = UID, headers: Mapping[str, str] | None = None) -> Answer:
        """A consultation message."""
        return await self.post(CS, {"recipient": {"user_id": uid}, "message": message}, headers=headers)

    async def payload(self, payload: object, *, kind: str = "template") -> Answer:
        """A message with an attachment."""
        return await self.cs({"attachment": {"type": kind, "payload": payload}})

    async def media(self, **element: object) -> Answer:
        """A message with one media element."""
        return await self.payload({"template_type": "media", "elements": [element]})

    async def upload(self, kind: str, name: str, content: bytes, *, field: str = "file") -> Answer:
        """A file in a form."""
        form = aiohttp.FormData()
        form.add_field(field, io.BytesIO(content), filename=name)
        return await self.post(f"/v2.0/oa/upload/{kind}", None, data=form)

    async def uploaded(self, kind: str, name: str, content: bytes) -> str:
        """The id or token of a fresh upload."""
        data: dict[str, str] = (await self.upload(kind, name, content))["data"]
        return data.get("attachment_id") or data["token"]

    async def by_phone(self, **fields: object) -> Answer:
        """A template by phone; None leaves a field out."""
        body = {"phone": PHONE, "template_id": TEMPLATE, "template_data": DATA, "tracking_id": "t-1", **fields}
        body = {key: value for key, value in body.items() if value is not None}
        return await self.post(BY_PHONE, body, base=self.zalo.template_base)

    async def by_uid(self, **fields: object) -> Answer:
        """A template by user id."""
        return await self.post(BY_UID, {"user_id": UID, "template_id": TEMPLATE, "template_data": DATA, **fields})

    async def token(self, fields: Mapping[str, str], *, headers: Mapping[str, str] | None = None, **how: Any) -> Answer:
        """A call of the token address."""
        wanted = {"secret_key": APP_SECRET} if headers is None else headers
        how = how or {"data": fields}
        async with self.session.post(self.zalo.oauth_base + REFRESH, headers=wanted, **how) as response:
            assert response.status == 200
            answer: Answer = await response.json()
            return answer

    async def refresh(self, **fields: str) -> Answer:
        """The refresh of the living pair."""
        return await self.token(refresh_fields(self, **fields))

    async def redeem(self, code: str, *, verifier: str = VERIFIER) -> Answer:
        """A code for a pair."""
        fields = {"code": code, "app_id": APP_ID, "grant_type": "authorization_code", "code_verifier": verifier}
        return await self.token(fields)

    async def consent(self, **query: str) -> Answer:
        """The consent page: what it gives to the callback, or its error."""
        asked = {"app_id": APP_ID, "redirect_uri": self.zalo.app.callback, "state": "s"}
        asked |= {"code_challenge": self.zalo.app.challenge, **query}
        address = f"{self.zalo.oauth_base}/v4/oa/permission"
        async with self.session.get(address, params=asked, allow_redirects=False) as response:
            if response.status == 302:
                return {"location": response.headers["Location"]}
            answer: Answer = await response.json()
            return answer

    async def many(self, number: int) -> Answer:
        """``number`` messages at once; the answer to one that was refused, else to any."""
        answers = await asyncio.gather(*(self.cs({"text": "x"}) for _ in range(number)))
        return min(answers, key=lambda answer: answer["error"])


def refresh_fields(caller: Caller, **fields: str) -> dict[str, str]:
    """The fields of a refresh of the living pair."""
    token = caller.zalo.tokens().refresh
    return {"refresh_token": token, "app_id": APP_ID, "grant_type": "refresh_token", **fields}
