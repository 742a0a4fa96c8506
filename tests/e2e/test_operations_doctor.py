"""What an administrator is told, and what comes back from the dead."""

import asyncio
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.core.pools import Pool
from bot.store.balancing import note_troubles, rebalance
from bot.store.quarantine import set_aside
from gateway.channel import Hook
from gateway.doctor import examine
from gateway.finding import Finding
from gateway.quarantine import pack
from gateway.settings import load_settings
from tests.conftest import NOW, open_store
from tests.support.commands import tracuu, tracuu_json, write_settings
from tests.support.serving import KEY, Serving

KANNEL = """
[[accounts]]
channel = "kannel"
account = "8179"
sendsms_url = "{url}"
username = "u"
password = "p"
token = "12345678"
"""


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'tracuu.db')}"


def service(folder: Path, database: str, settings: str = "") -> Serving:
    made = Serving(folder=folder, store_url=database, settings=settings)
    write_settings(made)
    return made


@pytest.fixture
def listening() -> Iterator[str]:
    """The address of something that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/cgi-bin/sendsms"


def findings(asked: Serving) -> dict[str, tuple[str, str]]:
    async def work() -> list[Finding]:
        settings = load_settings(asked.folder / "tracuu.toml", {})
        return [finding async for finding in examine(settings, clock=lambda: NOW)]

    return {one.name: (one.verdict, one.detail) for one in asyncio.run(work())}


def test_the_weights_of_a_pool_are_said_and_a_warning_while_they_are_away_from_rest(
    tmp_path: Path, database: str
) -> None:
    members = {("kannel", "8179"): 51, ("kannel", "8279"): 49}
    pool = Pool(name="sms", weights=members)

    async def begin(*, failing: bool) -> None:
        async with open_store(database) as store:
            if failing:
                await note_troubles(store, {("kannel", "8179"): 60}, now=NOW)
            await rebalance(store, pool, now=NOW)

    asked = service(tmp_path, database)
    asyncio.run(begin(failing=False))
    resting = "kannel/8179 51 (at rest 51), kannel/8279 49 (at rest 49)"
    assert findings(asked)["pool sms"] == ("ok", resting)
    asyncio.run(begin(failing=True))
    moved = "kannel/8179 41 (at rest 51), kannel/8279 59 (at rest 49)"
    assert findings(asked)["pool sms"] == ("warn", moved)


def test_a_host_that_can_be_reached_is_named(tmp_path: Path, database: str, listening: str) -> None:
    verdict, detail = findings(service(tmp_path, database, KANNEL.format(url=listening)))["account kannel/8179"]
    assert verdict == "ok"
    assert detail.endswith("can be reached")


def test_a_host_that_is_away_is_named_with_the_reason(tmp_path: Path, database: str) -> None:
    settings = KANNEL.format(url="http://127.0.0.1:1/cgi-bin/sendsms")
    verdict, detail = findings(service(tmp_path, database, settings))["account kannel/8179"]
    assert (verdict, detail[:28]) == ("warn", "cannot reach 127.0.0.1:1: Co")


def test_the_proxy_stands_for_the_hosts_behind_it(tmp_path: Path, database: str) -> None:
    settings = KANNEL.format(url="https://sms.example.vn/send")
    asked = Serving(
        folder=tmp_path, store_url=database, settings='[service]\nproxy = "http://127.0.0.1:1"\n' + settings
    )
    write_settings(asked)
    verdict, detail = findings(asked)["account kannel/8179"]
    assert (verdict, detail[:58]) == ("warn", "cannot reach sms.example.vn:443: the proxy 127.0.0.1:1: Co")


def test_a_host_that_an_administrator_named_is_looked_for(tmp_path: Path, database: str) -> None:
    settings = '[outbound]\nhosts = ["127.0.0.1:1"]\n'
    verdict, detail = findings(service(tmp_path, database, settings))["outbound"]
    assert (verdict, detail[:51]) == ("warn", "may call 127.0.0.1; cannot reach 127.0.0.1:1: Conne")


def test_a_key_that_others_can_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "tracuu.toml").touch()
    asked = Serving(folder=tmp_path, store_url="")
    tracuu(asked, "migrate")
    assert findings(asked)["key"][0] == "ok"
    (tmp_path / "var" / "key").chmod(0o644)
    verdict, detail = findings(asked)["key"]
    assert (verdict, detail.endswith("chmod 600")) == ("warn", True)


def test_disk_version_and_last_backup_are_told(tmp_path: Path, database: str) -> None:
    asked = service(tmp_path, database)
    before = findings(asked)
    assert before["backup"][0] == "warn"
    assert "GB free beside tracuu.db" in before["disk"][1]
    assert before["store"][1].startswith("sqlite 3.")
    tracuu_json(asked, "backup", str(tmp_path / "backup.db"))
    assert findings(asked)["backup"][0] == "ok"


def test_doctor_makes_nothing_on_a_fresh_machine(tmp_path: Path) -> None:
    (tmp_path / "tracuu.toml").touch()
    asked = Serving(folder=tmp_path, store_url="")
    assert findings(asked)["store"] == ("ok", "new: the first start prepares it")
    assert [entry.name for entry in tmp_path.iterdir()] == ["tracuu.toml"]


def test_a_key_of_another_database_is_named(tmp_path: Path, database: str) -> None:
    asked = service(tmp_path, database)
    settings = tmp_path / "tracuu.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(KEY.hex(), "ab" * 32), encoding="utf-8")
    verdict, detail = findings(asked)["store"]
    assert (verdict, "belongs to another key" in detail) == ("fail", True)


@pytest.mark.parametrize("name", ["key", "accounts[1].token"])
def test_a_secret_in_a_file_that_others_can_read_is_named(tmp_path: Path, name: str) -> None:
    secrets = {"key": tmp_path / "key", "accounts[1].token": tmp_path / "token"}
    for file in secrets.values():
        file.touch(0o600)
        file.write_text(KEY.hex(), encoding="ascii")
    account = KANNEL.format(url="http://127.0.0.1:1/").replace('"12345678"', '"file:token"')
    (tmp_path / "tracuu.toml").write_text(f'[security]\nkey = "file:key"\n{account}', encoding="utf-8")
    asked = Serving(folder=tmp_path, store_url="")
    assert findings(asked).get(name, ("ok", ""))[0] == "ok"
    secrets[name].chmod(0o640)
    assert findings(asked)[name] == ("warn", f"{secrets[name]} can be read by others: chmod 600")


def test_a_database_that_may_not_be_written_to_is_named(tmp_path: Path, database: str) -> None:
    asked = service(tmp_path, database)
    with sqlite3.connect(tmp_path / "tracuu.db", isolation_level=None) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        assert findings(asked)["store"][0] == "fail"
    foreign.close()


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path, database: str, listening: str) -> None:
    port = urlsplit(listening).port
    asked = service(tmp_path, database, f"[service]\nport = {port}\n")
    assert findings(asked)["port"] == ("warn", f"127.0.0.1:{port}: Address already in use (is the service running?)")


BEFORE_A_START = {
    "sources": '[[sources]]\nkind = "csv"\nurl = "none.csv"\n',
    "content": '[[accounts]]\nchannel = "fax"\naccount = "1"\n',
}


@pytest.mark.parametrize(("name", "settings"), BEFORE_A_START.items(), ids=BEFORE_A_START)
@pytest.mark.parametrize("url", ["sqlite:///new.db", "postgresql://nobody@127.0.0.1:1/away"], ids=["new", "away"])
def test_what_a_start_would_refuse_is_named_whatever_the_database_is_like(
    tmp_path: Path, url: str, name: str, settings: str
) -> None:
    assert findings(service(tmp_path, url, settings))[name][0] == "fail"


def put_aside(asked: Serving, hook: Hook) -> None:
    async def work() -> None:
        async with open_store(asked.store_url) as store:
            raw = pack(hook, store.vault)
            await set_aside(store, channel="kannel", account="8179", raw=raw, reason="old bug", now=NOW)

    asyncio.run(work())


def sms(**changes: str) -> Hook:
    fields = {
        "from": "+84912345678",
        "to": "8179",
        "text": "dan so",
        "charset": "UTF-8",
        "id": "a1",
        "token": "12345678",
    }
    return Hook(method="GET", query=fields | changes, headers={}, cookies={}, body=b"")


def test_an_event_that_is_understood_now_is_taken(tmp_path: Path, database: str, listening: str) -> None:
    asked = service(tmp_path, database, KANNEL.format(url=listening))
    put_aside(asked, sms())
    (letter,) = tracuu_json(asked, "dead", "list")
    assert (letter["kind"], letter["reason"]) == ("quarantine", "old bug")
    taken = tracuu(asked, "dead", "replay", "quarantine", str(letter["id"]))
    assert taken.stdout == f"quarantine {letter['id']} held 1 messages and 0 receipts\n"
    assert tracuu_json(asked, "dead", "list") == []
    assert "1 unhandled" in findings(asked)["queues"][1]


def test_an_event_that_is_still_not_understood_stays_and_shows_nothing(
    tmp_path: Path, database: str, listening: str
) -> None:
    asked = service(tmp_path, database, KANNEL.format(url=listening))
    put_aside(asked, sms(charset="EBCDIC", text="bi mat"))
    again = tracuu(asked, "dead", "replay", "quarantine", "1")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("tracuu: ")
    assert not any(secret in again.stderr for secret in ("bi mat", "912345678", "12345678"))
    assert len(tracuu_json(asked, "dead", "list")) == 1


def test_what_lies_in_quarantine_is_encrypted(tmp_path: Path, database: str) -> None:
    asked = service(tmp_path, database)
    put_aside(asked, sms())
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.name.startswith("tracuu.db"))
    assert b"912345678" not in content
    assert b"dan so" not in content
