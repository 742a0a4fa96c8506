"""``tracuu erase``, as an operator uses it when somebody asks to be forgotten."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.messages import Address, InboundMessage
from bot.store.erasure import places
from bot.store.intake import Intake
from gateway.commands.erase import read_address
from gateway.database import open_store
from gateway.settings import load_settings
from tests.support.in_process import tracuu_here

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings file with a database of its own."""
    file = tmp_path / "tracuu.toml"
    file.write_text('[store]\nurl = "sqlite:///data.db"\n', encoding="utf-8")
    return file


def tracuu(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return tracuu_here("--config", str(config), *words)


def test_what_was_asked_is_forgotten_and_the_next_question_is_the_first(config: Path):
    tracuu(config, "ask", "góp ý: chữ to hơn", "--user", "an", "--json")
    tracuu(config, "ask", "dân số Quảng Ngãi", "--user", "binh", "--json")
    done = tracuu(config, "erase", "web:cli:an", "--json")
    assert done.returncode == 0, done.stderr
    erased = json.loads(done.stdout)["erased"]
    assert {"conversations", "inbox", "outbox", "tickets"} <= erased.keys()
    assert json.loads(tracuu(config, "erase", "web:cli:an", "--json").stdout) == {"erased": {}}
    assert tracuu(config, "erase", "web:cli:an").stdout == "nothing was stored\n"
    (report,) = json.loads(tracuu(config, "tickets", "list", "--json").stdout)
    assert (report["text"], report["reachable"]) == ("", False)
    assert "conversations 1" in tracuu(config, "erase", "web:cli:binh").stdout


async def test_one_phone_is_forgotten_on_every_account_that_it_ever_wrote_to(config: Path):
    with config.open("a", encoding="utf-8") as file:
        file.write('[[accounts]]\nchannel = "kannel"\naccount = "8179"\n')
    written = [("kannel", "8179", "+84901000001"), ("sms", "gone", "+84901000001"), ("kannel", "8179", "+84901000002")]
    async with open_store(load_settings(config, {}), clock=lambda: datetime.now(UTC)) as store:
        for channel, account, user in written:
            address = Address(channel=channel, account=account, user=user)
            at = datetime.now(UTC)
            await Intake(store).accept([InboundMessage(address=address, external_id="1", text="hi", received_at=at)])
    done = tracuu(config, "erase", "kannel:8179:0901000001", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["erased"]["conversations"] == 2
    async with open_store(load_settings(config, {}), clock=lambda: datetime.now(UTC)) as store:
        assert await places(store) == [("kannel", "8179")]


@pytest.mark.parametrize("address", ["an", "web:an", "web::an", ":main:an", "web:main:"])
def test_what_is_no_address_is_wrong_usage(config: Path, address: str):
    done = tracuu(config, "erase", address)
    assert done.returncode == 2
    assert "channel:account:user" in done.stderr


def test_a_channel_that_does_not_exist_is_told_from_somebody_unknown(config: Path):
    done = tracuu(config, "erase", "Zalo:main:an")
    assert done.returncode == 2
    assert "Zalo is not one of" in done.stderr


WRITTEN = {
    "kannel:8179:0901000001": [("kannel", "+84901000001")],
    "kannel:8179:somebody": [("kannel", "somebody")],
    "zalo:4318:77": [("zalo", "77"), ("zalo-template", "uid:77")],
    "zalo-template:4318:uid:77": [("zalo-template", "uid:77"), ("zalo", "77")],
    "zalo-template:4318:0901000001": [("zalo-template", "84901000001"), ("zalo-template", "+84901000001")],
    "telegram:main:-1001": [("telegram", "-1001")],
    "sms:cli:an": [("sms", "an")],
}


@pytest.mark.parametrize("written", WRITTEN)
def test_everything_under_which_one_person_is_kept_is_forgotten(written: str):
    assert [(one.channel, one.user) for one in read_address(written)] == WRITTEN[written]
