"""What stands before the service: all that providers post goes through here and is written down with its status."""

from collections.abc import Mapping

from simulator.stage.log import Log
from simulator.stage.relay import Crossing

LINES: Mapping[str, str] = {"kannel": "sms", "zalo-bot": "zalo_bot"}
"""The lines whose channel is called otherwise in the service's addresses."""


def note(log: Log, crossing: Crossing) -> None:
    """Write down a delivery; its query holds people and tokens and is left out."""
    pieces = crossing.request.path.split("/")
    channel = pieces[2] if len(pieces) > 2 and pieces[1] == "hooks" else ""
    verdict = "no answer" if crossing.status is None else str(crossing.status)
    what = f"{crossing.request.method} {crossing.request.path}"
    log.note(LINES.get(channel, channel), "hook", what, verdict, good=crossing.status == 200)
