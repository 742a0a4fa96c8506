"""An account of the channel ``sms``: what its preset asks for, and each mistake as one sentence without the value."""

import tomllib
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.store.engine import Store
from bot.store.vault import KEY_BYTES
from gateway.channel import Presences
from gateway.channels.sms import CHANNEL
from gateway.deployment import read_presences
from gateway.settings import load_settings
from gateway.sms.account import SmsAccount
from gateway.sms.catalogue import preset_names

SECRET = "the-secret-of-the-account"  # noqa: S105 – works nowhere
ESMS = f"""[[accounts]]
channel = "sms"
account = "8041"
preset = "esms"
api_key = "{SECRET}"
secret_key = "{SECRET}"
private_key = "{SECRET}"
callback_token = "{SECRET}"
brandname = "UBND"
"""
CASES = Path(__file__).parents[2] / "contract" / "sms_cases"
PRESET = """
name = "mine"
title = "mine"
source = "mine"
[settings.token]
description = "a word"
secret = true
required = false
[settings.shown]
description = "a word that is no secret"
default = "x"
[inbound]
format = "query"
sender = "from"
text = "text"
id = "id"
[[inbound.checks]]
kind = "secret"
given = "{query.token}"
equals = "{token}"
[send]
url = "https://sms.example.vn/send"
type = "json"
[send.fields]
to = "{to}"
[send.outcome]
type = "json"
"""
MINE = 'channel = "sms"\naccount = "mine"\npreset = "file:mine.toml"\ntoken = "the-token"\n'
MISTAKES = {
    "no such preset": (ESMS.replace('"esms"', '"nobody"'), "settings: accounts[1].preset: is not one of esms, "),
    "a setting is missing": (ESMS.replace('private_key = "', '# "'), "settings: accounts[1].private_key: is missing"),
    "a setting is empty": (
        ESMS.replace(f'private_key = "{SECRET}"', 'private_key = ""'),
        "settings: accounts[1].private_key: is empty: the key agreed",
    ),
    "an unknown key": (ESMS + 'brand = "x"\n', "settings: accounts[1].brand: is not a setting"),
    "a value of another form": (
        ESMS + 'sms_type = "3"\n',
        "settings: accounts[1].sms_type: has not the form that it must have: 2 customer care",
    ),
    "a secret that is too short": (
        ESMS.replace(f'callback_token = "{SECRET}"', 'callback_token = "short"'),
        "settings: accounts[1].callback_token: has not the form",
    ),
    "another way to write numbers": (ESMS + 'numbers = "0084"\n', "settings: accounts[1].numbers: is to be"),
    "a brandname without templates": (ESMS + "one_way = true\n", "settings: accounts (8041).templates: is missing"),
    "templates of an account that can be answered": (
        ESMS + 'templates = ["nhac-han"]\n',
        "settings: accounts (8041).templates: is for accounts with one_way = true",
    ),
}
PRESET_MISTAKES = {
    "no check at all": (PRESET.replace("[[inbound.checks]]", "[[inbound.cheques]]"), "inbound.checks: is missing"),
    "an empty secret": (PRESET, "inbound.checks: the check secret has no secret in it, or an empty one"),
    "a digest of what anybody reads": (
        PRESET.replace('kind = "secret"', 'kind = "digest"\nover = ["{in.id}", "{shown}"]'),
        "inbound.checks: the check digest has no secret in it",
    ),
    "an unknown slot": (PRESET.replace("{to}", "{too}"), "send: {too} stands for nothing here"),
    "a slot of a message in a proof": (PRESET.replace("{query.token}", "{text}"), "inbound.checks: {text} stands"),
    "an unknown filter": (PRESET.replace("{to}", "{to|rot13}"), "send: {to|rot13}: rot13 is no filter"),
    "a time that is none": (PRESET.replace("{to}", "{to|unix}"), "send: only {now} is a time"),
    "a brace alone": (PRESET.replace("{to}", "{to"), "send: a brace without its other one"),
    "a body that is no XML": (
        PRESET.replace('type = "json"\n[send.fields]\nto = "{to}"', 'type = "xml"\nbody = "<a>{to}</b>"'),
        "send: body: the body is not XML",
    ),
    "a pattern that is none": (
        PRESET.replace(
            "[send.outcome]", '[[send.errors]]\nbody = "("\nbecomes = "refused"\nsays = "x"\n[send.outcome]'
        ),
        "send: is no regular expression",
    ),
    "an unknown key": (PRESET.replace("[send]", "[send]\nurll = 1"), "send.urll: is not a setting"),
    "an unknown meaning": (
        PRESET.replace("[send.outcome]", '[[send.errors]]\ncode = "1"\nbecomes = "lost"\nsays = "x"\n[send.outcome]'),
        "send.errors.0.becomes: ",
    ),
    "no TOML": ("name = \ntitle = 1\n", "TOML: "),
    "nothing to say anything with": (PRESET.partition("[send]")[0], ": neither a send call nor a reply"),
}


