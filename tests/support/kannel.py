"""Debian's bearerbox and smsbox with the configuration that this project ships, on free ports of this machine.

What is replaced in ``deploy/kannel`` are ports, paths and passwords; whatever else a test needs changed it says itself.
"""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.need import need_kannel
from tests.support.source import ROOT

SHIPPED = ROOT / "deploy" / "kannel"
PASSWORD = "the-sendsms-word"  # noqa: S105 – it opens nothing outside the test
TOKEN = "the-report-token"  # noqa: S105 – same
STATUS_PASSWORD = "the-status-word"  # noqa: S105 – same
SMPP_PASSWORD = "eightlet"  # noqa: S105 – same
_START_SECONDS = 20.0
_PATIENCE = 3.0
"""What bearerbox gets after the first TERM: it would wait for its queues for ever, the second TERM ends it."""


@dataclass(slots=True, kw_only=True)
class Kannel:
    """A gateway in ``folder`` whose messages go to ``hook_url``; ``link`` is "trial" or "smpp" (then to ``smpp_port``).

    ``changes`` are further replacements in the shipped ``kannel.conf``, old text to new, ``in_link`` those in its link.
    """

    folder: Path
    hook_url: str
    link: str = "trial"
    smpp_port: int = 0
    changes: Mapping[str, str] = field(default_factory=dict)
    in_link: Mapping[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def sendsms_url(self) -> str:
        """Where the service sends to."""
        return f"http://127.0.0.1:{self.ports['sendsms']}/cgi-bin/sendsms"

    @property
    def status_url(self) -> str:
        """Bearerbox's own word on its links and queues."""
        return f"http://127.0.0.1:{self.ports['admin']}/status.txt?password={STATUS_PASSWORD}"

    @property
    def handset_port(self) -> int:
        """Where a handset connects on the trial link."""
        return self.ports["handset"]

    def prepare(self) -> None:
        """Write the configuration. Raises AssertionError when something that is replaced is not in the shipped files."""
        (self.folder / "store").mkdir(parents=True)
        (self.folder / "dlr").mkdir()
        self.ports = dict(zip(("admin", "smsbox", "sendsms", "handset"), _free_ports(4), strict=True))
        (self.folder / "kannel.conf").write_text(
            self._replaced("kannel.conf", self._in_main() | dict(self.changes)), encoding="utf-8"
        )
        in_link = self._in_smpp() if self.link == "smpp" else {"port = 10000": f"port = {self.ports['handset']}"}
        (self.folder / "link.conf").write_text(
            self._replaced(f"link-{self.link}.conf", in_link | dict(self.in_link)), encoding="utf-8"
        )

    def start(self, *boxes: str) -> None:
        """Start ``boxes`` (default: both) and wait until they listen."""
        for box, port in (("bearerbox", "smsbox"), ("smsbox", "sendsms")):
            if box in (boxes or ("bearerbox", "smsbox")):
                self._start(box, self.ports[port])

    @property
    def running(self) -> tuple[str, ...]:
        """The boxes that run, in the order of their start."""
        return tuple(self._running)

    def kill(self, *boxes: str) -> None:
        """End ``boxes`` at once."""
        for box in boxes:
            self._running[box].kill()
            self._running.pop(box).wait()

    def stop(self, *boxes: str) -> None:
        """Ask ``boxes`` (default: both) to end; what bearerbox still holds stays in its files."""
        for box in boxes or ("smsbox", "bearerbox"):
            process = self._running.pop(box, None)
            if process is not None:
                _end(process)

    def said(self, box: str) -> str:
        """Everything that ``box`` has logged."""
        return (self.folder / f"{box}.log").read_text(encoding="utf-8", errors="replace")

    def _start(self, box: str, port: int) -> None:
        setpriv = shutil.which("setpriv")
        dying_with_us = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
        with (self.folder / f"{box}.out").open("ab") as output:
            process = subprocess.Popen(
                [*dying_with_us, need_kannel()[box], "-v", "4", str(self.folder / "kannel.conf")],
                cwd=self.folder,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        self._running[box] = process
        _wait_until_open(port, process, box)

    def _in_main(self) -> dict[str, str]:
        return {
            "admin-port = 13000": f"admin-port = {self.ports['admin']}",
            "smsbox-port = 13001": f"smsbox-port = {self.ports['smsbox']}",
            "sendsms-port = 13013": f"sendsms-port = {self.ports['sendsms']}",
            "http://127.0.0.1:8080/": f"{self.hook_url.rstrip('/')}/",
            "/var/log/kannel": str(self.folder),
            "/var/spool/kannel": str(self.folder),
            "/etc/kannel/link.conf": str(self.folder / "link.conf"),
            "CHANGE-ME-ADMIN": "the-admin-word",
            "CHANGE-ME-STATUS": STATUS_PASSWORD,
            "CHANGE-ME-SENDSMS": PASSWORD,
            "CHANGE-ME-TOKEN": TOKEN,
        }

    def _in_smpp(self) -> dict[str, str]:
        return {
            "port = 2775": f"port = {self.smpp_port}",
            "CHANGE-ME-HOST": "127.0.0.1",
            "CHANGE-ME-NAME": "esme",
            "smsc-password = CHANGE-ME": f"smsc-password = {SMPP_PASSWORD}",
            "reconnect-delay = 5": "reconnect-delay = 1",
        }

    def _replaced(self, name: str, changes: Mapping[str, str]) -> str:
        text = (SHIPPED / name).read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, f"deploy/kannel/{name} does not hold {old!r}"
            text = text.replace(old, new)
        return text


@contextlib.contextmanager
def running_kannel(kannel: Kannel) -> Iterator[Kannel]:
    """``kannel`` as long as the block lasts; skips the test where Debian's packages are missing."""
    need_kannel()
    kannel.prepare()
    try:
        kannel.start()
        yield kannel
    finally:
        kannel.kill(*kannel.running)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
            return
    process.wait()


def _wait_until_open(port: int, process: subprocess.Popen[bytes], box: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"{box} ended by itself")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"{box} did not open its port")


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
