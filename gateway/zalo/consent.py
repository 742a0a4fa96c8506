"""An administrator's consent: the link, the verifier behind its challenge, and the code that comes back."""

import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot.core.errors import ContentError
from bot.store.engine import Store
from gateway.zalo.caller import Caller
from gateway.zalo.oauth import challenge_of, consent_address

_CODE = re.compile(r"[\w.~+/=-]{1,2000}", re.ASCII)
_FORM = re.compile(r"[A-Za-z0-9._~-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A code verifier. ``file`` is where it lies when the settings do not have it yet, ``setting`` that path as the
    settings would write it."""

    verifier: str = field(repr=False)
    file: Path | None = None
    setting: str = ""

    @property
    def challenge(self) -> str:
        """What is saved in the console."""
        return challenge_of(self.verifier)


def find_verifier(caller: Caller, folder: Path, *, make: bool = True) -> Verifier:
    """The verifier of the settings, else the one in ``var`` beside them, made (0600) if there is none and ``make``.

    Zalo saves its challenge in the console, so there is one for good, not one for each request.
    Raises ContentError.
    """
    configured = getattr(caller, "code_verifier", None)
    if configured is not None:
        return Verifier(verifier=configured.get_secret_value())
    setting = f"var/zalo-{caller.account}.verifier"
    file = folder / setting
    try:
        if not file.exists() and make:
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(secrets.token_urlsafe(32))
        text = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise ContentError("settings", "code_verifier", "is missing: run tracuu zalo login without options") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(str(file), "code_verifier", "cannot be read or made") from error
    if not _FORM.fullmatch(text):
        raise ContentError(str(file), "code_verifier", "is not 43 letters, digits and - . _ ~")
    return Verifier(verifier=text, file=file, setting=setting)


def link(caller: Caller, *, callback: str, verifier: str, state: str) -> str:
    """Where the administrator consents."""
    return consent_address(caller, callback=callback, verifier=verifier, state=state)


def state_of(store: Store, caller: Caller) -> str:
    """What the consent page hands back: proves that the address came from our link."""
    return store.vault.derive(f"zalo consent {caller.app_id} {caller.account}").hex()[:32]


def read_code(given: str, caller: Caller, *, state: str) -> str:
    """The code in what an administrator pasted: a code, or the address that the consent page led to.

    Raises ContentError when the address is of another account or another link, or holds no code.
    """
    if "://" not in given:
        return _checked(given.strip())
    answer = {name: values[0] for name, values in parse_qs(urlsplit(given.strip()).query).items()}
    if answer.get("oa_id", caller.account) != caller.account:
        raise ContentError("command line", "--code", f"is of another Official Account ({answer['oa_id'][:40]})")
    if not hmac.compare_digest(answer.get("state", state).encode(), state.encode()):
        raise ContentError("command line", "--code", "comes from another link: open the one that login prints")
    return _checked(answer.get("code", ""))


def _checked(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise ContentError("command line", "--code", "holds no code")
    return code
