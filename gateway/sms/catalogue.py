"""Find and read presets: ``data/sms_presets/*.toml``, and those that an operator has written."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ValidationError

import bot
from bot.core.errors import ContentError
from gateway.settings import reason_of
from gateway.sms.preset import Preset

FOLDER = Path(bot.__file__).parents[1] / "data" / "sms_presets"


def preset_names() -> tuple[str, ...]:
    """The presets that come with the service."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


def is_preset(named: str) -> bool:
    """Whether an account can name it."""
    return "\n" in named or named in preset_names()


def find_preset(named: str) -> Preset:
    """The preset that an account names – or, where the setting was ``file:…``, whose text it brings.

    Raises ContentError with file, key and reason.
    """
    return read_preset(named, "the account's own preset") if "\n" in named else _load(named)


@cache
def _load(name: str) -> Preset:
    file = FOLDER / f"{name}.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ContentError(file.name, "file", f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ContentError(file.name, f"byte {error.start}", "is not UTF-8") from error
    preset = read_preset(text, file.name)
    if preset.name != name:
        raise ContentError(file.name, "name", "must be the name of the file")
    return preset


@cache
def read_preset(text: str, file: str) -> Preset:
    """The preset that ``text`` is. Raises ContentError that names ``file``."""
    try:
        return Preset.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(file, "TOML", str(error)) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ContentError(file, ".".join(str(part) for part in first["loc"]), reason_of(first)) from None


def texts_of(section: object) -> Iterator[str]:
    """Every text of a part of a preset, names of fields left out."""
    if isinstance(section, str):
        yield section
    elif isinstance(section, BaseModel):
        for name in type(section).model_fields:
            yield from texts_of(getattr(section, name))
    elif isinstance(section, dict):
        yield from texts_of(list(section.values()))
    elif isinstance(section, (list, tuple)):
        for one in section:
            yield from texts_of(one)
