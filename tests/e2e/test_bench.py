"""The benchmarks can be run: a quick run prints a line for everything that has a bar. Its figures mean nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = {
    "accept": ("bare aiohttp", "without storage", "durable"),
    "dispatch": ("HD", "look-up"),
    "outbox": ("kannel, one part each", "kannel, 200 people", "sms, one part each", "sms, 200 people"),
    "question to reply": ("idle", "during a broadcast", "beside a flooder"),
    "start": ("accepting", "500 pending resumed"),
}


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.soak])]
)
def measured(request: pytest.FixtureRequest) -> str:
    """The engine on which everything is measured: the program is the same for both."""
    engine: str = request.param
    return engine


@pytest.fixture(scope="module")
def printed(measured: str) -> str:
    command = [sys.executable, "-m", "bench", "--quick", measured]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=True).stdout


def test_a_quick_run_prints_a_line_for_every_row(measured: str, printed: str):
    said = [line.split(" | ") for line in printed.splitlines() if " | " in line]
    figures = {line[0].strip(): line[1].strip() for line in said}
    expected = {f"{row}, {measured}, {name}" for row in LINES for name in LINES[row]}
    assert expected <= figures.keys()
    assert all(figures[what] for what in expected)


def test_the_conditions_stand_above_the_table(printed: str):
    above = printed.partition("what  ")[0]
    assert all(word in above for word in ("cores", "Python", "SQLite", "fsync", "every core busy"))
