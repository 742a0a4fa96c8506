"""What a sync in a process of its own is told. It travels by a pipe: its addresses may hold passwords."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from gateway.outbound_rules import Outbound, plan
from gateway.portal import Request
from gateway.portal_client import name_agent
from gateway.portal_directory import addresses_of
from gateway.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which source is to be synced into which database, what may be called meanwhile, and who says it is calling.

    ``personal`` is the operator's file of columns to hide or to show, which may be missing.
    """

    url: str = field(repr=False)
    request: Request
    agent: str
    outbound: Outbound
    personal: str

    def text(self) -> str:
        """The order on one line."""
        outbound = {
            "proxy": self.outbound.proxy,
            "hosts": sorted(self.outbound.hosts),
            "more": sorted(self.outbound.more),
            "seconds": dict(self.outbound.seconds),
        }
        return json.dumps(
            {
                "url": self.url,
                "request": asdict(self.request),
                "agent": self.agent,
                "outbound": outbound,
                "personal": self.personal,
            }
        )


def read_order(text: str) -> Order:
    """The order of :meth:`Order.text`."""
    told: dict[str, Any] = json.loads(text)
    outbound = told["outbound"]
    hosts, more = (frozenset((host, port) for host, port in outbound[name]) for name in ("hosts", "more"))
    rules = Outbound(proxy=outbound["proxy"], hosts=hosts, more=more, seconds=outbound["seconds"])
    return Order(**{**told, "request": Request(**told["request"]), "outbound": rules})


def order_of(settings: Settings, rules: Outbound, request: Request) -> Order:
    """The order to sync ``request`` into the database of ``settings``; portals are called by ``rules``, untraced."""
    return Order(
        url=settings.store_url,
        request=request,
        agent=name_agent(settings),
        outbound=Outbound(proxy=rules.proxy, hosts=rules.hosts, more=rules.more, seconds=rules.seconds),
        personal=str(settings.personal_file),
    )


def outbound_for(settings: Settings, wanted: Iterable[Request]) -> Outbound:
    """What may be called to read ``wanted``, which somebody named just now. Raises ContentError."""
    configured = [(source.kind, source.url) for source in settings.sources]
    named = [*configured, *((request.kind, request.address) for request in wanted)]
    rules = plan(
        (),
        proxy=settings.service.proxy.get_secret_value(),
        more=settings.outbound.hosts,
        sources=[address for kind, url in named for address in addresses_of(kind, url)],
    )
    return replace(rules, seconds=settings.outbound.seconds)
