"""A digest of a rule set: whoever confirmed it in writing confirmed these rules, and no later ones."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from bot.core.obligations.profile import RuleSet


def rules_digest(rules: RuleSet) -> str:
    """SHA-256 (hex) of everything that the rule set says. What a field's default says anyway is left out, so that a
    field that is new in a release changes no digest."""
    return hashlib.sha256(json.dumps(_plain(rules), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        said = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(part) for field, part in said if part != _default(field)}
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, str | int | None) else str(value)


def _default(field: Field[Any]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default
