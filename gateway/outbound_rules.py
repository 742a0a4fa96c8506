"""What may leave this machine: the hosts of the settings, how long each may take, and through which proxy."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from yarl import URL

from bot.core.errors import ContentError
from gateway.channel import Presence
from gateway.portal_directory import addresses_of
from gateway.settings import Settings
from gateway.trace_files import TraceFiles

PROVIDER_SECONDS = 15.0
"""What a provider has not answered by then is of unknown result."""
_SETTINGS = "settings"

Host = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """The rules of one process.

    ``hosts`` are those that something configured calls; ``more`` those that an administrator named besides, on any port
    (0) unless they said which, and wherever their names lead. ``proxy`` may hold a password.
    """

    proxy: str = field(default="", repr=False)
    hosts: frozenset[Host] = frozenset()
    more: frozenset[Host] = frozenset()
    seconds: Mapping[str, float] = field(default_factory=dict)
    trace: TraceFiles | None = None

    def allows(self, url: URL) -> bool:
        """Whether ``url`` may be called."""
        host = (url.host or "", url.port or 0)
        return host in self.hosts or host in self.more or (host[0], 0) in self.more

    def trusts(self, name: str) -> bool:
        """Whether ``name`` may lead to this machine itself: it is said to, or it is the proxy."""
        return is_near_name(name) or name == URL(self.proxy).host or any(name == host for host, _ in self.more)


def plan(
    presences: Iterable[Presence],
    *,
    proxy: str = "",
    more: Iterable[str] = (),
    sources: Iterable[str] = (),
    seconds: Mapping[str, float] | None = None,
    trace: TraceFiles | None = None,
) -> Outbound:
    """The rules for ``presences`` and ``sources`` (addresses). Raises ContentError for a host that nothing calls."""
    called = [peer for presence in presences for peer in presence.channel.peers(presence.account)]
    called += [source for source in sources if source.lower().startswith(("http://", "https://"))]
    hosts = frozenset((url.host or "", url.port or 0) for url in map(URL, called))
    named = frozenset(_parse(host) for host in more)
    known = {host for host, _ in hosts | named}
    for host in seconds or {}:
        if host not in known:
            raise ContentError(_SETTINGS, f"outbound.seconds.{host}", "no account and no source calls this host")
    return Outbound(proxy=_checked(proxy), hosts=hosts, more=named, seconds=seconds or {}, trace=trace)


def read_rules(settings: Settings, presences: Iterable[Presence], *, key: bytes | None = None) -> Outbound:
    """The rules of ``settings``; ids in the trace are told by ``key``. Raises ContentError."""
    return plan(
        presences,
        proxy=settings.service.proxy.get_secret_value(),
        more=settings.outbound.hosts,
        sources=[address for source in settings.sources for address in addresses_of(source.kind, source.url)],
        seconds=settings.outbound.seconds,
        trace=TraceFiles(settings.trace_folder, key=key) if settings.outbound.trace else None,
    )


def is_near(url: str) -> bool:
    """Whether ``url`` names this machine, an address of a private network, or a neighbour by its name alone."""
    return is_near_name(URL(url).host or "")


def is_near_name(host: str) -> bool:
    """The same of a host."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host  # no such name exists on the Internet: localhost, a container beside us
    return address.is_loopback or address.is_private


def _parse(host: str) -> Host:
    parts = urlsplit(f"//{host}")
    try:
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port = None, None
    if not name or parts.path or parts.query or parts.username is not None:
        raise ContentError(_SETTINGS, "outbound.hosts", f"{host} is not a host or host:port")
    return name, port or 0


def _checked(proxy: str) -> str:
    if not proxy:
        return ""
    try:
        url = URL(proxy)
        sound = url.scheme in {"http", "https"} and bool(url.host)
    except ValueError:
        sound = False
    if not sound:
        raise ContentError(_SETTINGS, "service.proxy", "is not an address such as http://proxy.example.vn:3128")
    return proxy
