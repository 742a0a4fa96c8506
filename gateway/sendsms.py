"""The ``sendsms`` interface of Kannel 1.4 (user guide, chapter 6) and what its answers mean for us."""

from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from gateway.errors import MisconfiguredError, OutcomeUnknownError, RefusedError, SendError, UnreachableError
from gateway.outbound import read_body

_MAX_ANSWER = 1000

_MEANINGS: tuple[tuple[int, str, type[SendError], str], ...] = (
    (202, "Denied receivers", RefusedError, "Kannel's lists deny this receiver"),
    (400, "Sender missing", MisconfiguredError, "Kannel wants a sender: set number"),
    (400, "DLR-URL", MisconfiguredError, "Kannel does not take the address for reports: check hook_url"),
    (400, "receiver number", RefusedError, "Kannel does not take the receiver's number"),
    (400, "Number(s) has/have been denied", RefusedError, "Kannel's lists deny this receiver"),
    (400, "misformed", RefusedError, "Kannel cannot read the text"),
    (401, "", MisconfiguredError, "username or password is wrong"),
    (403, "Not routable", RefusedError, "no link of Kannel takes this number"),
    (403, "", MisconfiguredError, "username or password is wrong, or Kannel does not know this machine"),
    (404, "", MisconfiguredError, "sendsms_url is not the address of sendsms"),
    (405, "", MisconfiguredError, "sendsms_url is not the address of sendsms"),
    (407, "", MisconfiguredError, "the proxy before Kannel wants a name and a password"),
    (429, "", UnreachableError, "what stands before Kannel asks to wait"),
    (503, "", UnreachableError, "Kannel's queue is full"),
)
"""Status, words in the answer, and what both together mean; the first that fits counts."""


async def send_sms(session: aiohttp.ClientSession, sendsms_url: str, parameters: Mapping[str, str]) -> None:
    """Give one message to Kannel; returns when Kannel has taken it. Raises SendError.

    A GET, the one form that every gateway of this kind takes; a text of two parts is far below any limit of an address.
    The password stands in that address, so no error quotes it.
    """
    address = URL(f"{sendsms_url}?{urlencode(parameters)}", encoded=True)
    try:
        async with session.get(address, allow_redirects=False) as response:
            _judge(response.status, (await read_body(response, _MAX_ANSWER)).decode("utf-8", "replace"))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
        raise UnreachableError("Kannel cannot be reached") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise OutcomeUnknownError("the request left, no answer came") from error


def _judge(status: int, answer: str) -> None:
    """Return when the message was taken, else raise what ``answer`` means. It may name a number, so it is never quoted.

    202 is Kannel's word for "taken", whatever follows. A refusal that we do not know concerns this request, so it ends
    in a dead letter that can be sent again and never holds up others. What Kannel does not say at all may come from
    something that stands before it, and behind that the message may have been taken.
    """
    for when, words, error, reason in _MEANINGS:
        if status == when and words in answer:
            raise error(reason)
    if status == 202:
        return
    if 300 <= status < 400:
        raise MisconfiguredError("sendsms_url leads elsewhere")
    if 400 <= status < 500:
        raise RefusedError(f"Kannel refused the message ({status})")
    raise OutcomeUnknownError(f"an answer that Kannel does not give ({status})")
