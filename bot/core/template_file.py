"""Read ``data/templates``: what may stand there is what a provider approves (Zalo ZBS, template guidelines)."""

import re
import string
from collections.abc import Mapping
from typing import Any

from bot.core.errors import ContentError
from bot.core.sms import GSM7
from bot.core.templates import LONGEST, Button, FormError, Param, ParamKind, Tag, Template
from bot.core.text import clean, unaccent

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TITLE = range(9, 65 + 1)
_PARAGRAPH = range(9, 400 + 1)
_ROWS = range(2, 8 + 1)
_BUTTONS = range(1, 2 + 1)
_PARAM_KEYS = {"kind", "longest", "required", "example"}
_KEYS = {"name", "tag", "by_uid", "price", "purpose", "title", "paragraphs", "rows", "buttons", "params", "sms"}


def read_template(file: str, table: Mapping[str, Any]) -> Template:
    """The template of a table of ``data/templates``. Raises ContentError with ``file``, key and reason."""
    for key in sorted(table.keys() - _KEYS):
        raise ContentError(file, key, "unknown key")
    name = _text(file, table, "name")
    if not _NAME.fullmatch(name) or file != f"{name}.toml":
        raise ContentError(file, "name", "must be the name of the file, of lower-case letters, digits and -")
    params = {slot: _param(file, slot, given) for slot, given in _dict(file, table, "params").items()}
    template = Template(
        name=name,
        tag=_tag(file, table.get("tag")),
        by_uid=_flag(file, table, "by_uid"),
        price=_text(file, table, "price"),
        purpose={language: _text(file, _dict(file, table, "purpose"), language) for language in ("vi", "en")},
        title=_sized(file, "title", _text(file, table, "title"), _TITLE),
        paragraphs=_paragraphs(file, table.get("paragraphs")),
        rows=_rows(file, table.get("rows", [])),
        buttons=_buttons(file, table.get("buttons", [])),
        params=params,
        sms=_text(file, table, "sms") if "sms" in table else "",
    )
    _check_slots(file, template)
    _check_sms(file, template)
    return template


def _text(file: str, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ContentError(file, key, "must be a text")
    if clean(value) != value or "\n" in value:
        raise ContentError(file, key, "must be one line in NFC without control characters")
    return value


def _dict(file: str, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise ContentError(file, key, "is missing or no section")
    return value


def _flag(file: str, table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key)
    if not isinstance(value, bool):
        raise ContentError(file, key, "must be true or false")
    return value


def _tag(file: str, value: object) -> Tag:
    if not isinstance(value, int) or isinstance(value, bool) or value not in set(Tag):
        raise ContentError(file, "tag", "must be 1 (transaction), 2 (customer care) or 3 (promotion)")
    return Tag(value)


def _sized(file: str, key: str, text: str, size: range) -> str:
    if len(text) not in size:
        raise ContentError(file, key, f"has {len(text)} characters; {size[0]} to {size[-1]} are allowed")
    return text


def _paragraphs(file: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ContentError(file, "paragraphs", "must be a list of at least one text")
    keyed = {f"paragraphs[{number}]": text for number, text in enumerate(value, 1)}
    return tuple(_sized(file, key, _text(file, keyed, key), _PARAGRAPH) for key in keyed)


def _entries(file: str, key: str, value: object, size: range, fields: set[str]) -> list[Mapping[str, Any]]:
    """The tables of a list that may be left out."""
    if not isinstance(value, list) or (value and len(value) not in size):
        raise ContentError(file, key, f"must be {size[0]} to {size[-1]} entries, or be left out")
    for number, entry in enumerate(value, 1):
        if not isinstance(entry, dict) or entry.keys() != fields:
            raise ContentError(file, f"{key}[{number}]", f"must have {', '.join(sorted(fields))}")
    return value


def _rows(file: str, value: object) -> tuple[tuple[str, str], ...]:
    entries = _entries(file, "rows", value, _ROWS, {"label", "value"})
    return tuple((_text(file, entry, "label"), _text(file, entry, "value")) for entry in entries)


def _buttons(file: str, value: object) -> tuple[Button, ...]:
    entries = _entries(file, "buttons", value, _BUTTONS, {"kind", "title", "target"})
    for entry in entries:
        if entry["kind"] not in ("url", "phone"):
            raise ContentError(file, "buttons.kind", "must be url or phone")
    return tuple(Button(**{key: _text(file, entry, key) for key in ("kind", "title", "target")}) for entry in entries)


def _param(file: str, slot: str, given: object) -> Param:
    key = f"params.{slot}"
    if not slot.isidentifier() or not isinstance(given, dict) or given.keys() - _PARAM_KEYS:
        raise ContentError(file, key, "must be a table of kind, longest, required and example")
    if given.get("kind") not in set(ParamKind):
        raise ContentError(file, key, f"kind must be one of {', '.join(ParamKind)}")
    kind = ParamKind(given["kind"])
    longest = given.get("longest", LONGEST[kind])
    if not isinstance(longest, int) or isinstance(longest, bool) or not 1 <= longest <= LONGEST[kind]:
        raise ContentError(file, key, f"longest must be 1 to {LONGEST[kind]}")
    required = _flag(file, {key: given.get("required", True)}, key)
    param = Param(name=slot, kind=kind, longest=longest, required=required, example=_text(file, given, "example"))
    try:
        param.check(param.example)
    except FormError as error:
        raise ContentError(file, f"{key}.example", str(error)) from error
    return param


def _check_sms(file: str, template: Template) -> None:
    """What is registered for SMS has the same slots, and is in GSM-7 without its diacritics."""
    if not template.sms:
        return
    slots = _slots(file, "sms", template.sms, template)
    if slots != template.params.keys():
        lacking = ", ".join(sorted(template.params.keys() ^ slots))
        raise ContentError(file, "sms", f"its slots are not those of the template: {lacking}")
    strange = "".join(sorted({char for char in template.sms if char not in GSM7 and unaccent(char) in ("", "?")}))
    if strange:
        raise ContentError(file, "sms", f"even without diacritics it holds what no plain SMS can: {strange}")


def _slots(file: str, key: str, text: str, template: Template) -> set[str]:
    """The slots of ``text``. Raises ContentError for what is none."""
    try:
        parts = tuple(string.Formatter().parse(text))
    except ValueError as error:
        raise ContentError(file, key, f"braces do not match ({error})") from error
    for _, name, spec, conversion in parts:
        if name is not None and (spec or conversion or name not in template.params):
            raise ContentError(file, "params", f"{{{name}}} is no slot of this template")
    return {name for _, name, _, _ in parts if name}


def _check_slots(file: str, template: Template) -> None:
    """Every slot of the texts is declared, every declared one is used, and nothing else stands in braces."""
    texts = [template.title, *template.paragraphs, *(value for _, value in template.rows)]
    used: set[str] = set()
    for text in texts:
        used |= _slots(file, "texts", text, template)
    for slot in template.params.keys() - used:
        raise ContentError(file, f"params.{slot}", "stands in no text")
    if any("{" in label or "}" in label for label, _ in template.rows):
        raise ContentError(file, "rows", "a label has no slots")
