"""SMS through a Kannel: a short code that several share by keywords, and what each part costs."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Callable

from aiohttp import web
from yarl import URL

from simulator.kannel.segments import cut
from simulator.kannel.sendsms import PATH, SendSms, Sms, running_sendsms
from simulator.kannel.smsbox import ACCEPTED, DELIVERED, Errand, Smsbox
from simulator.stage.gate import Gate, open_gate
from simulator.stage.line import Bubble, Json, Line, Phone, Surroundings, now_ms
from simulator.stage.relay import Crossing
from simulator.stage.trouble import NonsenseError, Trouble, fate

NAME = "sms"
NUMBER, KEYWORD = "8179", "DL"
LONGEST = 255
"""Parts that one text may have: the header that joins them counts in one octet."""
STEP_SECONDS = 0.4
_BITS = {"sent": ACCEPTED, "delivered": DELIVERED}


class SmsLine(Line):
    """The short code 8179 with the keyword DL."""

    name = NAME
    controls = ("down", "slow", "busy", "silent", "receipts")

    def __init__(self, *, gate: Gate, sendsms: SendSms, smsbox: Smsbox, sendsms_url: str, front: str) -> None:
        self._gate, self._sendsms, self._smsbox = gate, sendsms, smsbox
        self._sendsms_url, self._front = sendsms_url, front
        self._phones: dict[str, Phone] = {}
        self._errands: dict[str, Errand] = {}
        sendsms.watchers.append(self._arrive)

    @property
    def trouble(self) -> Trouble:
        """How it fares."""
        return self._gate.trouble

    def account(self) -> Json:
        return {
            "channel": "kannel",
            "account": NUMBER,
            "number": NUMBER,
            "keyword": KEYWORD,
            "sendsms_url": self._sendsms_url,
            "username": self._sendsms.username,
            "password": self._sendsms.password,
            "token": self._smsbox.token,
            "hook_url": self._front,
        }

    def connect(self) -> None:
        """Kannel needs to be told nothing."""

    def join(self, phone: Phone, number: int) -> None:
        phone.address = f"0912{number:06}"
        self._phones[f"84{phone.address[1:]}"] = phone

    async def say(self, phone: Phone, text: str) -> None:
        words = text.split(maxsplit=1)
        if not words:
            raise NonsenseError("an empty text is not sent")
        routed = text if words[0].upper() == KEYWORD else f"{KEYWORD} {text}"
        parts = cut(routed)
        if parts.segments > LONGEST:
            raise NonsenseError(f"a phone sends at most {LONGEST} parts")
        errand = self._smsbox.bring(f"84{phone.address[1:]}", routed)
        bubble = _bubble(f"mo{len(phone.bubbles)}", routed, mine=True)
        self._errands[f"{phone.id}:{bubble.id}"] = errand
        phone.bubbles.append(bubble)

    async def press(self, phone: Phone, message: str, data: str) -> None:
        raise NonsenseError(f"{phone.line} has no buttons: {message!r} {data!r}"[:200])

    async def act(self, phone: Phone, action: str) -> None:
        raise NonsenseError(f"{phone.line} has no such action: {action!r}"[:200])

    def look(self, phone: Phone) -> Json:
        for bubble in phone.bubbles:
            errand = self._errands.get(f"{phone.id}:{bubble.id}")
            if errand is not None:
                bubble.state = "taken" if errand.done else "waiting" if errand.status is None else "refused"
        segments = {"into": 0, "out": 0}
        for bubble in phone.bubbles:
            segments["into" if bubble.mine else "out"] += bubble.meta["segments"]
        return {"messages": [bubble.as_json() for bubble in phone.bubbles], "actions": [], "segments": segments}

    def picture(self, name: str) -> bytes | None:  # noqa: ARG002 – an SMS has none
        return None

    async def suffer(self, trouble: Trouble) -> None:
        await self._gate.suffer(trouble)

    def _arrive(self, sms: Sms) -> None:
        phone = self._phones.get(sms.to)
        if phone is None:
            return
        bubble = _bubble(f"mt{len(phone.bubbles)}", sms.text, mine=False)
        bubble.state = "unknown" if self.trouble.silent else "lost" if self.trouble.receipts == "lost" else "sent"
        phone.bubbles.append(bubble)
        if not sms.reports_to:
            return
        for after, stage in fate(self.trouble.receipts, ("sent", "delivered"), step=STEP_SECONDS):
            self._smsbox.report(sms.reports_to, _BITS[stage], after=after + STEP_SECONDS, told=_teller(bubble, stage))


def _teller(bubble: Bubble, stage: str) -> Callable[[], None]:
    def tell() -> None:
        if bubble.state != "delivered":
            bubble.state = stage

    return tell


def _bubble(identity: str, text: str, *, mine: bool) -> Bubble:
    parts = cut(text)
    meta = {"encoding": parts.encoding, "units": parts.units, "segments": parts.segments}
    return Bubble(id=identity, mine=mine, text=text, at=now_ms(), state="waiting", parts=parts.texts, meta=meta)


def _judge(crossing: Crossing) -> tuple[str, str, bool]:
    return "sendsms", f"{crossing.status} {crossing.body.decode('latin-1')}".strip(), crossing.status == 202


def _refuse(_request: web.Request) -> web.Response:
    return web.Response(status=503, text="Temporal failure, try again later.", content_type="text/html")


@contextlib.asynccontextmanager
async def open_line(surroundings: Surroundings) -> AsyncIterator[SmsLine]:
    """The line as long as the block lasts."""
    async with running_sendsms() as sendsms, open_gate(NAME, surroundings, judge=_judge, refuse=_refuse) as gate:
        sendsms.username, sendsms.password = "simulate", secrets.token_urlsafe(16)
        smsbox = Smsbox(
            session=surroundings.session,
            hook=f"{surroundings.front}/hooks/kannel/{NUMBER}",
            token=secrets.token_urlsafe(16),
            number=NUMBER,
        )
        url = await gate.add(str(URL(sendsms.url).origin()))
        try:
            yield SmsLine(
                gate=gate, sendsms=sendsms, smsbox=smsbox, sendsms_url=f"{url}{PATH}", front=surroundings.front
            )
        finally:
            await smsbox.stop()
