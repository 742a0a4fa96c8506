"""``tracuu zalo`` as an administrator uses it, against the double: log in, look, refresh; no token is ever shown."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from simulator.zalo.double import REFRESH, Zalo, running_zalo
from simulator.zalo.troubles import lost
from simulator.zalo.world import APP_ID, APP_SECRET, OA_ID, Oa
from tests.support.in_process import tracuu_here

CALLBACK = "https://tracuu.example.vn/"
OTHER_OA = "5550001112223334445"


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where the administrator sits."""

    folder: Path
    zalo: Zalo

    def configure(self, *more: str) -> None:
        account = [
            "[[accounts]]",
            'channel = "zalo"',
            f'account = "{OA_ID}"',
            f'app_id = "{APP_ID}"',
            f'app_secret = "{APP_SECRET}"',
            f'api_base = "{self.zalo.api_base}"',
            f'oauth_base = "{self.zalo.oauth_base}"',
            *more,
        ]
        head = f'[store]\nurl = "sqlite:///data.db"\n[service]\npublic_url = "{CALLBACK}"\n'
        (self.folder / "tracuu.toml").write_text(head + "\n".join(account) + "\n", encoding="utf-8")

    async def run(self, *words: str, said: str = "", variables: Mapping[str, str] | None = None) -> Done:
        settings = ("--config", str(self.folder / "tracuu.toml"))
        ended = await asyncio.to_thread(tracuu_here, *settings, *words, said=said, variables=variables)
        done = Done(code=ended.returncode, out=ended.stdout, err=ended.stderr)
        shown = done.out + done.err
        for pair in self.zalo.world.pairs:
            assert pair.access not in shown
            assert pair.refresh not in shown
        assert APP_SECRET not in shown
        return done

    async def adopt(self, *more: str) -> Done:
        """Log in with a pair from the API Explorer."""
        pair = self.zalo.tokens()
        return await self.run(
            "zalo",
            "login",
            "--access-token",
            "env:EXPLORER_ACCESS",
            "--refresh-token",
            "-",
            *more,
            said=f"{pair.refresh}\n",
            variables={"EXPLORER_ACCESS": pair.access},
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with running_zalo() as zalo:
        zalo.app.callback = CALLBACK
        made = Desk(folder=tmp_path, zalo=zalo)
        made.configure()
        yield made


async def test_an_administrator_logs_in_by_the_link(desk: Desk):
    first = await desk.run("zalo", "login")
    assert first.code == 0, first.err
    verifier = desk.folder / "var" / f"zalo-{OA_ID}.verifier"
    assert stat.S_IMODE(verifier.stat().st_mode) == 0o600
    assert verifier.read_text(encoding="ascii") not in first.out
    link = next(word for word in first.out.split() if word.startswith(desk.zalo.oauth_base))
    desk.zalo.app.challenge = parse_qs(urlsplit(link).query)["code_challenge"][0]
    async with aiohttp.ClientSession() as browser, browser.get(link, allow_redirects=False) as page:
        address = page.headers["Location"]
    second = await desk.run("zalo", "login", "--code", address)
    assert (second.code, second.out) == (0, f"logged in to {desk.zalo.oa.name}\n"), second.err
    again = await desk.run("zalo", "login", "--code", address)
    assert again.code == 1, "a code serves once"
    assert (await desk.run("zalo", "status")).code == 0, "and a second try spoils nothing"
    assert [broken.rule for broken in desk.zalo.violations] == ["Z23"]


async def test_the_verifier_stays_the_same_and_may_move_into_the_settings(desk: Desk):
    first = await desk.run("zalo", "login")
    assert desk.zalo.oauth_base in first.out
    assert (await desk.run("zalo", "login")).out == first.out
    desk.configure(f'code_verifier = "file:var/zalo-{OA_ID}.verifier"')
    moved = await desk.run("zalo", "login")
    assert moved.out.splitlines() == first.out.splitlines()[1:]


async def test_an_address_of_another_account_or_link_is_not_taken(desk: Desk):
    await desk.run("zalo", "login")
    for query in (f"code=abc&oa_id={OTHER_OA}", f"code=abc&oa_id={OA_ID}&state=forged", f"oa_id={OA_ID}"):
        done = await desk.run("zalo", "login", "--code", f"{CALLBACK}?{query}")
        assert done.code == 2, query
        assert "--code" in done.err
    assert not desk.zalo.calls


async def test_a_pair_from_the_explorer_serves_and_is_refreshed_on_command(desk: Desk):
    assert (await desk.adopt()).code == 0
    done = await desk.run("zalo", "refresh")
    assert (done.code, done.out) == (0, "refreshed; this is pair 2\n"), done.err
    assert (await desk.run("zalo", "status")).code == 0
    assert not desk.zalo.violations


@pytest.mark.parametrize("source", ["an-access-token-itself", "env:NOT_SET", "file:nowhere.txt"])
async def test_a_token_never_stands_in_the_command_line(desk: Desk, source: str):
    done = await desk.run("zalo", "login", "--access-token", source, "--refresh-token", "-", said="x\n")
    assert done.code == 2
    assert "access token" in done.err
    assert "an-access-token-itself" not in done.err


async def test_tokens_of_another_account_are_not_kept(desk: Desk):
    await desk.adopt()
    other = desk.zalo.add_oa(Oa(oa_id=OTHER_OA))
    foreign = desk.zalo.tokens(other.oa_id)
    done = await desk.run(
        *("zalo", "login", "--access-token", "env:A", "--refresh-token", "env:R"),
        variables={"A": foreign.access, "R": foreign.refresh},
    )
    assert done.code == 1
    assert OTHER_OA in done.err
    assert (await desk.run("zalo", "status")).code == 0


async def test_status_says_everything_an_administrator_needs(desk: Desk):
    await desk.adopt()
    desk.zalo.oa.sub_quota = 320
    done = await desk.run("zalo", "status", "--json")
    said = json.loads(done.out)
    assert said["token"]["state"] == "good"
    assert (said["oa"]["id"], said["oa"]["type"], said["oa"]["package_name"]) == (OA_ID, "government", "Tăng trưởng")
    assert said["quotas"][0]["remain"] == 320
    assert said["seen"]["rate"]["limit"] == 100
    assert said["webhook"] == f"{CALLBACK}hooks/zalo/{OA_ID}"
    assert (said["troubles"], said["warnings"]) == ([], [])
    for_people = await desk.run("zalo", "status")
    assert "Tăng trưởng" in for_people.out


async def test_a_package_that_ends_soon_is_told_a_month_before(desk: Desk):
    await desk.adopt()
    desk.zalo.oa.valid_through = (desk.zalo.clock() + timedelta(days=10)).date()
    done = await desk.run("zalo", "status")
    assert done.code == 0
    assert "ends in" in done.out
    desk.zalo.oa.code = -224
    done = await desk.run("zalo", "status")
    assert done.code == 1
    assert "-224" in done.err


async def test_before_the_first_log_in_everything_says_how(desk: Desk):
    for words in (("zalo", "status"), ("zalo", "refresh")):
        done = await desk.run(*words)
        assert done.code == 1
        assert "tracuu zalo login" in done.err
    doctor = json.loads((await desk.run("doctor", "--json")).out)
    (token,) = [one for one in doctor if one["name"] == f"token zalo/{OA_ID}"]
    assert (token["verdict"], token["detail"]) == ("warn", "absent, nobody has logged in: tracuu zalo login")


async def test_in_an_unknown_state_a_refresh_asks_for_a_log_in(desk: Desk):
    await desk.adopt()
    desk.zalo.plan(REFRESH, lost())
    assert (await desk.run("zalo", "refresh")).code == 1
    again = await desk.run("zalo", "refresh")
    assert again.code == 1
    assert "unknown" in again.err
    assert "tracuu zalo login" in again.err
    doctor = json.loads((await desk.run("doctor", "--json")).out)
    (token,) = [one for one in doctor if one["name"] == f"token zalo/{OA_ID}"]
    assert token["verdict"] == "warn"
    assert sum(call.path == REFRESH for call in desk.zalo.calls) == 1


async def test_what_is_done_is_told_in_json_too(desk: Desk):
    invited = json.loads((await desk.run("zalo", "login", "--json")).out)
    assert (invited["account"], invited["callback"]) == (OA_ID, CALLBACK)
    assert invited["link"].startswith(desk.zalo.oauth_base)
    assert invited["challenge"] in invited["link"]
    assert json.loads((await desk.adopt("--json")).out) == {"account": OA_ID, "name": desk.zalo.oa.name}
    assert json.loads((await desk.run("zalo", "refresh", "--json")).out) == {"account": OA_ID, "version": 2}


async def test_wrong_usage_is_told_apart(desk: Desk):
    unknown = await desk.run("zalo", "status", "999")
    assert (unknown.code, OA_ID in unknown.err) == (2, True)
    half = await desk.run("zalo", "login", "--access-token", "-")
    assert (half.code, "--refresh-token" in half.err) == (2, True)
    (desk.folder / "tracuu.toml").write_text('[store]\nurl = "sqlite:///data.db"\n', encoding="utf-8")
    done = await desk.run("zalo", "status")
    assert done.code == 2
    assert "none has channel zalo" in done.err
