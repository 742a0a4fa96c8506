"""The commands of ``tracuu``, each imported when it is run: a start should not pay for what it does not use."""

import gc
import importlib
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

MODULES = {
    "serve": "serve",
    "ask": "ask",
    "search": "search",
    "evaluate": "evaluate",
    "sync": "sync",
    "migrate": "operations",
    "doctor": "operations",
    "backup": "backup",
    "restore": "backup",
    "erase": "erase",
    "datasets": "datasets",
    "items": "items",
    "due": "due",
    "remind": "remind",
    "done": "done",
    "handovers": "handovers",
    "calendar": "calendar",
    "dead": "dead",
    "tickets": "tickets",
    "unanswered": "unanswered",
    "people": "people",
    "profile": "profile",
    "board": "board",
    "api": "api",
    "telegram": "telegram",
    "zalo": "zalo",
    "zalo-bot": "zalo_bot",
    "evidence": "evidence",
    "feed": "feed",
    "trace": "trace",
    "simulate": "simulate",
}
"""Where in ``gateway/commands`` each command stands, in the order of ``tracuu --help``."""


class Families(TyperGroup):
    """All commands by name, loaded family by family. Whoever mistypes one is told what is near, so all are loaded."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 – the signature is typer's
        """The names, in the order of the help."""
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, None when there is none."""
        if cmd_name not in self.commands:
            for module in {MODULES[cmd_name]} if cmd_name in MODULES else sorted(set(MODULES.values())):
                self.commands.update(load(module))
        return super().get_command(ctx, cmd_name)


def load(module: str) -> dict[str, Any]:
    """The commands by name that a module of ``gateway/commands`` adds.

    What an import makes stays for the life of the process: collecting garbage among it finds none, then and later.
    """
    gc.disable()
    try:
        family = importlib.import_module(f"gateway.commands.{module}")
    finally:
        gc.enable()
    gc.freeze()
    app = typer.Typer()
    family.add_commands(app)
    return dict(get_group(app).commands)
