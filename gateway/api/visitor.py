"""Who asks: a key, or an address without one. Neither is written down anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from bot.store.api_keys import find_key
from bot.store.engine import Store
from gateway.api.limits import ADDRESS_UNITS
from gateway.api.problems import ProblemError

_SCHEME = "bearer "
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="tracuu"'}
_HOME = 64  # the bits of an IPv6 address that one customer has


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whose bucket a request empties (``policy``, ``who``), how many ``units`` a minute that has, and whether a key
    was shown that counts."""

    policy: str
    who: str
    units: int
    keyed: bool


def visitor_at(remote: str | None, headers: Mapping[str, str]) -> Visitor:
    """Whoever comes from an address. Of a proxy on this machine or in a private network we take its word for whom it
    speaks: the last entry of ``X-Forwarded-For``, which it wrote itself."""
    address = _parse(remote or "")
    if address is not None and address.is_private:
        address = _parse(headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()) or address
    who = "" if address is None else str(_home_of(address))
    return Visitor(policy="address", who=who, units=ADDRESS_UNITS, keyed=False)


def shown_key(headers: Mapping[str, str]) -> str | None:
    """The key in the headers of a request, None without one; "" for credentials that are no key."""
    authorization = headers.get("Authorization")
    if authorization is None:
        return headers.get("X-Api-Key")
    scheme, key = authorization[: len(_SCHEME)], authorization[len(_SCHEME) :]
    return key.strip() if scheme.lower() == _SCHEME else ""


async def visitor_with(store: Store, key: str, *, now: datetime) -> Visitor:
    """Whoever shows ``key``. Raises ProblemError when it does not count, StoreUnavailableError."""
    found = await find_key(store, key, now=now)
    if found is None:
        raise ProblemError("key-wrong", headers=_CHALLENGE)
    return Visitor(policy="key", who=str(found.number), units=found.rate, keyed=True)


def key_needed(province: str, article: str) -> ProblemError:
    """What somebody hears who asks for data of ``province`` without a key."""
    return ProblemError("key-missing", headers=_CHALLENGE, province=province, article=article)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _home_of(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Network:
    return address if isinstance(address, IPv4Address) else IPv6Network((int(address), _HOME), strict=False)
