"""What a sync in a process of its own is told. It travels by a pipe: its addresses may hold passwords."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway.outbound_rules import Outbound, plan
from gateway.portal import Request
from gateway.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which source is to be synced into which database, what may be called meanwhile, and who says it is calling.

    ``personal`` is the operator's file of rules for personal data, empty = there is none.
    """

    url: str = field(repr=False)
    request: Request
    agent: str
    outbound: Outbound
    personal: str = ""

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
    personal = personal_file(settings)
    return Order(
        url=settings.store_url,
        request=request,
        agent=name_agent(settings),
        outbound=Outbound(proxy=rules.proxy, hosts=rules.hosts, more=rules.more, seconds=rules.seconds),
        personal=str(personal) if personal else "",
    )


def outbound_for(settings: Settings, addresses: Sequence[str]) -> Outbound:
    """What may be called to read the sources at ``addresses``, which somebody named just now. Raises ContentError."""
    rules = plan(
        (),
        proxy=settings.service.proxy.get_secret_value(),
        more=settings.outbound.hosts,
        sources=[*addresses, *(source.url for source in settings.sources)],
    )
    return replace(rules, seconds=settings.outbound.seconds)


def personal_file(settings: Settings) -> Path | None:
    """The operator's own rules for personal data."""
    return settings.folder / "personal.toml"


def name_agent(settings: Settings) -> str:
    return settings.service.public_url
