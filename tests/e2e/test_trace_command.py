"""``tracuu trace`` as an administrator runs it."""

import time
from pathlib import Path

from yarl import URL

from gateway.exchange import Behalf, Exchange
from gateway.trace_files import TraceFiles
from tests.support.commands import tracuu, tracuu_json, write_settings
from tests.support.serving import Serving


def test_exchanges_are_shown_newest_last_and_by_what_is_asked(tmp_path: Path) -> None:
    service = Serving(folder=tmp_path, store_url=f"sqlite:///{tmp_path / 'tracuu.db'}")
    write_settings(service)
    assert tracuu(service, "trace").stdout == "nothing\n"
    files = TraceFiles(tmp_path / "trace")
    for number, status in ((1, 202), (2, 503)):
        exchange = Exchange(
            method="GET",
            url=URL("http://127.0.0.1:13013/cgi-bin/sendsms?password=x"),
            known=True,
            behalf=Behalf(channel="kannel", account="8179", message=number, part=0),
            at=time.time() - 60 + number,
        )
        exchange.status = status
        exchange.end(b"0: Accepted for delivery")
        files.add(exchange)
    files.flush()
    first, second = tracuu(service, "trace").stdout.splitlines()
    assert "kannel/8179 message 1:0  GET 127.0.0.1:13013/cgi-bin/sendsms  202 in " in first
    assert "message 2:0" in second
    assert tracuu_json(service, "trace", "--failed", "--since", "1h")["message"] == 2
    wrong = tracuu(service, "trace", "--since", "soon")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "tracuu: command line: --since: soon is not a while like 30m, 1h or 2d\n",
    )
