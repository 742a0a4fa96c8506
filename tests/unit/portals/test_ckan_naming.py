"""The file that says what portals call things is strict."""

from pathlib import Path

import pytest

from bot.core.errors import ContentError
from gateway.ckan.naming import fold_name, load_naming
from tests.support.source import ROOT

TEXT = (ROOT / "data" / "catalogue" / "ckan.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("\n[issued]", "\n[issued", "TOML"),
        ("\n[issued]", "\n[owner]\nnames = []\n[issued]", "owner"),
        ('types = ["harvest", "showcase"]', "", "skipped"),
        ('types = ["harvest", "showcase"]', 'types = "harvest"', "skipped.types"),
        ('types = ["harvest", "showcase"]', 'types = ["…"]', "skipped.types"),
        ('days = "{days} ngày"', "", "words"),
        ('days = "{days} ngày"', 'days = "ngày"', "words.days"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key(tmp_path: Path, old: str, new: str, key: str):
    file = tmp_path / "ckan.toml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_naming(file)
    assert (refused.value.file, refused.value.key) == ("ckan.toml", key)


def test_names_are_compared_without_case_accents_blanks_and_lines():
    assert fold_name("accrualPeriodicity") == fold_name("accrual_periodicity")
    assert fold_name("Tần suất cập nhật") == fold_name("tan_suat_cap_nhat") == fold_name("TAN SUAT CAP-NHAT")
