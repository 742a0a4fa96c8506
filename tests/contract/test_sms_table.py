"""docs/sms-presets.md says what is tested of each preset, and is current."""

from tests.contract.sms_casefile import PRESETS, load_sms_cases
from tests.contract.sms_table import DOCUMENT, document
from tests.support.source import ROOT

TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_the_table_in_the_document_is_current() -> None:
    assert document(TEXT) == TEXT, "python -m tests.contract.sms_table"


def test_every_preset_has_a_section_that_says_what_to_ask_and_what_nobody_has_confirmed() -> None:
    for preset in PRESETS:
        section = TEXT.partition(f"\n## `{preset}`")[2].partition("\n## ")[0]
        assert "**Ask**" in section, preset
        assert "**Not confirmed**" in section, preset


def test_every_case_says_where_it_is_from() -> None:
    for preset in PRESETS:
        head = (ROOT / "tests" / "contract" / "sms_cases" / f"{preset}.toml").read_text(encoding="utf-8").splitlines()
        explained = " ".join(line for line in head if line.startswith("#"))
        cases = load_sms_cases(preset)
        used = {row.source for cell in ("inbound", "signature", "send", "error", "receipt") for row in cases.rows(cell)}
        assert all(f"{letter} = " in explained for letter in used), preset
