"""A later version of the program: the same with one more migration."""

import shutil
from pathlib import Path

from tests.support.source import ROOT

MIGRATION = "9999_later"


def make_newer(folder: Path) -> dict[str, str]:
    """Put that version into ``folder``; returns the variables with which a process runs it."""
    for package in ("bot", "gateway", "data"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    migration = folder / "bot" / "store" / "migrations" / f"{MIGRATION}.sql"
    migration.write_text("ALTER TABLE facts ADD COLUMN later INTEGER;\n", encoding="utf-8")
    return {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}
