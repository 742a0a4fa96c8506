"""What the doctor looks at for the sources: whether they are understood, what they gave, and who is told who reads."""

from collections.abc import AsyncIterator

from bot.core.errors import ContentError
from bot.store.engine import Store
from bot.store.source import list_sources, read_digests
from gateway.finding import Finding, Verdict
from gateway.follow import Followed, read_followed
from gateway.portal import Request
from gateway.settings import Settings
from gateway.syncing.trouble import command_for, read_troubles


async def examine_sources(settings: Settings) -> list[Finding]:
    """Whether the configured sources are understood, and whether portals are told how whoever reads is reached."""
    try:
        followed = await read_followed(settings)
    except ContentError as error:
        return [Finding(name="sources", verdict=Verdict.FAIL, detail=str(error))]
    found = [Finding(name="sources", verdict=Verdict.OK, detail=_number(followed))]
    if not (all(one.portal.local for one in followed) or settings.service.contact or settings.service.public_url):
        detail = "portals are not told how to reach you: write a mailbox of the office as contact under [service]"
        found.append(Finding(name="contact", verdict=Verdict.WARN, detail=detail))
    return found


async def examine_copies(store: Store, settings: Settings) -> AsyncIterator[Finding]:
    """Sources that cannot be synced, and those that the settings do not name although what they gave is answered."""
    for trouble in await read_troubles(store):
        since = f"cannot be synced since {trouble.since:%Y-%m-%d %H:%M} UTC: {trouble.reason}"
        detail = "; ".join(filter(None, [since, trouble.advice]))
        yield Finding(name=f"source {trouble.name}", verdict=Verdict.WARN, detail=detail)
    try:
        configured = {one.request.identity for one in await read_followed(settings)}
    except ContentError:
        return  # said elsewhere
    for source in await list_sources(store) if configured else ():
        request = Request(kind=source.kind, address=source.address, name=source.name, province=source.province)
        if source.sample or request.identity in configured or not (kept := len(await read_digests(store, source))):
            continue
        detail = (
            f"is not in the settings; its {kept} datasets are still answered. "
            f"If they are to go: {command_for(request, '--forget')}"
        )
        yield Finding(name=f"source {source.name}", verdict=Verdict.WARN, detail=detail)


def _number(followed: tuple[Followed, ...]) -> str:
    files = sum(one.portal.local for one in followed)
    parts = [f"{files} can be read"] if files else []
    parts += [f"{len(followed) - files} on the network"] if files < len(followed) else []
    return ", ".join(parts) or "none: the sample answers"
