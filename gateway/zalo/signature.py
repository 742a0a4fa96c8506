"""The proof that an event is Zalo's: SHA-256 over app id, the bytes of the body, its timestamp and the OA Secret Key.

No event is too old: Zalo tries again for an hour and more with the same bytes, and what comes twice is stored once.
"""

import hashlib
import hmac
import re

from pydantic import SecretStr

from gateway.channel import Hook
from gateway.errors import BadPayloadError, DroppedError
from gateway.zalo.diagnosis import Evidence, diagnose
from gateway.zalo.document import load, text_of
from gateway.zalo.settings import ZaloAccount

HEADER = "x-zevent-signature"
_FORM = re.compile(r"(?:mac=)?(?P<hex>[0-9a-f]{64})", re.IGNORECASE | re.ASCII)


def verify(hook: Hook, account: ZaloAccount) -> None:
    """Raises DroppedError unless ``hook`` was signed for the app of ``account`` with the OA Secret Key of ``account``.

    It carries a reason, and for a signature that is wrong in a known way a sentence on what to set right.
    """
    if account.oa_secret is None:
        raise DroppedError(
            "events are dropped until oa_secret is set: the console shows the OA Secret Key on the Webhook page once"
            " the address is saved there",
            reason="no_secret",
        )
    form = _FORM.fullmatch(hook.headers.get(HEADER, ""))
    if form is None:
        raise DroppedError("there is no signature, as in what the console posts to try an address", reason="unsigned")
    _compare(form["hex"].lower(), hook.body, account, account.oa_secret)


def _compare(given: str, body: bytes, account: ZaloAccount, secret: SecretStr) -> None:
    app, oa, timestamp = _claims(body)
    genuine = hmac.compare_digest(given, digest(account.app_id, body, timestamp, secret.get_secret_value()))
    if app not in ("", account.app_id):
        raise DroppedError("the event is for another app than app_id", reason="other_app")
    if not genuine:
        found = diagnose(Evidence(given=given, body=body, timestamp=timestamp, oa=oa, account=account))
        raise DroppedError(found.advice, reason=found.reason)


def digest(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """The signature of ``body`` in lower-case hexadecimal digits: a plain hash of all four in a row, no HMAC."""
    joined = hashlib.sha256(app_id.encode())
    for piece in (body, timestamp.encode("utf-8", "surrogatepass"), secret.encode()):
        joined.update(piece)
    return joined.hexdigest()


def _claims(body: bytes) -> tuple[str, str, str]:
    """What ``body`` says of itself: app, account and time, the latter as it stands there; empty where it says nothing.

    Garbage is signed over no timestamp.
    """
    try:
        document = load(body)
    except BadPayloadError:
        return "", "", ""
    oa = text_of(document, "oa_id") or text_of(document, "recipient", "id")
    return text_of(document, "app_id"), oa, text_of(document, "timestamp")
