"""Addresses and tokens at rest: encrypted; people are found again by a keyed hash. No log ever holds either."""

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.errors import StoreError
from bot.core.messages import Address

KEY_BYTES = 32
_NONCE_BYTES = 12
_CACHED = 10_000
_PURPOSE = "purpose:"  # no person's hash begins so
Kin = Callable[[Address], tuple[Address, ...]]
"""All addresses of whoever is at one, as far as we know; itself is the first."""
_quote = json.encoder.encode_basestring_ascii


class Vault:
    """Seals and opens addresses and other secrets with one ``key`` of 32 bytes (AES-256-GCM; keyed BLAKE2b to find).

    ``kin`` tells who is the same person under several addresses; without being told, nobody is.
    """

    def __init__(self, key: bytes) -> None:
        self.kin: Kin = lambda address: (address,)
        if len(key) != KEY_BYTES:
            raise StoreError(f"the key must be {KEY_BYTES} bytes ({KEY_BYTES * 2} hexadecimal digits)")
        self._finding = hashlib.blake2b(b"tracuu find", key=key, digest_size=32).digest()
        self._person = hashlib.blake2b(key=self._finding, digest_size=16)
        self._cipher = AESGCM(hashlib.blake2b(b"tracuu seal", key=key, digest_size=32).digest())
        self._sealed: dict[str, bytes] = {}

    @property
    def fingerprint(self) -> str:
        """Tells whether two keys are the same without telling the key."""
        return hmac.digest(self._finding, b"fingerprint", "sha256").hex()[:16]

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key of its own for ``purpose`` (signing sessions, say)."""
        return hashlib.blake2b(purpose.encode(), key=self._finding, digest_size=32).digest()

    def person(self, address: Address) -> str:
        """The keyed hash by which everything about this address is found: 32 hexadecimal digits."""
        found = self._person.copy()
        found.update(_encode(address))
        return found.hexdigest()

    def people(self, address: Address) -> tuple[str, ...]:
        """The hashes of all addresses of whoever is at this one."""
        return tuple(map(self.person, self.kin(address)))

    def seal(self, address: Address, person: str) -> bytes:
        """The encrypted address, bound to ``person`` so that rows cannot be exchanged."""
        sealed = self._sealed.get(person)
        if sealed is None:
            sealed = self._encrypt(_encode(address), person)
            if len(self._sealed) >= _CACHED:
                self._sealed.clear()
            self._sealed[person] = sealed
        return sealed

    def open(self, sealed: bytes, person: str) -> Address:
        """The address again. Raises StoreError when the bytes are not ours or belong to another person."""
        channel, account, user = json.loads(self._decrypt(sealed, person))
        return Address(channel=channel, account=account, user=user)

    def seal_all(self, addresses: Sequence[Address], person: str) -> bytes:
        """Several encrypted addresses, in their order, bound to ``person`` and to being several."""
        return self._encrypt(b"[%b]" % b", ".join(map(_encode, addresses)), _several(person))

    def open_all(self, sealed: bytes, person: str) -> tuple[Address, ...]:
        """The addresses of :meth:`seal_all` again. Raises StoreError as :meth:`open` does."""
        found = json.loads(self._decrypt(sealed, _several(person)))
        return tuple(Address(channel=channel, account=account, user=user) for channel, account, user in found)

    def seal_bytes(self, plain: bytes, purpose: str) -> bytes:
        """``plain`` encrypted, bound to ``purpose``: what was sealed for one thing opens nothing else."""
        return self._encrypt(plain, _PURPOSE + purpose)

    def open_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """What :meth:`seal_bytes` was given. Raises StoreError when it is not ours or belongs to something else."""
        return self._decrypt(sealed, _PURPOSE + purpose, what="a secret")

    def _encrypt(self, plain: bytes, bound_to: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, bound_to.encode())

    def _decrypt(self, sealed: bytes, bound_to: str, *, what: str = "an address") -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, ValueError) as error:
            raise StoreError(f"{what} in the database does not fit the key") from error


def _several(person: str) -> str:
    return f"{person} elsewhere"


def _encode(address: Address) -> bytes:
    # escapes keep even half a surrogate pair, which has no UTF-8 form
    return f"[{_quote(address.channel)}, {_quote(address.account)}, {_quote(address.user)}]".encode("ascii")
