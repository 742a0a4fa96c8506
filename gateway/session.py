"""The session of a web chat: who is writing, without an account.

A signed random id in a cookie; the server keeps nothing. Whoever holds the cookie is the person, so no script can read
it, and it ends when it is not used for half a year.
"""

import hmac
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

COOKIE = "tracuu_session"
BOUND_COOKIE = f"__Host-{COOKIE}"
"""The same where browsers guarantee that no other host and no page by http has set it."""
ID_BYTES = 16
MAX_AGE_SECONDS = 180 * 24 * 3600

_VERSION = "v1"
_FORM = re.compile(r"v1\.([0-9a-f]{32})\.([0-9a-f]{64})")
_LENGTH = len("v1.") + 32 + len(".") + 64


def issue(entropy: bytes, key: bytes) -> str:
    """The cookie's value for a new person whose id is ``entropy``: 16 bytes that nobody can guess."""
    if len(entropy) != ID_BYTES:
        raise ValueError(f"a session id has {ID_BYTES} bytes, not {len(entropy)}")
    user = entropy.hex()
    return f"{_VERSION}.{user}.{_signature(user, key)}"


def verify(value: str, key: bytes) -> str | None:
    """The person's id in ``value`` (32 hexadecimal digits); None when it was not issued with ``key``."""
    return _verify(value, key) if len(value) == _LENGTH else None


@lru_cache(maxsize=10_000)  # a person writes more than once; the length bounds what a stranger can put here
def _verify(value: str, key: bytes) -> str | None:
    form = _FORM.fullmatch(value)
    if form is None:
        return None
    user, signature = form.groups()
    return user if hmac.compare_digest(signature, _signature(user, key)) else None


def find(cookies: Mapping[str, str]) -> str:
    """The value of the session in ``cookies``, by either name; empty without one."""
    return cookies.get(BOUND_COOKIE) or cookies.get(COOKIE, "")


def cookie_headers(value: str, *, secure: bool, bound: bool = False, known: Mapping[str, str]) -> Iterator[str]:
    """The ``Set-Cookie`` headers after which the browser has ``value``, and one cookie only.

    ``secure`` (the public address is https) lets the chat work inside a frame on the portal's page as well: browsers
    send a cookie there only over https, and only when it says so. Each portal that embeds the chat has its own.
    ``bound`` gives it the name that no other host can set; of the ``known`` ones that of the other name is taken away.
    """
    rules = "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
    bound = bound or BOUND_COOKIE in known  # a browser that has it came by https
    name = BOUND_COOKIE if bound else COOKIE
    yield f"{name}={value}; Max-Age={MAX_AGE_SECONDS}; Path=/; HttpOnly; {rules}"
    if bound and COOKIE in known:
        yield f"{COOKIE}=; Max-Age=0; Path=/; HttpOnly; {rules}"


def _signature(user: str, key: bytes) -> str:
    return hmac.digest(key, f"{COOKIE}.{_VERSION}.{user}".encode(), "sha256").hex()
