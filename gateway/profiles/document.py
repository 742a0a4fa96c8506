"""The JSON documents of profiles."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from bot.core.obligations.digest import rules_digest
from bot.core.obligations.rule import Bearer
from bot.profiles import Profile
from bot.store.confirmations import Confirmation, urging_of


def describe_profile(profile: Profile, confirmations: Sequence[Confirmation]) -> dict[str, Any]:
    """Everything that a profile says, whether it may urge, and who confirmed it."""
    mine = [describe_confirmation(one, profile) for one in confirmations if one.profile == profile.id]
    said = {field.name: _plain(getattr(profile, field.name)) for field in fields(profile) if field.name != "rule_set"}
    rules = profile.rule_set
    about = {name: _plain(getattr(rules, name)) for name in ("status", "decision", "roles")}
    clauses = [{**_plain(rule), "cited": rules.cite(rule)} for rule in rules.rules]
    return {**summarise(profile, confirmations), **said, **about, "rules": clauses, "confirmations": mine}


def summarise(profile: Profile, confirmations: Sequence[Confirmation]) -> dict[str, Any]:
    """A profile in a line of the list."""
    rules = profile.rule_set
    urging = urging_of(rules, confirmations)
    authority = rules.roles.get(Bearer.PORTAL_AUTHORITY)
    return {
        "id": profile.id,
        "name": profile.name,
        "status": rules.status,
        "number": rules.decision.number or None,
        "valid_from": _plain(rules.decision.valid_from),
        "successor": rules.successor or None,
        "authority_now": (authority.name_now or authority.name_in_text) if authority else None,
        "rule_ids": [rule.id for rule in rules.rules],
        "urges": urging.allowed,
        "urging": urging,
        "digest": rules_digest(rules),
    }


def describe_confirmation(one: Confirmation, profile: Profile) -> dict[str, Any]:
    """Who confirmed what, and whether it still counts."""
    return {**_plain(one), "counts": one.counts_for(profile.rule_set)}


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
