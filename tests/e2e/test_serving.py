"""The service as a whole: starting, stopping, refusing, and what its logs must not hold."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.store.engine import Store
from tests.support.engines import POSTGRES_IN_SOAK
from tests.support.in_process import tracuu_here
from tests.support.serving import Person, Serving, running

ROOT = Path(__file__).parents[2]


async def test_a_question_without_diacritics_gets_its_figure_with_source_and_code(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            assert await person.post(http, service.url, {"id": "1", "text": "dan so quang ngai"}) == 200
            (reply,) = await person.replies(http, service.url, expect=1, seconds=20)
    assert "2.161.755 người" in reply["text"]
    assert "Nguồn:" in reply["text"]
    assert "Mã " in reply["text"]


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_replies_reach_the_page_when_every_role_is_a_process_of_its_own(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    services = []
    for role in ("web", "work", "send", "tick"):
        folder = tmp_path / role
        folder.mkdir()
        services.append(Serving(folder=folder, store_url=engine_url, roles=(role,)))
    person = Person(name="nong dan")
    with running(*services) as (web, *_):
        async with aiohttp.ClientSession() as http:
            for turn in range(1, 4):
                assert await person.post(http, web.url, {"id": str(turn), "text": "HD"}) == 200
            replies = await person.replies(http, web.url, expect=3, seconds=20)
    assert len(replies) == 3


@POSTGRES_IN_SOAK
async def test_the_page_gets_what_it_missed_after_a_restart_and_nothing_twice(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            await person.post(http, service.url, {"id": "1", "text": "HD"})
            first = await person.replies(http, service.url, expect=1, seconds=20)
            service.kill()
            service.start()
            await person.post(http, service.url, {"id": "2", "text": "danh muc"})
            both = await person.replies(http, service.url, expect=2, seconds=20)
    assert both[: len(first)] == first
    assert len(both) == 2


async def test_o3_no_text_number_or_token_reaches_a_log(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    canaries = {"text": "chimhoangyen77", "number": "0912345678", "choice": "lookup:canhchim88", "id": "maso99canary"}
    person = Person(name="canary")
    variables = {"TRACUU_SERVICE__LOG": "debug"}
    with running(Serving(folder=tmp_path, store_url=engine_url, variables=variables)) as (service,):
        async with aiohttp.ClientSession() as http:
            text = f"dan so {canaries['text']} {canaries['number']}"
            assert await person.post(http, service.url, {"id": canaries["id"], "text": text}) == 200
            assert await person.post(http, service.url, {"id": "2", "choice": canaries["choice"]}) == 200
            assert await person.post(http, service.url, {"id": canaries["id"] * 9, "text": text}) == 200
            forged = Person(name="forged", cookie=f"tracuu_session={canaries['text']}")
            assert await forged.post(http, service.url, {"id": "3", "text": text}) == 401
            replies = await person.replies(http, service.url, expect=2, seconds=20)
        service.stop()
    assert canaries["text"] in replies[0]["text"], "the canary was really sent and echoed"
    said = service.log.read_text(encoding="utf-8")
    assert "stopping" in said, "the log is really written"
    token = person.cookie.partition("=")[2]
    leaked = [mark for mark in (*canaries.values(), token, token.split(".")[0]) if mark in said]
    assert leaked == []


async def read_figures(http: aiohttp.ClientSession, url: str) -> dict[str, str]:
    """What stands at ``/metrics``, by name and labels."""
    async with http.get(f"{url}/metrics") as metrics:
        said = await metrics.text()
    return dict(line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#"))


async def test_health_readiness_and_metrics_tell_the_truth(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            await person.post(http, service.url, {"id": "1", "text": "dan so quang ngai"})
            assert len(await person.replies(http, service.url, expect=1, seconds=20)) == 1
            async with http.get(f"{service.url}/healthz") as live, http.get(f"{service.url}/readyz") as ready:
                assert (live.status, ready.status) == (200, 200)
            answered = 'tracuu_reply_seconds_count{channel="web"}'
            async with asyncio.timeout(20):
                # the page may read an answer before its sender has written down that it left
                while answered not in (figures := await read_figures(http, service.url)):
                    await asyncio.sleep(0.05)
    assert figures['tracuu_accept_seconds_count{channel="web"}'] == "1.0"
    assert figures['tracuu_handled_total{handler="lookup"}'] == "1.0"
    assert figures[answered] == "1.0"
    assert figures["tracuu_oldest_unhandled_seconds"] == "0.0"
    assert figures["tracuu_dead"] == "0.0"


MESSAGES = {
    "empty": "",
    "blank": "   \n ",
    "ten thousand characters": "a b " * 2500,
    "emoji only": "😀👍🏽🇻🇳",
    "control characters": "\x00\x07\x1b[31m",
    "NUL inside": "dan so\x00quang ngai",
    "lone surrogate": "dan so \ud800 quang ngai",
    "markup": "<script>alert(1)</script>",
    "injection": "'; DROP TABLE inbox; --",
}


async def test_odd_messages_get_a_helpful_answer(tmp_path: Path, engine: str, engine_url: str, store: Store) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            for name, text in MESSAGES.items():
                person = Person(name=name)
                assert await person.post(http, service.url, {"id": name, "text": text}) == 200
                (reply,) = await person.replies(http, service.url, expect=1, seconds=20)
                assert reply["text"].strip()
    assert '"level": "error"' not in service.log.read_text(encoding="utf-8")


def _serve(*words: str, config: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """``tracuu serve``, a process of its own as it always is, that does not get so far as to serve."""
    before = ["--config", str(config)] if config else []
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-m", "gateway", *before, "serve", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)


def _tracuu(*words: str, config: Path) -> subprocess.CompletedProcess[str]:
    return tracuu_here("--config", str(config), *words)


REFUSED = {
    "unknown setting": ("[service]\nprot = 1\n", {}, ("service.prot", "not a setting")),
    "impossible value": ("[service]\nport = 99999\n", {}, ("service.port",)),
    "broken TOML": ("[service\n", {}, ("TOML", "line 1")),
    "unknown variable": ("", {"TRACUU_SERVICE__PROT": "1"}, ("TRACUU_SERVICE__PROT",)),
    "unknown variable without section": ("", {"TRACUU_PORT": "1"}, ("TRACUU_PORT",)),
    "missing secret": ('[security]\nkey = "env:NOT_THERE"\n', {}, ("security.key", "NOT_THERE")),
    "bad key": ('[security]\nkey = "abc"\n', {}, ("security.key", "hexadecimal")),
    "unknown channel": ('[[accounts]]\nchannel = "fax"\naccount = "1"\n', {}, ("accounts[1].channel", "fax")),
    "unknown account key": ('[[accounts]]\nchannel = "web"\naccount = "1"\ncolour = 1\n', {}, ("colour",)),
    "account twice": ('[[accounts]]\nchannel = "web"\naccount = "1"\n' * 2, {}, ("twice",)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_settings_stop_the_start_with_place_and_reason(tmp_path: Path, name: str) -> None:
    content, variables, expected = REFUSED[name]
    config = tmp_path / "tracuu.toml"
    config.write_text(content, encoding="utf-8")
    done = _serve("--port", "0", config=config, **variables)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    for word in expected:
        assert word in done.stderr


def test_a_database_without_its_key_refuses_to_start(tmp_path: Path) -> None:
    config = tmp_path / "tracuu.toml"
    config.write_text('[store]\nurl = "sqlite:///data.db"\n', encoding="utf-8")
    assert _tracuu("migrate", config=config).returncode == 0
    (tmp_path / "var" / "key").rename(tmp_path / "elsewhere")
    done = _serve("--port", "0", config=config)
    assert done.returncode == 1
    assert "key" in done.stderr
    assert done.stderr.count("\n") == 1


async def test_a_second_serve_on_one_file_and_a_taken_port_get_one_sentence(
    tmp_path: Path, engine_url: str, store: Store, engine: str
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        config = tmp_path / "tracuu.toml"
        port = service.url.rpartition(":")[2]
        done = await asyncio.to_thread(_serve, "--port", port, config=config)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert ("already serves" if engine == "sqlite" else f"port {port}") in done.stderr


def test_ask_prints_the_document_of_the_contract(tmp_path: Path) -> None:
    config = tmp_path / "tracuu.toml"
    config.write_text('[store]\nurl = "sqlite:///data.db"\n', encoding="utf-8")
    done = _tracuu("ask", "dan so quang ngai", "--channel", "sms", "--json", config=config)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert set(document) == {"parts", "handler", "state", "hits", "rows", "answer_code"}
    (part,) = document["parts"]
    assert part["encoding"] == "gsm7"
    assert part["segments"] <= 2
    assert document["rows"][0]["values"]["dan_so"] == "2161755"
    assert set(part) == {"text", "choices", "encoding", "segments"}
    again = _tracuu("ask", document["answer_code"], "--json", config=config)
    assert "2.161.755" in json.loads(again.stdout)["parts"][0]["text"]


ACCOUNT = """
[[accounts]]
channel = "kannel"
account = "8179"
sendsms_url = "http://127.0.0.1:9/cgi-bin/sendsms"
username = "tracuu"
password = "a-word"
token = "another-word"
price = 350
"""


def test_ask_says_the_price_of_an_sms_where_an_account_has_one(tmp_path: Path) -> None:
    config = tmp_path / "tracuu.toml"
    config.write_text(f'[store]\nurl = "sqlite:///data.db"\n{ACCOUNT}', encoding="utf-8")
    asked = ("DL CO DAU", "dan so quang ngai")
    for words, costs in ((("--channel", "sms"), (True, True)), (("--channel", "web"), (False, False))):
        for text, priced in zip(asked, costs, strict=True):
            done = _tracuu("ask", text, *words, "--user", "84912345678", "--json", config=config)
            (part,) = json.loads(done.stdout)["parts"]
            assert part.get("price") == (350 * part["segments"] if priced else None)