def presences(folder: Path, text: str, preset: str = "") -> Presences:
    (folder / "mine.toml").write_text(preset, encoding="utf-8")
    file = folder / "tracuu.toml"
    file.write_text(text, encoding="utf-8")
    settings = load_settings(file)
    return read_presences(settings, Store(settings.store_url, bytes(KEY_BYTES), owner=""))


@pytest.mark.parametrize(("text", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_an_account_is_one_sentence_without_the_value(tmp_path: Path, text: str, sentence: str):
    with pytest.raises(ContentError) as raised:
        presences(tmp_path, text)
    assert str(raised.value).startswith(sentence)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(("preset", "sentence"), PRESET_MISTAKES.values(), ids=PRESET_MISTAKES)
def test_a_mistake_in_a_preset_is_one_sentence_with_its_place(tmp_path: Path, preset: str, sentence: str):
    account = MINE if "empty" not in sentence else MINE.replace('token = "the-token"\n', "")
    with pytest.raises(ContentError) as raised:
        presences(tmp_path, f"[[accounts]]\n{account}", preset)
    assert sentence in str(raised.value)
    assert "the-token" not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["line", "sender", "address", "copy", "model_x", "text", "to", "now", "checksum", "A-b"]
)
def test_a_setting_cannot_take_a_name_that_stands_for_something_else(name: str):
    checksum = '[send.signed.checksum]\ndigest = "md5"\nover = ["{to}"]\n[send.outcome]'
    preset = PRESET.replace("[settings.shown]", f"[settings.{name}]").replace("[send.outcome]", checksum)
    table = {"channel": "sms", "account": "mine", "preset": preset, "token": "the-token"}
    with pytest.raises(ContentError, match=f"settings.{name}: is (no name|a slot)"):
        SmsAccount.model_validate(table)


@pytest.mark.parametrize(
    "url", ["https://{to}/send", "https://sms{text}", "https://sms.vn{key}/", "https:///{to}", "https://sms.vn/a b"]
)
def test_no_message_can_change_the_host_of_an_address(url: str):
    preset = PRESET.replace("https://sms.example.vn/send", url)
    with pytest.raises(ContentError, match=r"mine\.toml: send: url "):
        SmsAccount.model_validate({"channel": "sms", "account": "mine", "preset": preset, "token": "the-token"})


def test_without_user_and_password_no_empty_proof_is_sent():
    table = tomllib.loads((CASES / "vas-soap.toml").read_text(encoding="utf-8"))["account"]
    table = {**table, "channel": "sms", "mt_url": "https://sms.example.vn/mt"}
    for given, sent in (({}, False), ({"mt_username": "u", "mt_password": "p"}, True)):
        sending = SmsAccount.model_validate({**table, **given}).line.sending
        assert sending is not None
        assert ("Authorization" in sending.letter.write(lambda _: "1").headers) is sent


def test_a_preset_of_ones_own_lies_beside_the_settings(tmp_path: Path):
    presence = presences(tmp_path, f"[[accounts]]\n{MINE}", PRESET)["sms", "mine"]
    assert presence.channel.peers(presence.account) == ("https://sms.example.vn/send",)


def test_no_secret_is_printed():
    account = read(ESMS)
    for shown in (
        repr(account),
        str(account),
        repr(account.line),
        repr(account.line.inbound),
        account.model_dump_json(),
    ):
        assert SECRET not in shown


def test_a_brandname_needs_no_setting_of_the_way_in_and_nothing_comes_in():
    table = ESMS.replace(f'private_key = "{SECRET}"\n', "") + 'one_way = true\ntemplates = ["nhac-han"]\n'
    account = read(table)
    assert account.line.inbound is None
    assert account.line.receipts is not None
    assert account.meaning().one_way
    assert CHANNEL.one_way(account)
    assert CHANNEL.able is not None
    assert CHANNEL.able(account).worded


def test_an_account_is_as_able_as_its_preset():
    assert CHANNEL.able is not None
    esms, plain = CHANNEL.able(read(ESMS)), CHANNEL.able(plain_account())
    assert (esms.keyed, plain.keyed) == (True, False)
    assert esms.receipts
    assert CHANNEL.holds(read(ESMS)) == 8.0
    assert CHANNEL.holds(plain_account()) is None


def test_the_public_address_is_that_of_the_settings(tmp_path: Path):
    text = '[service]\npublic_url = "https://tra.example.vn"\n' + ESMS
    presence = presences(tmp_path, text)["sms", "8041"]
    assert isinstance(presence.account, SmsAccount)
    assert presence.account.address == "https://tra.example.vn/hooks/sms/8041"


def test_esms_and_plain_come_with_the_service():
    assert {"esms", "plain"} <= set(preset_names())


def read(table: str) -> SmsAccount:
    return SmsAccount.model_validate(tomllib.loads(table)["accounts"][0])


def plain_account() -> SmsAccount:
    return SmsAccount.model_validate(
        {
            "channel": "sms",
            "account": "a",
            "preset": "plain",
            "token": "x" * 16,
            "send_url": "http://127.0.0.1:9/send",
        }
    )
