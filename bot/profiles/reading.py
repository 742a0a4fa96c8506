"""Read a profile's file."""

import re
from itertools import pairwise
from pathlib import Path

from bot.core.obligations.profile import ProfileStatus, Role, RuleSet, SignedDecision
from bot.core.obligations.rule import Bearer
from bot.profiles.profile import Access, ApiRule, Profile
from bot.profiles.rules import read_rules
from bot.profiles.section import Section
from bot.toml_file import read_toml
from bot.toml_lines import key_lines

_ID = re.compile(r"[a-z]{2,30}")
_KEYS = ("id", "name", "status", "decision", "roles", "rules", "api")


def read_profile(file: Path) -> Profile:
    """The profile in ``file``. Raises ContentError with file, line, key and reason."""
    table = read_toml(file)
    lines = key_lines(file.read_text(encoding="utf-8-sig"))
    section = Section(file=file.name, table=table, lines=lines)
    section.only(*_KEYS)
    profile_id = section.text("id")
    if not _ID.fullmatch(profile_id) or file.name != f"{profile_id}.toml":
        section.refuse("id", "must be the name of the file, of lower-case letters")
    return Profile(id=profile_id, name=section.text("name"), api=_api(section), rule_set=_rule_set(section, profile_id))


def _rule_set(section: Section, profile_id: str) -> RuleSet:
    return RuleSet(
        id=profile_id,
        name=section.text("name"),
        status=section.choice("status", ProfileStatus),
        decision=_decision(section),
        roles=_roles(section),
        rules=read_rules(section),
    )


def _decision(profile: Section) -> SignedDecision:
    section = profile.section("decision") or profile.refuse("decision", "is missing")
    section.only("number", "signed_on", "valid_from", "valid_to")
    decision = SignedDecision(
        number=section.text("number", default=""),
        signed_on=section.day("signed_on"),
        valid_from=section.day("valid_from"),
        valid_to=section.day("valid_to"),
    )
    known = [
        (key, day)
        for key, day in (
            ("signed_on", decision.signed_on),
            ("valid_from", decision.valid_from),
            ("valid_to", decision.valid_to),
        )
        if day is not None
    ]
    for (_, earlier), (key, later) in pairwise(known):
        if later < earlier:
            section.refuse(key, f"lies before {earlier}")
    return decision


def _roles(profile: Section) -> dict[Bearer, Role]:
    section = profile.section("roles")
    if section is None:
        return {}
    section.only(*Bearer)
    return {Bearer(key): _role(section, key) for key in section.table}


def _role(roles: Section, key: str) -> Role:
    section = roles.section(key) or roles.refuse(key, "is no section")
    section.only("name_in_text", "name_now", "article")
    return Role(
        name_in_text=section.text("name_in_text"),
        name_now=section.text("name_now", default=""),
        article=section.article(),
    )


def _api(profile: Section) -> ApiRule:
    section = profile.section("api") or profile.refuse("api", "is missing")
    section.only("access", "article", "basis")
    return ApiRule(
        access=section.choice("access", Access), article=section.articles("article"), basis=section.text("basis")
    )
