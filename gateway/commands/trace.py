"""``tracuu trace``: what was said to providers and what they answered, without a word of anybody's."""

import itertools
import re
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from bot.core.errors import ContentError
from bot.core.local_time import VIETNAM
from gateway.terminal import Terminal, now, print_json, say
from gateway.trace_reading import Record, Wanted, follow_trace, has_failed, read_trace

SHOWN = 1000
"""How many are shown unless they are followed: the newest."""
_LOOK_SECONDS = 0.5
_SPAN = re.compile(r"(\d{1,4})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def add_commands(app: typer.Typer) -> None:
    """Add ``trace`` to ``app``."""
    app.command("trace", help="Exchanges with providers, newest last: no text, no number, no token.")(trace_command)


def trace_command(
    context: typer.Context,
    message: Annotated[int | None, typer.Option(help="Only those of this message of the outbox.")] = None,
    account: Annotated[str, typer.Option(help="Only those of this account, as CHANNEL/NAME.")] = "",
    since: Annotated[str, typer.Option(help="Only those of the last while: 30m, 1h, 2d.")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="Only those that did not end well.")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document a line.")] = False,
) -> None:
    """Show what was written down."""
    terminal: Terminal = context.obj
    settings = terminal.settings()
    wanted = Wanted(message=message, account=account, since=_begin(since), failed=failed)
    folder = settings.trace_folder
    if not settings.outbound.trace:
        say("tracuu: outbound.trace is off: only what was written before is shown")
    records = read_trace(folder, wanted, newest=SHOWN)
    if len(records) == SHOWN:
        say(f"tracuu: only the newest {SHOWN} are shown")
    coming = follow_trace(folder, wanted, lambda: time.sleep(_LOOK_SECONDS)) if follow else ()
    _show(itertools.chain(records, coming), as_json=json)
    if not records and not follow and not json:
        typer.echo("nothing")


def _show(records: Iterable[Record], *, as_json: bool) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for record in records:
        if as_json:
            print_json(record)
        else:
            console.print(Text(line_of(record), style="red" if "host" in record and has_failed(record) else ""))


def line_of(record: Record) -> str:
    """One exchange on one line."""
    if "dropped" in record:
        return f"{record['dropped']} exchanges could not be written down"
    if "host" not in record:
        return f"an exchange that could not be described ({record.get('unreadable', '')})"
    at = datetime.fromisoformat(record["at"]).astimezone(VIETNAM)
    whose = f"{record['channel']}/{record['account']}" if record["channel"] else "–"
    which = "" if record["message"] is None else f" message {record['message']}:{record['part']}"
    end = record["status"] if record["status"] is not None else "no answer"
    words = [
        f"{at:%d/%m %H:%M:%S}.{at.microsecond // 1000:03}  {whose}{which}",
        f"{record['method']} {record['host']}{record['path']}",
        f"{end} in {record['ms']:g} ms",
        _pairs("sent", record["request"]),
        _pairs("got", record.get("answer", {})),
        f"error {record['error']}" if "error" in record else "",
    ]
    return "  ".join(filter(None, words))


def _pairs(title: str, values: dict[str, object]) -> str:
    return f"{title} " + " ".join(f"{name}={value}" for name, value in values.items()) if values else ""


def _begin(since: str) -> datetime | None:
    if not since:
        return None
    span = _SPAN.fullmatch(since)
    if span is None:
        raise ContentError("command line", "--since", f"{since} is not a while like 30m, 1h or 2d")
    return now() - timedelta(**{_UNITS[span[2]]: int(span[1])})
