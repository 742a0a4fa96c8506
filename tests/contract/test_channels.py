"""Every channel that is found, under every check; the cases of a channel lie in ``cases/<channel>.toml``."""

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import gateway.channels
from bot.content import load_content
from bot.core.accounts import Account
from bot.core.messages import Choice, Reply
from bot.core.sms import count
from bot.core.text import unaccent
from bot.wording.speech import Speech
from gateway.channel import Capabilities, Encoding
from gateway.render import render
from tests.contract.casefile import load_cases
from tests.contract.checks import CHECKS, VIETNAMESE
from tests.contract.harness import stand
from tests.support.source import ROOT

MODULES = sorted(module.name for module in pkgutil.iter_modules(gateway.channels.__path__))
EACH_CHANNEL = pytest.mark.parametrize("module", MODULES)
CONTENT = load_content(ROOT / "data")
CHOICES = tuple(Choice(label=f"Dân số trung bình năm {year}", value=f"lookup:{year}") for year in range(2020, 2025))
REPLIES = {
    "a sentence": Reply(text=VIETNAMESE),
    "choices": Reply(text=VIETNAMESE, choices=CHOICES),
    "a link": Reply(text="Nguồn: Sở Nội vụ", link="https://opendata.example.vn/dataset/dan-so"),
    "brief": Reply(text=VIETNAMESE, brief="Dân số: 1.245.600"),
    "a long list": Reply(text="\n".join(f"{n}. Trường tiểu học Nghĩa Lộ {n}" for n in range(1000)), choices=CHOICES),
    "one endless word": Reply(text="ữ" * 20_000),
    "emoji": Reply(text="👨‍👩‍👧" * 3000),
    "nothing": Reply(text=""),
}


@EACH_CHANNEL
def test_a_channel_has_its_table_of_cases(module: str):
    channel = import_module(f"gateway.channels.{module}").CHANNEL
    assert channel.name == module.replace("_", "-")
    assert load_cases(module).account["channel"] == channel.name


def test_every_table_of_cases_belongs_to_a_channel():
    tables = {file.stem for file in (Path(__file__).parent / "cases").glob("*.toml")}
    assert tables == set(MODULES)


@EACH_CHANNEL
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
async def test_a_channel_keeps_the_contract(module: str, check, store):
    channel = import_module(f"gateway.channels.{module}").CHANNEL
    async with stand(channel, load_cases(module), store) as prepared:
        await check(prepared)


def parts_of(module: str, reply: Reply, *, accents: bool = False):
    channel = import_module(f"gateway.channels.{module}").CHANNEL
    account = Account(channel=channel.name, name="main")
    speech = Speech(content=CONTENT, language="vi", account=account)
    return channel.capabilities, render(reply, channel.capabilities, speech, accents=accents)


def fits(text: str, capabilities: Capabilities) -> bool:
    if capabilities.encoding is Encoding.SMS:
        return count(text).segments <= capabilities.limit * capabilities.pages
    return len(text) <= capabilities.limit


@EACH_CHANNEL
@pytest.mark.parametrize("accents", [False, True], ids=["plain", "accented"])
@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_every_part_is_within_what_the_channel_can_show(module: str, reply: Reply, accents: bool):
    capabilities, parts = parts_of(module, reply, accents=accents)
    assert 1 <= len(parts) <= capabilities.pages
    assert all(fits(part.text, capabilities) for part in parts)
    shown = [choice for part in parts for choice in part.choices]
    assert shown == list(reply.choices), (
        "a channel without buttons shows them as digits; `ask` prints them all the same"
    )


@EACH_CHANNEL
def test_vietnamese_text_survives_whole(module: str):
    capabilities, parts = parts_of(module, Reply(text=VIETNAMESE), accents=True)
    assert " ".join(part.text for part in parts) == VIETNAMESE
    if capabilities.brief:
        _, plain = parts_of(module, Reply(text=VIETNAMESE))
        assert " ".join(part.text for part in plain) == unaccent(VIETNAMESE)
