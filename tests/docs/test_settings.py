"""The page of settings names every setting that there is, and no other."""

import re

from pydantic import BaseModel

from gateway.settings import Settings
from tests.support.source import ROOT

ROW = re.compile(r"^\| `([a-z]+\.[a-z_]+)` \|", re.MULTILINE)


def settings_of(model: type[BaseModel]) -> set[str]:
    sections = {name: field.default for name, field in model.model_fields.items()}
    found = {
        f"{name}.{key}"
        for name, section in sections.items()
        if isinstance(section, BaseModel)
        for key in type(section).model_fields
    }
    return found | {f"sources.{key}" for key in ("kind", "url", "province", "name", "every")}


def test_the_page_of_settings_names_every_setting():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(ROW.findall(page)) == settings_of(Settings)
