"""The real service with an Official Account: a question comes in signed, its answer goes out, the token is kept."""

import asyncio
import subprocess
import sys
from pathlib import Path

import aiohttp

from gateway.trace_reading import Record, Wanted, read_trace
from simulator.zalo.double import running_zalo
from simulator.zalo.world import APP_ID, APP_SECRET, OA_ID, OA_SECRET
from tests.support.serving import Serving, running

UID = "7293648105738264910"


async def test_a_question_by_zalo_is_answered_and_the_token_refreshed_in_time(tmp_path: Path):
    async with running_zalo() as zalo, aiohttp.ClientSession() as http:
        account = (
            f'[[accounts]]\nchannel = "zalo"\naccount = "{OA_ID}"\napp_id = "{APP_ID}"\napp_secret = "{APP_SECRET}"\n'
            f'oa_secret = "{OA_SECRET}"\napi_base = "{zalo.api_base}"\noauth_base = "{zalo.oauth_base}"\n'
        )
        service = Serving(folder=tmp_path, store_url=f"sqlite:///{tmp_path / 'data.db'}", settings=account)
        await asyncio.to_thread(_log_in, service, zalo.tokens().access, zalo.tokens().refresh)
        with running(service):
            zalo.app.webhook = f"{service.url}/hooks/zalo/{OA_ID}"
            assert (await zalo.say(UID, "dân số quảng ngãi")).status == 200
            async with asyncio.timeout(30):
                while not zalo.texts(UID):
                    await asyncio.sleep(0.05)
            assert "2.161.755" in zalo.texts(UID)[0]
            seen = await service.metrics(http)
            assert seen[f'tracuu_zalo_token{{account="{OA_ID}",state="good"}}'] == 1.0
            assert not zalo.violations
            assert await asyncio.to_thread(service.stop) == 0
            said = service.said()
        assert UID not in said
        assert all(pair.access not in said and pair.refresh not in said for pair in zalo.world.pairs)
        sent, refreshed = traced(tmp_path / "trace", "/v3.0/oa/message/cs"), traced(tmp_path / "trace", "access_token")
        assert (sent["account"], sent["part"], sent["answer"]["error"]) == (OA_ID, 0, 0)
        assert sent["message"] is not None
        assert (refreshed["account"], refreshed["request"]["refresh_token"]) == (OA_ID, "token")
        written = b"".join(file.read_bytes() for file in (tmp_path / "trace").iterdir()).decode()
        assert UID not in written
        assert all(pair.access not in written and pair.refresh not in written for pair in zalo.world.pairs)
        assert len(zalo.world.pairs) == 2, "a pair of unknown age is refreshed at the start"


def traced(folder: Path, path: str) -> Record:
    """The last exchange under ``path``."""
    return [record for record in read_trace(folder, Wanted()) if record["path"].endswith(path)][-1]


def _log_in(service: Serving, access: str, refresh: str) -> None:
    """As ``tracuu zalo login`` would, in a process of its own."""
    root = Path(__file__).parents[2]
    config = service.folder / "tracuu.toml"
    config.write_text(
        f'[store]\nurl = "{service.store_url}"\n[security]\nkey = "{(b"k" * 32).hex()}"\n{service.settings}',
        encoding="utf-8",
    )
    words = ["zalo", "login", "--access-token", "env:A", "--refresh-token", "env:R"]
    subprocess.run(
        [sys.executable, "-m", "gateway", "--config", str(config), *words],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "A": access, "R": refresh},
        check=True,
        timeout=90,
    )
