"""A profile as a page for a lawyer: how it stands first, every duty with its article, what is not certain last."""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.local_time import local_day
from bot.core.obligations.article import cite_article
from bot.core.obligations.rule import Rule, Term
from bot.profiles import Profile
from bot.profiles.profile import ClauseKind
from bot.store.confirmations import Confirmation, urging_of
from gateway.profiles.due_words import days_of_year, due_words, late_words
from gateway.profiles.unsure import unsure_lines
from gateway.profiles.words import Words, day_words


def page_lines(
    profile: Profile, confirmations: Sequence[Confirmation], provinces: Mapping[str, str], words: Words
) -> Iterator[str]:
    """The lines of the page; ``provinces`` are printed names by id."""
    yield words.tell("title", "page", name=profile.name, id=profile.id)
    parts = {
        "standing": _standing(profile, confirmations, provinces, words),
        "roles": _roles(profile, words),
        "rules": _rules(profile, words),
        "clauses": _clauses(profile, words),
        "unsure": unsure_lines(profile, words),
        "confirmations": _confirmed(profile, confirmations, words),
    }
    for title, lines in parts.items():
        yield ""
        yield words.tell("title", title)
        yield from (f"   {line}" if line else "" for line in lines)


def _standing(
    profile: Profile, confirmations: Sequence[Confirmation], provinces: Mapping[str, str], words: Words
) -> Iterator[str]:
    rules, standing = profile.rule_set, profile.standing
    status = words.tell("status", rules.status)
    yield words.tell("standing", "status", status=status, code=rules.status, checked=day_words(standing.checked_on))
    yield standing.note
    yield words.tell("urging", urging_of(rules, confirmations), id=profile.id)
    if rules.urging.article:
        key = "heads" if rules.urging.heads else "no_heads"
        yield words.tell("urging", key, article=rules.urging.article, basis=rules.urging.basis)
    decision = rules.decision
    said = {"signed": day_words(decision.signed_on), "valid": day_words(decision.valid_from)}
    key = "decision" if decision.number else "draft"
    yield words.tell("standing", key, number=decision.number, article=decision.article, **said)
    if decision.valid_to:
        yield words.tell("standing", "ends", day=day_words(decision.valid_to))
    yield words.tell("standing", "territory", places=", ".join(standing.territory))
    if rules.successor:
        yield words.tell("standing", "successor", name=provinces.get(rules.successor, rules.successor))
    if standing.applied_by:
        yield words.tell("standing", "applied_by", document=standing.applied_by)
    for old in profile.supersedes:
        days = {"signed": day_words(old.signed_on), "until": day_words(old.until)}
        yield words.tell(
            "standing", "supersedes", number=old.number, province=old.province, article=old.article, **days
        )


def _roles(profile: Profile, words: Words) -> Iterator[str]:
    for bearer, role in profile.rule_set.roles.items():
        key = "unknown_now" if not role.name_now else "same" if role.name_now == role.name_in_text else "changed"
        shown = {"name": role.name_in_text, "now": role.name_now, "article": role.article}
        yield words.tell("roles", key, role=words.tell("bearer", bearer), **shown)
    for role_gone in profile.closed_roles:
        shown = {"name": role_gone.name_in_text, "article": role_gone.article, "note": role_gone.note}
        yield words.tell("roles", "closed", day=day_words(role_gone.closed_on), **shown)
    yield words.tell("roles", "portal", url=profile.portal.url, article=profile.portal.article)
    if profile.portal.verified_on:
        yield words.tell("roles", "verified", day=day_words(profile.portal.verified_on))
    issued = profile.catalogue
    key = "catalogue_known" if issued.number else "catalogue_unknown"
    decision = words.tell("roles", key, number=issued.number, signed=day_words(issued.signed_on))
    yield words.tell("roles", "catalogue", decision=decision, article=issued.article, note=issued.note)


def _rules(profile: Profile, words: Words) -> Iterator[str]:
    for number, rule in enumerate(profile.rule_set.rules, start=1):
        title = rule.title_en if words.language == "en" else rule.title
        yield words.tell("rule", "title", number=f"3.{number}", title=title, id=rule.id)
        yield from (f"   {line}" for line in _rule(profile, rule, words))


def _rule(profile: Profile, rule: Rule, words: Words) -> Iterator[str]:
    yield words.tell("rule", "article", article=profile.rule_set.cite(rule), quote=rule.quote)
    yield words.tell("rule", "bearer", bearer=words.tell("bearer", rule.bearer))
    yield words.tell("rule", "due", due=due_words(rule, words))
    yield from late_words(rule, words)
    if rule.opens:
        yield words.tell("rule", "opens", days=days_of_year(rule, rule.opens, words))
    if rule.cutoff:
        yield words.tell("rule", "cutoff", days=days_of_year(rule, rule.cutoff, words))
    yield words.tell("rule", "reading", confidence=words.tell("confidence", rule.confidence), basis=rule.basis)
    yield _steps(rule, words)
    for flag in ("unchanged", "approval"):
        if getattr(rule, flag):
            yield words.tell("rule", flag)


def _steps(rule: Rule, words: Words) -> str:
    days = ", ".join(str(day) for day in rule.steps.before if day)
    said = [words.tell("rule", "steps_before", days=days)] if days else []
    if 0 in rule.steps.before:
        said.append(words.tell("rule", "steps_on"))
    after = ", ".join(map(str, rule.steps.after))
    late = words.tell("rule", "steps_after", days=after) if after and rule.term is not Term.NONE else ""
    return words.tell("rule", "steps", before=", ".join(said), after=late)


def _clauses(profile: Profile, words: Words) -> Iterator[str]:
    api, formats, licence = profile.api, profile.formats, profile.licence
    cited = "; ".join(cite_article(part) for part in api.article.split("; "))
    yield words.tell("clause", f"api_{api.access}", article=cited, basis=api.basis)
    accepted = ", ".join(formats.accepted)
    key = "formats" if accepted else "formats_any"
    yield words.tell("clause", key, accepted=accepted, article=formats.article, basis=formats.basis)
    if licence:
        shown = {"default": licence.default, "article": licence.article, "basis": licence.basis}
        yield words.tell("clause", "default_licence", **shown)
    for channel in profile.channels:
        key = "announced" if channel.announced_on else "unannounced"
        shown = {"kind": channel.kind, "article": channel.article, "basis": channel.basis, "id": channel.id}
        yield words.tell("clause", key, day=day_words(channel.announced_on), **shown)
    for kind in ClauseKind:
        mine = [clause for clause in profile.clauses if clause.kind is kind]
        if mine:
            yield words.tell("clause", kind)
        for clause in mine:
            shown = {"article": clause.article, "quote": clause.quote, "means": clause.means}
            yield f"– {words.tell('clause', 'line', **shown)}"


def _confirmed(profile: Profile, confirmations: Sequence[Confirmation], words: Words) -> Iterator[str]:
    mine = [one for one in confirmations if one.profile == profile.id]
    for one in mine:
        counts = "counts" if one.counts_for(profile.rule_set) else "outdated"
        state = words.tell(
            "confirmation",
            "revoked" if one.revoked_at else counts,
            day=day_words(one.revoked_at and local_day(one.revoked_at)),
        )
        days = {"signed": day_words(one.signed_on), "at": day_words(local_day(one.at))}
        yield words.tell("confirmation", "line", by=one.by, basis=one.basis, state=state, **days)
    if not mine:
        yield words.tell("confirmation", "none")
