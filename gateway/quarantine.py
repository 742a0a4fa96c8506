"""Hooks that were not understood: kept whole and encrypted, and read again when a later version understands them."""

import json
import os
from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.errors import StoreError
from bot.core.messages import Address, Sign, SignKind
from bot.store import quarantine, receipts
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.vault import Vault
from gateway.addressees import ours
from gateway.channel import Hook, Parsed, Presences
from gateway.errors import BadPayloadError

_MARK = b"hook1"
_NONCE_BYTES = 12
_HOME = "+84"  # we write numbers so; what a provider posted may have 0 or 84 there instead
_KEPT_HEADERS = ("content-type", "x-zevent-server")  # others may hold secrets, and no parser reads them


def pack(hook: Hook, vault: Vault) -> bytes:
    """Everything of ``hook`` that a parser may read, encrypted: it may hold numbers, tokens and what somebody wrote."""
    headers = {name: hook.headers[name] for name in _KEPT_HEADERS if name in hook.headers}
    around = {
        "method": hook.method,
        "query": dict(hook.query),
        "headers": headers,
        "cookies": dict(hook.cookies),
        "path": hook.path,
    }
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(around).encode("ascii") + b"\n" + hook.body
    return _MARK + nonce + _cipher(vault).encrypt(nonce, plain, _MARK)


def unpack(raw: bytes, vault: Vault) -> Hook:
    """The hook again. Raises StoreError when ``raw`` is not a whole hook, or not of this key."""
    sealed = raw.removeprefix(_MARK)
    try:
        plain = _cipher(vault).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _MARK)
    except (InvalidTag, ValueError) as error:
        raise StoreError("what was kept of this event is not enough to read it again") from error
    around, _, body = plain.partition(b"\n")
    return Hook(body=body, **json.loads(around))


async def replay(store: Store, row: int, presences: Presences, *, clock: Callable[[], datetime]) -> Parsed | None:
    """Read event ``row`` again and take what is in it; None when there is no such event.

    Raises StoreError when its account is gone or it was not kept whole, BadPayloadError when it is still not
    understood; then it stays where it is.
    """
    aside = await quarantine.find(store, row)
    if aside is None:
        return None
    presence = presences.get((aside.channel, aside.account))
    if presence is None:
        raise StoreError(f"the account {aside.account} of {aside.channel} is not in the settings any more")
    hook = unpack(aside.raw, store.vault)
    parsed = _parse(lambda: presence.channel.parse(hook, presence.account, clock()))
    parsed = ours(parsed, presence, presences)
    if parsed.signs:
        await take_signs(store, Intake(store), parsed.signs)
    if parsed.messages:
        await Intake(store).accept(parsed.messages)
    if parsed.receipts:
        await receipts.accept(store, parsed.receipts)
    await quarantine.discard(store, row)
    return parsed


async def take_signs(store: Store, intake: Intake, signs: Sequence[Sign]) -> None:
    """Return once what people did is durable, and whoever wants to be forgotten is, here as well.

    Raises StoreUnavailableError when it could not be committed.
    """
    await intake.note(signs)
    for sign in signs:
        if sign.kind is SignKind.WITHDRAWN:
            await forget(store, sign.address)


async def forget(store: Store, address: Address) -> int:
    """Discard every event of the channel of ``address`` that names its user. Returns how many there were.

    Of the channel, not of the account: what is for one account may have come to the address of another one.
    """
    name = address.user.removeprefix(_HOME).encode("utf-8", "surrogatepass")
    found = 0
    async for row, aside in quarantine.of_channel(store, address.channel):
        if name in _plain(aside.raw, store.vault):
            await quarantine.discard(store, row)
            found += 1
    return found


def _plain(raw: bytes, vault: Vault) -> bytes:
    """All that was kept, or what is there of it when it cannot be opened."""
    try:
        hook = unpack(raw, vault)
    except StoreError:
        return raw
    return b"\n".join((hook.body, repr((hook.query, hook.cookies)).encode()))


def _parse(read: Callable[[], Parsed]) -> Parsed:
    try:
        return read()
    except BadPayloadError:
        raise
    except Exception as error:
        raise BadPayloadError(f"still not understood ({type(error).__name__})") from error


def _cipher(vault: Vault) -> AESGCM:
    return AESGCM(vault.derive("quarantine"))
