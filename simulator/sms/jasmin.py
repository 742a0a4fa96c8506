"""Jasmin's HTTP API: ``/send``, forms for people's words and receipts that want exactly ``ACK/Jasmin``."""

import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from simulator.sms.call import Answer, Call, Refusal, Sent
from simulator.sms.courier import Heard, Post
from simulator.sms.phone import in_plain, international, is_plain
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

ACK = "ACK/Jasmin"
CODINGS = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "13", "14"}
KNOWN = frozenset(
    {"to", "from", "coding", "username", "password", "priority", "sdt", "validity-period", "dlr", "dlr-url"}
    | {"dlr-level", "dlr-method", "tags", "content", "hex-content", "custom_tlvs"}
)


@dataclass(kw_only=True)
class Jasmin(Provider):
    """The double. ``routed``: there is a way to the person's carrier."""

    username: str = "jasmin-user"
    password: str = "jasmin-pass"  # noqa: S105 – it opens nothing
    routed: bool = True
    usual: tuple[str, ...] = ("ESME_ROK", "DELIVRD")
    message_waits: tuple[timedelta, ...] = (timedelta(seconds=30),) * 3
    report_waits: tuple[timedelta, ...] = (timedelta(seconds=30),) * 3

    def busy(self) -> Answer:
        """A user's throughput is exceeded."""
        return _error("User throughput exceeded", 403)

    def act(self, call: Call) -> Answer:
        """Send."""
        fields = call.parameters
        if call.path != "/send":
            raise Refusal("A110", Answer(body="No Such Resource", status=404, content_type="text/html"))
        for name in ("username", "password", "to"):
            if not fields.get(name):
                raise Refusal("A111", _error(f"Mandatory argument [{name}] is not found.", 400))
        if unknown := sorted(set(fields) - KNOWN):
            raise Refusal("A112", _error(f"Argument [{unknown[0]}] is unknown.", 400))
        if (fields["username"], fields["password"]) != (self.username, self.password):
            raise Refusal("A113", _error(f"Authentication failure for username:{fields['username']}", 403))
        self._check_reports(fields)
        text = self._text(fields)
        if not self.routed:
            raise Refusal("", _error("No route found", 412))
        wants = fields.get("dlr") == "yes"
        sent = self.take(
            to=international(fields["to"]),
            text=text,
            sender=fields.get("from", ""),
            reports_to=fields.get("dlr-url", "") if wants else "",
            key=f"{fields.get('dlr-level', '')}:{fields.get('dlr-method', '')}",
            message_id=str(uuid.UUID(int=int(self.new_id("{:d}")))),
        )
        return Answer(body=f'Success "{sent.id}"', content_type="text/html")

    def _check_reports(self, fields: dict[str, str]) -> None:
        if fields.get("dlr") != "yes":
            return
        if fields.get("dlr-level") not in {"1", "2", "3"}:
            raise Refusal("A114", _error("Argument [dlr-level] has an invalid value.", 400))
        if fields.get("dlr-method", "").upper() not in {"GET", "POST"}:
            raise Refusal("A114", _error("Argument [dlr-method] has an invalid value.", 400))
        if not fields.get("dlr-url", "").startswith(("http://", "https://")):
            raise Refusal("A114", _error("Argument [dlr-url] has an invalid value.", 400))

    def _text(self, fields: dict[str, str]) -> str:
        coding = fields.get("coding", "0")
        if coding not in CODINGS:
            raise Refusal("A115", _error(f"Argument [coding] has an invalid value: [{coding}].", 400))
        if "hex-content" in fields:
            try:
                raw = bytes.fromhex(fields["hex-content"])
            except ValueError:
                raise Refusal("A116", _error("Invalid hex-content data", 400)) from None
            return raw.decode("utf-16-be" if coding == "8" else "latin-1", "replace")
        if "content" not in fields:
            raise Refusal("A111", _error("content or hex-content not present.", 400))
        text = fields["content"]
        if coding == "0" and not is_plain(text):
            self.breach("A117", "/send")
            text = in_plain(text)
        return text

    def message(self, person: str, text: str) -> Post:
        """A person's words."""
        form = {
            "id": str(uuid.UUID(int=10**9 + int(self.new_id("{:d}")))),
            "from": person.removeprefix("+"),
            "to": self.number,
            "origin-connector": "viettel",
            "priority": "1",
            "coding": "0" if is_plain(text) else "8",
            "validity": "none",
            "content": text,
        }
        return _form(self.hook, form)

    def receipt(self, sent: Sent, state: str) -> Post | None:
        """A receipt: of the message centre (``ESME_…``, level 1) or of the handset (level 2), as it was asked for."""
        level, _, method = sent.key.partition(":")
        mine = "1" if state.startswith("ESME_") else "2"
        if not sent.reports_to or level not in {mine, "3"}:
            return None
        form = {"id": sent.id, "message_status": state, "level": mine}
        if mine == "2":
            moment = f"{self.clock():%y%m%d%H%M}"
            form |= {"id_smsc": sent.id[-4:], "sub": "001", "dlvrd": "001", "subdate": moment, "donedate": moment}
            form |= {"err": "000", "text": sent.text[:20]}
        if method.upper() == "GET":
            joint = "&" if "?" in sent.reports_to else "?"
            return Post(method="GET", url=f"{sent.reports_to}{joint}{urlencode(form)}")
        return _form(sent.reports_to, form)

    def hears(self, heard: Heard) -> bool:
        """Exactly those ten characters."""
        return self._is_acknowledged(heard, "the answer to a person's words")

    def hears_receipt(self, heard: Heard) -> bool:
        """The same for a receipt."""
        return self._is_acknowledged(heard, "the answer to a receipt")

    def _is_acknowledged(self, heard: Heard, where: str) -> bool:
        if heard.status == 200 and heard.body == ACK:
            return True
        if heard.status is not None:
            self.breach("A118", where)
        return False


def _error(sentence: str, status: int) -> Answer:
    return Answer(body=f'Error "{sentence}"', status=status, content_type="text/html")


def _form(hook: str, form: dict[str, str]) -> Post:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Post(url=hook, headers=headers, body=urlencode(form).encode())


@contextlib.asynccontextmanager
async def running_jasmin(
    *, hook: str = "", clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[Jasmin]:
    """Jasmin on a free port, as long as the block lasts."""
    async with running(Jasmin, hook=hook, clock=clock, speed=speed, patience=patience) as jasmin:
        yield jasmin
