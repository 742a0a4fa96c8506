"""Whom we take for the same person on several accounts of ours."""

from bot.core.messages import Address
from gateway.deployment import find_channels
from gateway.kinship import kin_of

ACCOUNTS = [("kannel", "8179"), ("sms", "esms"), ("zalo-template", "4318"), ("zalo", "4318"), ("telegram", "main")]
KIN = kin_of(find_channels(), ACCOUNTS)
EVERYWHERE = {
    ("kannel", "8179", "+84901000001"),
    ("sms", "esms", "+84901000001"),
    ("zalo-template", "4318", "84901000001"),
    ("zalo-template", "4318", "+84901000001"),
}


def known(channel: str, account: str, user: str) -> set[tuple[str, str, str]]:
    kin = KIN(Address(channel=channel, account=account, user=user))
    assert len(set(kin)) == len(kin)
    return {(one.channel, one.account, one.user) for one in kin}


def test_one_phone_is_one_person_on_every_account_that_reads_numbers():
    assert known("kannel", "8179", "+84901000001") == EVERYWHERE
    assert known("sms", "esms", "+84901000001") == EVERYWHERE
    assert known("zalo-template", "4318", "84901000001") == EVERYWHERE


def test_a_number_as_an_operator_types_it_is_the_same():
    assert known("kannel", "8179", "0901000001") == EVERYWHERE | {("kannel", "8179", "0901000001")}


def test_an_account_that_is_configured_no_more_is_still_its_owners():
    assert known("kannel", "gone", "+84901000001") == EVERYWHERE | {("kannel", "gone", "+84901000001")}


def test_one_user_of_an_official_account_is_one_person_for_words_and_templates():
    assert known("zalo", "4318", "77") == {("zalo", "4318", "77"), ("zalo-template", "4318", "uid:77")}


def test_an_id_that_looks_like_a_number_is_nobody_elses():
    assert known("telegram", "main", "84901000001") == {("telegram", "main", "84901000001")}
    assert known("zalo", "4318", "84901000001") & EVERYWHERE == set()


def test_a_sender_without_a_number_is_only_itself():
    assert known("kannel", "8179", "VIETTEL") == {("kannel", "8179", "VIETTEL")}
