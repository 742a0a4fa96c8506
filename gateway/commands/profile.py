"""``tracuu profile``: what each province's decision wants of the service, and who confirmed that in writing."""

from pathlib import Path
from typing import Annotated

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.local_time import local_day
from bot.core.text import clean, fold
from bot.profiles import Profile, load_profiles
from bot.profiles.reading import read_profile
from bot.store import confirmations
from bot.store.confirmations import Confirmation
from bot.toml_file import read_toml
from gateway.commands.items.options import read_day
from gateway.deployment import DATA
from gateway.profiles.document import describe_confirmation, describe_profile, summarise
from gateway.profiles.page import page_lines
from gateway.profiles.words import Language, day_words, load_words
from gateway.terminal import Terminal, now, print_json, run

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Which = Annotated[str, typer.Argument(metavar="PROVINCE", help="The profile's id or the province's name.")]
COMMAND = "command line"
_LONGEST = 300


class ProfileError(TracuuError):
    """A file of a profile is wrong."""


def add_commands(app: typer.Typer) -> None:
    """Add ``profile`` to ``app``."""
    family = typer.Typer(help="The provinces' decisions: rules, status, who confirmed them.", no_args_is_help=True)
    family.command("list", help="Every profile: its status, and whether it may remind anybody.")(list_command)
    family.command("show", help="A profile as a page for a lawyer.")(show_command)
    family.command("check", help="Whether all profiles (or one file) are sound; names file, line and reason.")(
        check_command
    )
    family.command("confirm", help="Record that somebody confirmed a rule set in writing.")(confirm_command)
    family.command("revoke", help="Let the confirmations of a profile count no more.")(revoke_command)
    app.add_typer(family, name="profile")


def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the profiles."""
    profiles, told = load_profiles(DATA / "profiles"), _told(context.obj)
    rows = [summarise(profile, told) for profile in profiles]
    if as_json:
        print_json({"profiles": rows})
        return
    for row in rows:
        number = row["number"] or "no number"
        typer.echo(f"{row['id']}\t{row['name']}\t{number}\t{row['status']}\treminders: {row['urging']}")


def show_command(
    context: typer.Context,
    province: Which,
    lang: Annotated[
        Language, typer.Option(help="Language of the page; what the decisions say stays Vietnamese.")
    ] = "vi",
    as_json: AsJson = False,
) -> None:
    """Show a profile."""
    profile, told = _find(province), _told(context.obj)
    if as_json:
        print_json(describe_profile(profile, told))
        return
    typer.echo("\n".join(page_lines(profile, told, _province_names(), load_words(lang))))


def check_command(
    file: Annotated[Path | None, typer.Argument(help="A profile's file; all of them unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check the files of profiles; exit 1 when one is wrong."""
    files = [file] if file else sorted((DATA / "profiles").glob("*.toml"))
    sound, wrong = [], []
    for each in files:
        try:
            sound.append({"file": each.name, "rules": len(read_profile(each).rule_set.rules)})
        except ContentError as error:
            wrong.append({"file": error.file, "line": error.line, "key": error.key, "reason": error.reason})
    if not file and not wrong:
        load_profiles(DATA / "profiles")
    if as_json:
        print_json({"sound": sound, "wrong": wrong})
    else:
        for one in sound:
            typer.echo(f"{one['file']}: sound, {one['rules']} rules")
        for fault in wrong:
            typer.echo(f"{fault['file']}: line {fault['line']}: {fault['key']}: {fault['reason']}")
    if wrong:
        raise ProfileError(f"{len(wrong)} of {len(files)} profiles are wrong")


def confirm_command(
    context: typer.Context,
    province: Which,
    by: Annotated[str, typer.Option(help="Which office confirmed it.")],
    on: Annotated[str, typer.Option(help="The date of its document.")],
    basis: Annotated[str, typer.Option(help="The document: its number and what it says.")],
    as_json: AsJson = False,
) -> None:
    """Record a confirmation of the rules as they are now."""
    profile, moment = _find(province), now()
    signed_on = read_day(on, "--on")
    if signed_on > local_day(moment):
        raise ContentError(COMMAND, "--on", f"{signed_on} is still to come")
    decided_on = profile.rule_set.decision.signed_on
    if decided_on and signed_on < decided_on:
        raise ContentError(COMMAND, "--on", f"{signed_on} is before {decided_on}, when the decision was signed")
    office, document = _line(by, "--by"), _line(basis, "--basis")
    terminal: Terminal = context.obj

    async def work() -> Confirmation:
        async with terminal.store() as store:
            return await confirmations.confirm(
                store, profile.rule_set, by=office, signed_on=signed_on, basis=document, now=moment
            )

    one = run(work())
    if as_json:
        print_json(describe_confirmation(one, profile))
    else:
        typer.echo(f"{profile.id}: confirmed by {one.by}, {day_words(one.signed_on)}: {one.basis}; it may remind now")


def revoke_command(context: typer.Context, province: Which, as_json: AsJson = False) -> None:
    """Revoke the confirmations of a profile."""
    profile = _find(province)
    terminal: Terminal = context.obj

    async def work() -> int:
        async with terminal.store() as store:
            return await confirmations.revoke(store, profile.id, now=now())

    revoked = run(work())
    if not revoked:
        raise TracuuError(f"{profile.id} has no confirmation that counts")
    if as_json:
        print_json({"id": profile.id, "revoked": revoked})
    else:
        typer.echo(f"{profile.id}: {revoked} confirmations count no more")


def _told(terminal: Terminal) -> tuple[Confirmation, ...]:
    async def work() -> tuple[Confirmation, ...]:
        async with terminal.store() as store:
            return await confirmations.list_confirmations(store)

    return run(work())


def _find(province: str) -> Profile:
    profiles = load_profiles(DATA / "profiles")
    wanted = fold(province)
    found = [each for each in profiles if wanted in {each.id, fold(each.name)}]
    if not found:
        known = ", ".join(each.id for each in profiles)
        raise ContentError(COMMAND, "PROVINCE", f"{province} has no profile; there are {known}")
    return found[0]


def _province_names() -> dict[str, str]:
    return {key: value["name"] for key, value in read_toml(DATA / "places" / "provinces.toml").items()}


def _line(text: str, option: str) -> str:
    line = " ".join(clean(text).split())
    if not 1 <= len(line) <= _LONGEST:
        raise ContentError(COMMAND, option, f"must have 1 to {_LONGEST} characters")
    return line
