"""Tell systemd how we are: ready, alive, stopping (sd_notify(3)). Without systemd nothing is said."""

import contextlib
import os
import socket
from collections.abc import Mapping

_MICROSECONDS = 1_000_000


class Supervisor:
    """Whoever started this process and wants to hear from it.

    ``patience`` is after how many seconds of silence it restarts us (WatchdogSec), None when it never does.
    """

    def __init__(self, address: str, *, patience: float | None = None) -> None:
        self.patience = patience
        # a leading @ means a name that lies in no folder
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def ready(self) -> None:
        """The service has started."""
        self._say("READY=1")

    def alive(self) -> None:
        """Do not restart us yet."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """The service has been told to stop and is about it."""
        self._say("STOPPING=1")

    def _say(self, state: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(0)  # a supervisor that does not listen must not stop the loop
            out.sendto(state.encode(), self._address)


def find_supervisor(environ: Mapping[str, str]) -> Supervisor:
    """Who is to be told, by the variables that systemd sets for its own child."""
    meant = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    microseconds = environ.get("WATCHDOG_USEC", "")
    patience = int(microseconds) / _MICROSECONDS if meant and microseconds.isdecimal() else None
    return Supervisor(environ.get("NOTIFY_SOCKET", ""), patience=patience or None)
