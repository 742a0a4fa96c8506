"""Addresses at rest: sealed, found again by a keyed hash, and nothing to anybody without the key."""

import json

import pytest

from bot.core.errors import StoreError
from bot.core.messages import Address
from bot.store.vault import Vault, _encode

KEY, OTHER = b"k" * 32, b"x" * 32
AN = Address(channel="kannel", account="8179", user="84901234567")
ODD = {
    "letters": Address(channel="zalo", account="4318", user="Nguyễn 🙂"),
    "separators": Address(channel="a", account='b","c', user="d"),
    "nothing": Address(channel="", account="", user=""),
    "long": Address(channel="web", account="main", user="x" * 10_000),
    "lone surrogate": Address(channel="web", account="main", user="\ud800"),
}


def sealed(vault: Vault, address: Address) -> tuple[bytes, str]:
    person = vault.person(address)
    return vault.seal(address, person), person


@pytest.mark.parametrize("address", [AN, *ODD.values()], ids=["a number", *ODD])
def test_an_address_is_opened_as_it_was_sealed(address: Address):
    vault = Vault(KEY)
    assert Vault(KEY).open(*sealed(vault, address)) == address


def test_a_person_is_found_by_the_same_hash_in_every_process():
    assert Vault(KEY).person(AN) == Vault(KEY).person(AN) == "74f1ce158f015207a06476058b93ac5b"


def test_two_addresses_never_share_a_hash():
    vault = Vault(KEY)
    alike = [Address(channel="a", account="b", user="c"), Address(channel="a", account="bc", user="")]
    alike += [Address(channel="ab", account="", user="c"), *ODD.values(), AN]
    assert len({vault.person(address) for address in alike}) == len(alike)


def test_another_key_finds_nobody():
    assert Vault(KEY).person(AN) != Vault(OTHER).person(AN)
    assert Vault(KEY).fingerprint != Vault(OTHER).fingerprint


def test_another_key_opens_nothing():
    with pytest.raises(StoreError, match="does not fit the key"):
        Vault(OTHER).open(*sealed(Vault(KEY), AN))


@pytest.mark.parametrize("place", [0, 11, 12, 20, -1])
def test_tampered_bytes_are_refused(place: int):
    bytes_, person = sealed(Vault(KEY), AN)
    tampered = bytearray(bytes_)
    tampered[place] ^= 1
    with pytest.raises(StoreError):
        Vault(KEY).open(bytes(tampered), person)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_bytes_that_are_cut_off_are_refused(length: int):
    bytes_, person = sealed(Vault(KEY), AN)
    with pytest.raises(StoreError):
        Vault(KEY).open(bytes_[:length], person)


def test_the_sealed_address_of_one_person_does_not_serve_another():
    vault = Vault(KEY)
    bytes_, _ = sealed(vault, AN)
    with pytest.raises(StoreError):
        vault.open(bytes_, vault.person(ODD["letters"]))


def test_sealed_bytes_show_nothing_and_differ_each_time():
    first, _ = sealed(Vault(KEY), AN)
    second, _ = sealed(Vault(KEY), AN)
    assert first != second
    assert AN.user.encode() not in first


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_the_wrong_length_is_refused_with_a_sentence(length: int):
    with pytest.raises(StoreError, match="must be 32 bytes"):
        Vault(b"k" * length)


def test_each_purpose_has_a_key_of_its_own():
    vault = Vault(KEY)
    assert vault.derive("session") == Vault(KEY).derive("session")
    assert len({vault.derive("session"), vault.derive("export"), Vault(OTHER).derive("session"), KEY}) == 4


@pytest.mark.parametrize("address", [AN, *ODD.values()], ids=["a number", *ODD])
def test_what_is_hashed_and_sealed_is_json_as_any_other_program_would_write_it(address: Address):
    plain = json.dumps([address.channel, address.account, address.user]).encode("ascii")
    assert _encode(address) == plain


def test_several_addresses_are_opened_as_they_were_sealed_in_their_order():
    vault = Vault(KEY)
    person, several = vault.person(AN), (AN, *ODD.values())
    assert Vault(KEY).open_all(vault.seal_all(several, person), person) == several
    assert vault.open_all(vault.seal_all((), person), person) == ()


def test_several_sealed_addresses_serve_nobody_else_and_not_as_the_one_of_a_talk():
    vault = Vault(KEY)
    person = vault.person(AN)
    several = vault.seal_all([AN], person)
    with pytest.raises(StoreError, match="does not fit the key"):
        vault.open_all(several, vault.person(ODD["letters"]))
    with pytest.raises(StoreError, match="does not fit the key"):
        vault.open(several, person)
    with pytest.raises(StoreError, match="does not fit the key"):
        Vault(OTHER).open_all(several, person)
