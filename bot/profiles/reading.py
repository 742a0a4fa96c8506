"""Read a profile's file."""

import re
from itertools import pairwise
from pathlib import Path

from bot.core.obligations.profile import ProfileStatus, Role, RuleSet, SignedDecision
from bot.core.obligations.rule import Bearer
from bot.profiles import parts
from bot.profiles.profile import Profile, Standing
from bot.profiles.rules import read_rules
from bot.profiles.section import Section
from bot.toml_file import read_toml
from bot.toml_lines import key_lines

_ID = re.compile(r"[a-z]{2,30}")
_KEYS = (
    "id", "name", "status", "status_note", "status_checked_on", "territory", "predecessors", "successor", "applied_by",
    "decision", "roles", "rules", "api", "portal", "formats", "catalogue", "licence", "channels", "supersedes", "cites",
    "closed_roles", "clauses", "reminding",
)  # fmt: skip


def read_profile(file: Path) -> Profile:
    """The profile in ``file``. Raises ContentError with file, line, key and reason."""
    table = read_toml(file)
    lines = key_lines(file.read_text(encoding="utf-8-sig"))
    section = Section(file=file.name, table=table, lines=lines)
    section.only(*_KEYS)
    profile_id = section.text("id")
    if not _ID.fullmatch(profile_id) or file.name != f"{profile_id}.toml":
        section.refuse("id", "must be the name of the file, of lower-case letters")
    return Profile(
        id=profile_id,
        name=section.text("name"),
        rule_set=_rule_set(section, profile_id),
        standing=_standing(section),
        api=parts.read_api(section),
        portal=parts.read_portal(section),
        formats=parts.read_formats(section),
        catalogue=parts.read_catalogue(section),
        licence=parts.read_licence(section),
        channels=tuple(map(parts.read_channel, section.sections("channels"))),
        supersedes=tuple(map(parts.read_superseded, section.sections("supersedes"))),
        cites=tuple(map(parts.read_cite, section.sections("cites"))),
        closed_roles=tuple(map(parts.read_closed_role, section.sections("closed_roles"))),
        clauses=tuple(map(parts.read_clause, section.sections("clauses"))),
    )


def _standing(section: Section) -> Standing:
    territory = section.texts("territory")
    if not territory:
        section.refuse("territory", "is missing")
    return Standing(
        note=section.text("status_note"),
        checked_on=section.known_day("status_checked_on"),
        territory=territory,
        predecessors=section.texts("predecessors"),
        applied_by=section.text("applied_by", default=""),
    )


def _rule_set(section: Section, profile_id: str) -> RuleSet:
    status = section.choice("status", ProfileStatus)
    rules = RuleSet(
        id=profile_id,
        name=section.text("name"),
        status=status,
        decision=_decision(section, status),
        successor=section.text("successor", default=""),
        roles=_roles(section),
        rules=read_rules(section),
        urging=parts.read_urging(section),
    )
    for part, rule in zip(section.sections("rules"), rules.rules, strict=True):
        if rule.bearer is not Bearer.PROVIDER_AGENCY and rule.bearer not in rules.roles:
            part.refuse("bearer", f"there is no section [roles.{rule.bearer}]")
    return rules


def _decision(profile: Section, status: ProfileStatus) -> SignedDecision:
    section = profile.needed("decision")
    section.only("number", "signed_on", "valid_from", "valid_to", "article")
    days = {key: section.day(key) for key in ("signed_on", "valid_from", "valid_to")}
    known = [(key, day) for key, day in days.items() if day is not None]
    for (_, earlier), (key, later) in pairwise(known):
        if later < earlier:
            section.refuse(key, f"lies before {earlier}")
    draft = status is ProfileStatus.DRAFT_UNCONFIRMED
    return SignedDecision(
        number=section.text("number", default="" if draft else None),
        signed_on=days["signed_on"] if draft else section.known_day("signed_on"),
        valid_from=days["valid_from"] if draft else section.known_day("valid_from"),
        valid_to=days["valid_to"],
        article=section.article(),
    )


def _roles(profile: Section) -> dict[Bearer, Role]:
    section = profile.section("roles")
    if section is None:
        return {}
    section.only(*Bearer)
    return {Bearer(key): _role(section.needed(key)) for key in section.table}


def _role(section: Section) -> Role:
    section.only("name_in_text", "name_now", "article")
    return Role(
        name_in_text=section.text("name_in_text"),
        name_now=section.text("name_now", default=""),
        article=section.article(),
    )
