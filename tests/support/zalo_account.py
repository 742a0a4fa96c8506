"""A made-up Official Account, and signatures of its events that the service had no part in."""

import hashlib

from gateway.zalo.settings import ZaloAccount

APP, OA, USER = "1000000000000000001", "4000000000000000004", "9007199254740993001"
"""Larger than 2**53, like the ids of Zalo: a float would lose their last digits."""
APP_SECRET, OA_SECRET = "the-app-secret-3b1f", "the-oa-secret-key-77c2"
SETTINGS = {"channel": "zalo", "account": OA, "app_id": APP, "app_secret": APP_SECRET, "oa_secret": OA_SECRET}
ACCOUNT = ZaloAccount.model_validate(SETTINGS)


def mac(*pieces: str | bytes) -> str:
    """The plain hash of ``pieces`` in a row, in hexadecimal digits."""
    return hashlib.sha256(b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)).hexdigest()
