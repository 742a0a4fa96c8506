"""Where a provider is to post what is for one of our accounts."""

from collections.abc import Collection

from yarl import URL

from bot.core.errors import ContentError
from gateway.channel import AccountSettings

_PLACE = "service.public_url"


def hook_address(
    public_url: str, account: AccountSettings, *, provider: str, ports: Collection[int] | None = None
) -> str:
    """The address for ``account`` under ``public_url``. Raises ContentError where ``provider`` would not post there: to
    anything but https, or to other than its ``ports`` (None = any)."""
    base = URL(public_url)
    if not public_url or base.scheme != "https" or not base.host:
        raise ContentError("settings", _PLACE, f"{provider} posts only to an https address: set it, or poll")
    if ports is not None and base.port not in ports:
        allowed = ", ".join(str(port) for port in ports)
        raise ContentError("settings", _PLACE, f"{provider} posts only to the ports {allowed}, not to {base.port}")
    hook = URL.build(path=f"/hooks/{account.channel}/{account.account}").raw_path
    return f"{public_url.rstrip('/')}{hook}"
