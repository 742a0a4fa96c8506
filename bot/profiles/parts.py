"""Read what a profile says besides its rules: each function reads one kind of section."""

from bot.core.obligations.profile import Urging
from bot.profiles.profile import (
    Access,
    AnnouncedChannel,
    ApiRule,
    CatalogueDecision,
    ChannelKind,
    Cite,
    Clause,
    ClauseKind,
    ClosedRole,
    FormatRule,
    LicenceRule,
    NormStatus,
    Portal,
    Superseded,
)
from bot.profiles.section import Section


def read_api(profile: Section) -> ApiRule:
    """Who may read by the API. The article stays as it is written: the API quotes it so."""
    section = profile.needed("api")
    section.only("access", "article", "basis")
    return ApiRule(
        access=section.choice("access", Access), article=section.articles("article"), basis=section.text("basis")
    )


def read_portal(profile: Section) -> Portal:
    """The address of the portal."""
    section = profile.needed("portal")
    section.only("url", "article", "verified_on")
    return Portal(url=section.url("url"), article=section.article(), verified_on=section.day("verified_on"))


def read_formats(profile: Section) -> FormatRule:
    """The formats that the decision accepts."""
    section = profile.needed("formats")
    section.only("accepted", "article", "basis")
    return FormatRule(accepted=section.texts("accepted"), article=section.article(), basis=section.text("basis"))


def read_catalogue(profile: Section) -> CatalogueDecision:
    """Which decision issues the catalogue."""
    section = profile.needed("catalogue")
    section.only("decision", "signed_on", "url", "article", "note")
    return CatalogueDecision(
        number=section.text("decision", default=""),
        signed_on=section.day("signed_on"),
        url=section.url("url") if "url" in section.table else "",
        article=section.article(),
        note=section.text("note"),
    )


def read_licence(profile: Section) -> LicenceRule | None:
    """What holds for data without a licence of their own, None where the decision says nothing of it."""
    section = profile.section("licence")
    if section is None:
        return None
    section.only("default", "article", "basis")
    return LicenceRule(default=section.text("default"), article=section.article(), basis=section.text("basis"))


def read_urging(profile: Section) -> Urging:
    """How officers and heads are urged; nobody but officers where the profile says nothing of it. The days are read
    with the rules."""
    section = profile.section("reminding")
    if section is None:
        return Urging()
    section.only("heads", "remind_before", "remind_after", "article", "basis")
    return Urging(heads=section.flag("heads"), article=section.article(), basis=section.text("basis"))


def read_channel(section: Section) -> AnnouncedChannel:
    """A channel."""
    section.only("kind", "article", "basis", "id", "announced_on")
    return AnnouncedChannel(
        kind=section.choice("kind", ChannelKind),
        article=section.article(),
        basis=section.text("basis"),
        id=section.text("id", default=""),
        announced_on=section.day("announced_on"),
    )


def read_superseded(section: Section) -> Superseded:
    """An earlier decision."""
    section.only("number", "signed_on", "province", "until", "article")
    signed_on, until = section.known_day("signed_on"), section.known_day("until")
    if until < signed_on:
        section.refuse("until", f"lies before {signed_on}")
    return Superseded(
        number=section.text("number"),
        signed_on=signed_on,
        province=section.text("province"),
        until=until,
        article=section.article(),
    )


def read_cite(section: Section) -> Cite:
    """A norm that is cited."""
    section.only("norm", "article", "cited_in", "status", "note")
    return Cite(
        norm=section.text("norm"),
        article=section.text("article", default=""),
        cited_in=section.article("cited_in") if "cited_in" in section.table else "",
        status=section.choice("status", NormStatus),
        note=section.text("note"),
    )


def read_closed_role(section: Section) -> ClosedRole:
    """An office that has ended."""
    section.only("name_in_text", "closed_on", "article", "note")
    return ClosedRole(
        name_in_text=section.text("name_in_text"),
        closed_on=section.known_day("closed_on"),
        article=section.article(),
        note=section.text("note"),
    )


def read_clause(section: Section) -> Clause:
    """A clause without a date."""
    section.only("kind", "article", "quote", "means")
    return Clause(
        kind=section.choice("kind", ClauseKind),
        article=section.article(),
        quote=section.text("quote"),
        means=section.text("means"),
    )
