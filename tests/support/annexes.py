"""The composed annexes of ``tests/data/items`` as files, and how they are read."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bot.core.items import Decision
from bot.search.places import load_places
from gateway.items.reading import AnnexReading, load_rulebook, read_annex
from tests.support.sheets import Rows, write_docx, write_xlsx

ROOT = Path(__file__).parents[2]
ANNEXES = ROOT / "tests" / "data" / "items"
PLACES = load_places(ROOT / "data" / "places")
RULEBOOK = load_rulebook(ROOT / "data", PLACES)


def decision(number: str = "1290/QĐ-CT", province: str = "vinhphuc") -> Decision:
    """A decision of 5 September 2024."""
    day = date(2024, 9, 5)
    return Decision(number=number, province=province, signed_on=day, valid_from=day)


def annex_file(name: str, folder: Path) -> Path:
    """The annex ``name``: a text file as it is, a workbook or a document made in ``folder``."""
    if name.endswith(".csv"):
        return ANNEXES / name
    told = tomllib.loads((ANNEXES / f"{Path(name).stem}.toml").read_text(encoding="utf-8"))
    if name.endswith(".xlsx"):
        sheets: dict[str, Rows] = {
            sheet["name"]: [[cell or None for cell in row] for row in sheet["rows"]] for sheet in told["sheets"]
        }
        return write_xlsx(folder / name, sheets, merged=told["merged"])
    parts = [part.get("text") or part["rows"] for part in told["parts"]]
    return write_docx(folder / name, parts, merged=told["merged"])


def read(
    name: str, folder: Path, of: Decision | None = None, told: Mapping[str, str] = {}, sheet: str = ""
) -> AnnexReading:
    """The annex ``name`` as it is understood."""
    return read_annex(annex_file(name, folder), of or decision(), RULEBOOK, told=told, sheet=sheet)
