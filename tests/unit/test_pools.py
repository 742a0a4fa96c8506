"""The accounts that stand in for each other, as the settings name them: what cannot work stops the start."""

import dataclasses
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.store.engine import Store
from gateway.deployment import read_presences
from gateway.pools import read_pools, ways
from gateway.settings import load_settings

ACCOUNTS = "".join(
    f"""
[[accounts]]
channel = "kannel"
account = "{number}"
sendsms_url = "http://127.0.0.1:{number}/cgi-bin/sendsms"
username = "u{number}"
password = "p"
token = "12345678"
"""
    for number in (8179, 8279, 8379)
)
TELEGRAM = """
[[accounts]]
channel = "telegram"
account = "bot"
token = "1000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
mode = "polling"
"""
GOOD = '[[pools]]\nname = "sms"\naccounts = ["kannel/8179", "kannel/8279"]\nweights = [51, 49]\n'


def read(folder: Path, pools: str, one_way: tuple[str, ...] = ()):
    file = folder / "tracuu.toml"
    file.write_text(ACCOUNTS + TELEGRAM + pools, encoding="utf-8")
    settings = load_settings(file, {})
    presences = dict(read_presences(settings, Store(settings.store_url, bytes(32), owner="")))
    for account in one_way:
        presence = presences["kannel", account]
        channel = dataclasses.replace(presence.channel, one_way=lambda _: True)
        presences["kannel", account] = dataclasses.replace(presence, channel=channel)
    return read_pools(settings, presences)


def test_a_pool_has_a_weight_for_each_account(tmp_path: Path):
    (pool,) = read(tmp_path, GOOD)
    assert pool.weights == {("kannel", "8179"): 51, ("kannel", "8279"): 49}
    assert pool.takers(form=False) == (("kannel", "8179"), ("kannel", "8279"))


def test_without_pools_there_are_none(tmp_path: Path):
    assert read(tmp_path, "") == ()


def test_a_one_way_account_takes_forms_only(tmp_path: Path):
    (pool,) = read(tmp_path, GOOD, one_way=("8279",))
    assert pool.takers(form=False) == (("kannel", "8179"),)
    assert len(pool.takers(form=True)) == 2


@pytest.mark.parametrize(
    ("pools", "complaint"),
    [
        (GOOD.replace("8279", "9999"), r"pools\[1\].accounts.*kannel/9999 is no account"),
        (GOOD.replace("kannel/8279", "8279"), "8279/ is no account; write it as channel/account"),
        (GOOD.replace("kannel/8279", "telegram/bot"), "telegram/bot does not send to phone numbers"),
        (GOOD.replace("8279", "8179"), "two or more different"),
        (GOOD.replace(', "kannel/8279"', "").replace("51, 49", "100"), "two or more different"),
        (GOOD.replace("49", "48"), r"pools\[1\].weights.*100 in all"),
        (GOOD.replace("51, 49", "100"), "one for each account"),
        (GOOD.replace("51, 49", "110, -10"), "100 in all"),
        (GOOD + GOOD, r"pools\[2\].name.*two pools named sms"),
        (GOOD + GOOD.replace('"sms"', '"b"').replace("8179", "8379"), r"kannel/8279 is in the pool sms already"),
        (GOOD + "points = 3\n", "is not a setting"),
        (GOOD.replace('name = "sms"\n', ""), "is missing"),
    ],
    ids=[
        "unknown account",
        "no channel",
        "no phones",
        "one twice",
        "one alone",
        "99 in all",
        "a weight missing",
        "a weight below nothing",
        "one name twice",
        "one account twice",
        "unknown key",
        "no name",
    ],
)
def test_what_cannot_work_stops_the_start_with_place_and_reason(tmp_path: Path, pools, complaint):
    with pytest.raises(ContentError, match=complaint):
        read(tmp_path, pools)


def test_a_pool_of_one_way_accounts_alone_is_refused(tmp_path: Path):
    with pytest.raises(ContentError, match="all one-way"):
        read(tmp_path, GOOD, one_way=("8179", "8279"))


def test_to_be_accepted_is_to_arrive_only_where_nothing_is_reported_and_nobody_has_to_fetch_it(tmp_path: Path):
    file = tmp_path / "tracuu.toml"
    file.write_text(ACCOUNTS + TELEGRAM, encoding="utf-8")
    settings = load_settings(file, {})
    accounts = ways(read_presences(settings, Store(settings.store_url, bytes(32), owner="")))
    assert ("telegram", "bot") in accounts.trusted
    assert ("kannel", "8179") not in accounts.trusted
    assert ("web", "main") in accounts.ours
    assert ("web", "main") not in accounts.trusted
