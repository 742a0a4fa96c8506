"""The words of the page about a profile, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.toml_file import read_toml
from gateway.deployment import DATA

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """Texts by section and key, of ``data/pages``, in one ``language``."""

    language: Language
    texts: Mapping[str, Mapping[str, str]]

    def tell(self, section: str, key: str, **slots: object) -> str:
        """The text with its slots filled."""
        return self.texts[section][key].format(**slots)


def load_words(language: Language) -> Words:
    """The words of the page in a language. Raises ContentError."""
    return Words(language, read_toml(DATA / "pages" / f"profile-{language}.toml"))


def day_words(day: date | None) -> str:
    """02/07/2026, as it is written in both languages of the page; … for a day that is not known."""
    return day.strftime("%d/%m/%Y") if day else "…"
