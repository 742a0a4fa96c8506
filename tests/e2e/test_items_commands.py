"""``tracuu items`` as an operator types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.annexes import ANNEXES
from tests.support.source import ROOT

DECISION = ("--province", "vinhphuc", "--number", "1290/QĐ-CT", "--date", "05/09/2024")


def tracuu(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "gateway", "items", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_an_annex_is_imported_and_what_has_to_be_confirmed_fails_with_one_line(tmp_path):
    done = tracuu(tmp_path, "import", str(ANNEXES / "vinhphuc-1290.csv"), *DECISION, "--json")
    assert (done.returncode, len(json.loads(done.stdout)["items"])) == (0, 9)
    refused = tracuu(tmp_path, "import", str(ANNEXES / "vinhphuc-2026.csv"), *DECISION)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "  2 added, 2 dropped, 3 changed, 4 unchanged\n" in refused.stderr
    assert refused.stderr.splitlines()[-1].endswith("say --yes")
