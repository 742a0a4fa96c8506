"""The real service as a process of its own, and people who write to it as the chat page does."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

START_SECONDS = 40
KEY = b"k" * 32
"""The key of every service under test, that of the stores of ``tests/conftest.py``."""
_index = tempfile.TemporaryDirectory(prefix="tracuu-index-")
"""The index of the sample is built once for all services: a file of it is named by what it holds."""
_AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError)


@dataclass(slots=True, kw_only=True)
class Serving:
    """``tracuu serve`` on ``folder``; everything it says goes to ``log``. ``module`` is the program."""

    folder: Path
    store_url: str
    roles: Sequence[str] = ()
    settings: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    name: str = "serve"
    module: str = "gateway"
    url: str = ""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Where stdout and stderr of all its starts are."""
        return self.folder / f"{self.name}.log"

    def start(self) -> "Serving":
        """Start it and wait until it says that it accepts."""
        config = self.folder / "tracuu.toml"
        config.write_text(
            f'[store]\nurl = "{self.store_url}"\n[security]\nkey = "{KEY.hex()}"\n{self.settings}', encoding="utf-8"
        )
        roles = [word for role in self.roles for word in ("--role", role)]
        command = [sys.executable, "-m", self.module, "--config", str(config), "serve", "--port", "0", *roles]
        with self.log.open("ab") as output:
            seen = self.log.stat().st_size
            self._process = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=self._environment()
            )
        self.url = self._announced(seen)
        return self

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._send(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        return self._send(signal.SIGTERM)

    def said(self) -> str:
        """Everything it has written to its log so far."""
        return self.log.read_text(encoding="utf-8")

    async def until_said(self, *words: str, seconds: float) -> dict[str, Any]:
        """Wait for an event in the log whose line holds all ``words``. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                for line in self.said().splitlines():
                    if line.startswith("{") and line.endswith("}") and all(word in line for word in words):
                        event: dict[str, Any] = json.loads(line)
                        return event
                await asyncio.sleep(0.05)

    async def metrics(self, http: aiohttp.ClientSession) -> dict[str, float]:
        """What it tells Prometheus, by name and labels."""
        async with http.get(f"{self.url}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    def _send(self, number: int) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(30)
        self._process = None
        return code

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACUU_")}
        shared = {"PYTHONPATH": str(Path(__file__).parents[2]), "TRACUU_STORE__INDEX": _index.name}
        return {**kept, **shared, **self.variables}

    def _announced(self, seen: int) -> str:
        assert self._process is not None
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            said = self.log.read_bytes()[seen:].decode("utf-8", "replace")
            for line in said.splitlines(keepends=True):
                if line.startswith("tracuu: ") and line.endswith("\n"):
                    return line.removeprefix("tracuu: ").strip()
            if self._process.poll() is not None:
                raise AssertionError(f"the service did not start: {said}")
            time.sleep(0.01)
        raise AssertionError("the service did not accept in time")


@contextlib.contextmanager
def running(*services: Serving) -> Iterator[Sequence[Serving]]:
    """Start ``services``, where they do not run yet, and end whatever is left of them."""
    try:
        for service in services:
            if service._process is None:
                service.start()
        yield services
    finally:
        for service in services:
            if service._process is not None:
                service.kill()


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with a chat page open: keeps the session cookie, repeats what was not answered."""

    name: str
    cookie: str = ""

    async def post(self, http: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> int | None:
        """Post one message; the status, None when nobody answered."""
        try:
            if not self.cookie:
                await self._arrive(http, url)
            async with http.post(f"{url}/hooks/web/main", json=body, headers={"Cookie": self.cookie}) as answer:
                return answer.status
        except _AWAY:
            return None

    async def _arrive(self, http: aiohttp.ClientSession, url: str) -> None:
        async with http.get(f"{url}/") as page:
            morsel = page.cookies["tracuu_session"]
            self.cookie = f"tracuu_session={morsel.value}"

    async def replies(
        self, http: aiohttp.ClientSession, url: str, *, expect: int, seconds: float
    ) -> list[dict[str, Any]]:
        """All replies from the first on: waits until there are ``expect`` or ``seconds`` have passed."""
        got: dict[str, dict[str, Any]] = {}
        with contextlib.suppress(TimeoutError, *_AWAY):
            async with asyncio.timeout(seconds):
                async for number, part in self._stream(http, url):
                    got[number] = part
                    if len(got) >= expect:
                        break
        return list(got.values())

    async def _stream(self, http: aiohttp.ClientSession, url: str) -> Any:
        headers = {"Cookie": self.cookie}
        async with http.get(f"{url}/web/events", headers=headers, timeout=aiohttp.ClientTimeout(None)) as stream:
            number = ""
            async for raw in stream.content:
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name == "id":
                    number = value
                elif name == "data":
                    yield number, json.loads(value)
