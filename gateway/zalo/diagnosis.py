"""Why a signature is wrong: the mistakes that are made again and again are tried to name them, never to accept them."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from gateway.zalo.settings import ZaloAccount

LONGEST = 4 * 1024
"""Bytes of a body that is looked into: most events are shorter. Anybody can post what has to be looked into, and while
it is rewritten in all the usual ways nobody else is served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A signature that is not right, and what it was to be made of. ``oa`` is the account that the event names."""

    given: str
    body: bytes
    timestamp: str
    oa: str
    account: ZaloAccount

    @property
    def secrets(self) -> tuple[bytes, bytes]:
        """The OA Secret Key, and the app's, which is the wrong one."""
        right, wrong = self.account.oa_secret, self.account.app_secret
        return (right.get_secret_value() if right else "").encode(), wrong.get_secret_value().encode()

    @property
    def around(self) -> tuple[bytes, bytes]:
        """What is hashed before and behind the body."""
        return self.account.app_id.encode(), self.timestamp.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``reason`` for a metric and ``advice`` for an operator; neither holds anything of the event."""

    reason: str
    advice: str


def diagnose(evidence: Evidence) -> Finding:
    """The one known mistake with which the signature would be right; else that none is known."""
    if len(evidence.body) <= LONGEST:
        for finding, variants in _MISTAKES:
            if any(hmac.compare_digest(evidence.given, variant) for variant in variants(evidence)):
                return finding
    return Finding(reason="wrong", advice="the signature is wrong: is oa_secret the OA Secret Key of this app?")


def _app_secret(evidence: Evidence) -> Iterator[str]:
    (app_id, timestamp), (_, wrong) = evidence.around, evidence.secrets
    yield _hash(app_id, evidence.body, timestamp, wrong)


def _hmac(evidence: Evidence) -> Iterator[str]:
    app_id, timestamp = evidence.around
    texts = (evidence.body, app_id + evidence.body + timestamp, evidence.body + timestamp)
    for key, text in product(evidence.secrets, texts):
        yield hmac.digest(key, text, "sha256").hex()


def _oa_first(evidence: Evidence) -> Iterator[str]:
    (_, timestamp), (right, _) = evidence.around, evidence.secrets
    for first in (evidence.oa, evidence.account.account):
        yield _hash(first.encode("utf-8", "surrogatepass"), evidence.body, timestamp, right)


def _rewritten(evidence: Evidence) -> Iterator[str]:
    """The body as usual writers of JSON would have it: who signed had other bytes before them than we."""
    (app_id, timestamp), (right, _) = evidence.around, evidence.secrets
    try:
        document = json.loads(evidence.body.decode())
    except (ValueError, RecursionError):
        return
    for spaced, escaped, slashed in product((False, True), repeat=3):
        separators = (", ", ": ") if spaced else (",", ":")
        text = json.dumps(document, ensure_ascii=escaped, separators=separators)
        written = (text.replace("/", "\\/") if slashed else text).encode("utf-8", "surrogatepass")
        yield _hash(app_id, written, timestamp, right)


def _hash(*pieces: bytes) -> str:
    return hashlib.sha256(b"".join(pieces)).hexdigest()


_MISTAKES: tuple[tuple[Finding, Callable[[Evidence], Iterator[str]]], ...] = (
    (
        Finding(
            reason="app_secret",
            advice="signed with app_secret instead of oa_secret: are the two exchanged in the settings?",
        ),
        _app_secret,
    ),
    (Finding(reason="hmac", advice="signed with an HMAC, while Zalo signs with a plain hash"), _hmac),
    (
        Finding(reason="oa_id", advice="signed over the id of the account, while Zalo signs over that of the app"),
        _oa_first,
    ),
    (
        Finding(
            reason="rewritten",
            advice="signed over other bytes of the same JSON: something between Zalo and this service rewrites bodies",
        ),
        _rewritten,
    ),
)
