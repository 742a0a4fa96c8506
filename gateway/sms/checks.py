"""Proofs that a hook is the provider's: secrets, digests over fields, HTTP Basic, Twilio's scheme.

Every comparison is of digests of what is compared, by :func:`hmac.compare_digest`: neither the place of the first wrong
letter nor the length of the secret shows in the time.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from gateway.channel import Hook
from gateway.sms.fields import Fields, read_form
from gateway.sms.filters import Value
from gateway.sms.preset import Check
from gateway.sms.slots import Template

BODY = "body"


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """A hook and its fields, by the names of slots; ``extra`` are slots that are not of the hook."""

    hook: Hook
    fields: Fields
    extra: Mapping[str, str]

    def look_up(self, name: str) -> Value:
        """What a slot stands for; empty where it is not there."""
        place, _, key = name.partition(".")
        match place:
            case "in":
                return self.fields.get(key) or ""
            case "query":
                return self.hook.query.get(key, "")
            case "header":
                return self.hook.headers.get(key.lower(), "")
            case _:
                return self.extra.get(name, "")


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """A check with the settings of one account in it. ``address`` is where the provider calls us, in public."""

    check: Check
    address: str
    given: Template
    equals: Template
    over: tuple[Template, ...]
    key: str
    user: str
    password: str

    @property
    def reads_fields(self) -> bool:
        """Whether fields of the hook have a part in it."""
        read = (self.given, self.equals, *self.over)
        return any(name.startswith("in.") for template in read for name in template.names)

    def holds(self, seen: Seen) -> bool:
        """Whether the hook proves itself. Never raises for what is in it."""
        given = self.given.fill(seen.look_up)
        match self.check.kind:
            case "secret":
                return bool(given) and same(given, self.equals.fill(seen.look_up))
            case "basic":
                return _basic(seen.hook, self.user, self.password)
            case "twilio":
                return same(given, base64.b64encode(self._twilio(seen.hook)).decode())
            case _:
                return self._digest_holds(given, seen)

    def _digest_holds(self, given: str, seen: Seen) -> bool:
        digest = make_digest(self.check.digest, self._over(seen), self.key)
        if not given:
            return False
        expected = [write_digest(digest, form) for form in self.check.forms]
        # all of them are compared, whichever fits
        held = [same(_in_form(given, form), one) for one, form in zip(expected, self.check.forms, strict=True)]
        return any(held)

    def _over(self, seen: Seen) -> bytes:
        return self.check.joined.encode().join(
            seen.hook.body if one.names == {BODY} else one.fill(seen.look_up).encode("utf-8", "surrogatepass")
            for one in self.over
        )

    def _twilio(self, hook: Hook) -> bytes:
        query = f"?{urlencode(hook.query)}" if hook.query else ""
        fields = read_form(hook)
        over = f"{self.address}{query}" + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        return hmac.digest(self.key.encode(), over.encode("utf-8", "surrogatepass"), "sha1")


def make_digest(name: str, over: bytes, key: str = "") -> bytes:
    """The digest of ``over``; of the kind ``hmac-…`` with ``key``."""
    keyed, _, algorithm = name.rpartition("-")
    return hmac.digest(key.encode(), over, algorithm) if keyed else hashlib.new(algorithm, over).digest()


def write_digest(digest: bytes, form: str) -> str:
    """``digest`` as it is sent."""
    match form:
        case "base64":
            return base64.b64encode(digest).decode()
        case "base64-hex":
            return base64.b64encode(digest.hex().encode()).decode()
        case _:
            return digest.hex()


def same(given: str, expected: str) -> bool:
    """Whether both are the same text, in a time that tells nothing."""
    one, other = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (given, expected))
    return hmac.compare_digest(one, other)


def _in_form(given: str, form: str) -> str:
    # a plus that was not percent-encoded in an address arrives as a space
    return given.lower() if form == "hex" else given.replace(" ", "+")


def _basic(hook: Hook, user: str, password: str) -> bool:
    scheme, _, packed = hook.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(packed.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and same(given, f"{user}:{password}")
