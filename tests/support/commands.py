"""``tracuu`` as an operator types it, for a service under test."""

import json
import subprocess
import sys
from typing import Any

from tests.support.in_process import tracuu_here
from tests.support.serving import KEY, Serving


def tracuu(service: Serving, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the settings of ``service``."""
    variables = service._environment()
    return tracuu_here("--config", str(service.folder / "tracuu.toml"), *words, variables=variables)


def started(service: Serving, *words: str) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own: what is locked is locked for all of a process."""
    command = [sys.executable, "-m", "gateway", "--config", str(service.folder / "tracuu.toml"), *words]
    return subprocess.run(command, env=service._environment(), capture_output=True, text=True, check=False, timeout=120)


def tracuu_json(service: Serving, *words: str) -> Any:
    """What the command prints with ``--json``; it must succeed."""
    result = tracuu(service, *words, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def write_settings(service: Serving) -> None:
    """The settings that ``service`` will have, before it was ever started."""
    text = f'[store]\nurl = "{service.store_url}"\n[security]\nkey = "{KEY.hex()}"\n{service.settings}'
    (service.folder / "tracuu.toml").write_text(text, encoding="utf-8")
