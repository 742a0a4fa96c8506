"""Who is told how we are, as systemd's variables say."""

import os

import pytest

from gateway.supervisor import Supervisor, find_supervisor


def patience(**environ: str) -> float | None:
    return find_supervisor({"NOTIFY_SOCKET": "/run/none", **environ}).patience


def test_the_patience_is_told_in_microseconds():
    assert patience(WATCHDOG_USEC="30000000") == 30.0
    assert patience(WATCHDOG_USEC="500000", WATCHDOG_PID=str(os.getpid())) == 0.5


@pytest.mark.parametrize(
    "environ",
    [{}, {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "0"}],
    ids=["no watchdog", "meant for another process", "no number", "never"],
)
def test_without_a_watchdog_of_our_own_nobody_waits_for_us(environ: dict[str, str]):
    assert patience(**environ) is None


@pytest.mark.parametrize("address", ["", "/nowhere/at/all", "@tracuu-nobody-listens"])
def test_a_supervisor_that_does_not_listen_stops_nobody(address: str):
    supervisor = Supervisor(address)
    supervisor.ready()
    supervisor.alive()
    supervisor.stopping()
