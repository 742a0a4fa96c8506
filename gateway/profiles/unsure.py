"""What is not certain about a profile: a lawyer reads this before anybody relies on it."""

from collections.abc import Iterator

from bot.core.obligations.profile import ProfileStatus
from bot.core.obligations.rule import Confidence
from bot.profiles import Profile
from bot.profiles.profile import NormStatus
from gateway.profiles.words import Words


def unsure_lines(profile: Profile, words: Words) -> Iterator[str]:
    """One line for each thing that is not known, not read, or only one of several readings."""
    if profile.rule_set.status is ProfileStatus.PRESUMED_IN_FORCE_TERRITORIAL and not profile.standing.applied_by:
        yield words.tell("unsure", "applied_by")
    for bearer, role in profile.rule_set.roles.items():
        if not role.name_now:
            yield words.tell("unsure", "role", role=words.tell("bearer", bearer))
    if profile.portal.verified_on is None:
        yield words.tell("unsure", "portal", url=profile.portal.url)
    if not profile.catalogue.number:
        yield words.tell("unsure", "catalogue")
    if profile.licence is None:
        yield words.tell("unsure", "licence")
    yield from _cites(profile, words)
    yield from _readings(profile, words)


def _cites(profile: Profile, words: Words) -> Iterator[str]:
    for cite in profile.cites:
        if cite.status is not NormStatus.IN_FORCE or cite.note:
            where = words.tell("unsure", "cited_in", article=cite.cited_in) if cite.cited_in else ""
            article = f", {cite.article}" if cite.article else ""
            status = words.tell("norm", cite.status)
            yield words.tell(
                "unsure", "cite", norm=cite.norm, article=article, where=where, status=status, note=cite.note
            )


def _readings(profile: Profile, words: Words) -> Iterator[str]:
    for rule in profile.rule_set.rules:
        if rule.external:
            yield words.tell("unsure", "rule_external", id=rule.id, external=rule.external)
        if rule.confidence is not Confidence.HIGH:
            confidence = words.tell("confidence", rule.confidence)
            yield words.tell("unsure", "rule", id=rule.id, confidence=confidence)
        if rule.proposed:
            yield words.tell("unsure", "rule_proposed", id=rule.id)
