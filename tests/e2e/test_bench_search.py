"""The search bench can be run: one command prints the look-up and every peer that is asked for. The figures of such a
small catalogue mean nothing.
"""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.soak
ROOT = Path(__file__).parents[2]
BESIDE = ("SQLite FTS5, all or any", "rapidfuzz token_set_ratio", "tantivy, terms")


@pytest.fixture(scope="module")
def printed() -> str:
    command = [sys.executable, "-m", "bench.search", "300", "--seconds", "0.2", "--kinds", "--peers", *BESIDE]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=True).stdout


def test_one_run_prints_the_look_up_and_every_peer_or_why_it_did_not_run(printed: str):
    rows = {line.split(" | ")[0].strip() for line in printed.splitlines() if " | " in line}
    missing = {line.partition(" did not run: ")[0] for line in printed.splitlines() if " did not run: " in line}
    assert rows | missing >= {"tracuu", *BESIDE}
    assert "tracuu" in rows


def test_one_run_says_whether_the_bars_are_met_and_how_each_kind_fared(printed: str):
    assert "index ≤ 600 B a title: met" in printed or "index ≤ 600 B a title: MISSED" in printed
    assert "tracuu: exact " in printed
