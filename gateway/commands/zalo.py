"""``tracuu zalo``: log in to an Official Account, see how it is, refresh its token. No token is ever printed."""

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.local_time import VIETNAM
from bot.store.tokens import Pair, TokenState
from gateway.channel import Wire
from gateway.deployment import read_presences
from gateway.exchange import Behalf, on_behalf_of
from gateway.outbound import open_sessions
from gateway.outbound_rules import read_rules
from gateway.settings import Settings
from gateway.terminal import Terminal, now, print_json, run
from gateway.zalo import consent
from gateway.zalo.approval import templates_of
from gateway.zalo.caller import CHANNEL_NAME, Caller, find_callers
from gateway.zalo.condition import examine_token
from gateway.zalo.login import adopt, log_in
from gateway.zalo.status import Status, read_account, read_status
from gateway.zalo.token import refresh, settle

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Account = Annotated[
    str, typer.Argument(metavar="[OA]", help="The id of the Official Account, where there are several.")
]
_SOURCE = "where to read it: - (standard input), env:NAME or file:PATH"


def add_commands(app: typer.Typer) -> None:
    """Add ``zalo`` to ``app``."""
    family = typer.Typer(help="Official Accounts of Zalo: tokens, quotas, packages.", no_args_is_help=True)
    family.command("login", help="Get the first tokens, or new ones when they are lost.")(login_command)
    family.command("status", help="Say how token, package and quotas are.")(status_command)
    family.command("refresh", help="Refresh the token now.")(refresh_command)
    app.add_typer(family, name="zalo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What a command works with: one account, and how to call Zalo."""

    caller: Caller
    wire: Wire
    settings: Settings
    templates: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command says: one document, or the same in sentences. No token is in either."""

    document: Mapping[str, object]
    sentences: Sequence[str]


def login_command(
    context: typer.Context,
    account: Account = "",
    code: Annotated[str, typer.Option(help="The code, or the whole address, that the consent page led to.")] = "",
    callback: Annotated[
        str, typer.Option(help="The callback address in the console; default: service.public_url.")
    ] = "",
    access_token: Annotated[str, typer.Option(help=f"From the API Explorer; {_SOURCE}.")] = "",
    refresh_token: Annotated[str, typer.Option(help=f"From the API Explorer; {_SOURCE}.")] = "",
    as_json: AsJson = False,
) -> None:
    """Without options: print the link on which an administrator of the Official Account consents."""
    terminal: Terminal = context.obj
    if bool(access_token) != bool(refresh_token):
        raise ContentError("command line", "--access-token", "comes together with --refresh-token")
    if code and access_token:
        raise ContentError("command line", "--code", "is another way than --access-token")

    async def work() -> Said:
        async with _open(terminal, account) as counter:
            if access_token:
                access = read_secret(access_token, "access token")
                pair = Pair(access=access, refresh=read_secret(refresh_token, "refresh token"))
                await adopt(counter.caller, counter.wire, pair)
            elif code:
                await _redeem(counter, code)
            else:
                return _invite(counter, callback)
            return await _greet(counter)

    _tell(run(work()), as_json=as_json)


def status_command(context: typer.Context, account: Account = "", as_json: AsJson = False) -> None:
    """Exit 1 when somebody has to act."""
    terminal: Terminal = context.obj

    async def work() -> tuple[Caller, Settings, Status]:
        async with _open(terminal, account) as counter:
            status = await read_status(counter.caller, counter.wire, templates=counter.templates)
            return counter.caller, counter.settings, status

    caller, settings, status = run(work())
    hook = f"{settings.service.public_url.rstrip('/') or 'https://…'}/hooks/zalo/{caller.account}"
    if as_json:
        print_json(describe(status, hook))
    else:
        typer.echo("\n".join(lines_of(status, hook)))
    if status.troubles:
        raise TracuuError("; ".join(status.troubles))


def refresh_command(context: typer.Context, account: Account = "", as_json: AsJson = False) -> None:
    """Refresh once, whatever the age of the token."""
    terminal: Terminal = context.obj

    async def work() -> Said:
        async with _open(terminal, account) as counter:
            condition = await examine_token(counter.wire.store, counter.caller.account, now=now())
            if not condition.is_good:
                raise TracuuError(f"the token is {condition.sentence(now())}")
            pair = await refresh(counter.caller, counter.wire, version=condition.version)
            document = {"account": counter.caller.account, "version": pair.version}
            return Said(document=document, sentences=[f"refreshed; this is pair {pair.version}"])

    _tell(run(work()), as_json=as_json)


@contextlib.asynccontextmanager
async def _open(terminal: Terminal, account: str) -> AsyncIterator[Counter]:
    """The account that is meant. Raises ContentError when that is none or not clear."""
    settings = terminal.settings()
    async with contextlib.AsyncExitStack() as stack:
        store = await stack.enter_async_context(terminal.store())
        presences = read_presences(settings, store).values()
        rules = read_rules(settings, presences, key=store.vault.derive("trace"))
        session_of = await stack.enter_async_context(open_sessions(rules))
        callers = {caller.account: (caller, one) for caller, one in find_callers(presences)}
        if not callers:
            raise ContentError("settings", "accounts", "none has channel zalo (docs/channels/zalo.md)")
        if account not in callers and (account or len(callers) > 1):
            raise ContentError("command line", "OA", f"is to be one of {', '.join(callers)}")
        caller, presence = callers[account or next(iter(callers))]
        try:
            stack.enter_context(on_behalf_of(Behalf(channel=CHANNEL_NAME, account=caller.account)))
            wire = Wire(store=store, session=session_of(presence), clock=now)
            templates = templates_of(presences, caller.account)
            yield Counter(caller=caller, wire=wire, settings=settings, templates=templates)
        finally:
            await settle()


def _invite(counter: Counter, callback: str) -> Said:
    """The link, and what has to be done before it works."""
    caller, settings = counter.caller, counter.settings
    address = callback or settings.service.public_url
    if not address:
        raise ContentError("command line", "--callback", "is missing, and so is service.public_url")
    kept = consent.find_verifier(caller, settings.folder)
    state = consent.state_of(counter.wire.store, caller)
    link = consent.link(caller, callback=address, verifier=kept.verifier, state=state)
    sentences = [
        f"In the console (Official Account, OA settings): callback address {address}",
        f"In the console, code challenge: {kept.challenge}",
        f"Open as an administrator of the Official Account: {link}",
        'Then, within 10 minutes: tracuu zalo login --code "<the address that it leads to>"',
    ]
    if kept.file is not None:
        setting = f'code_verifier = "file:{kept.setting}"'
        sentences.insert(0, f"The code verifier is in {kept.file}; add to the account: {setting}")
    document = {"account": caller.account, "callback": address, "challenge": kept.challenge, "link": link}
    return Said(document=document, sentences=sentences)


async def _redeem(counter: Counter, code: str) -> None:
    caller = counter.caller
    kept = consent.find_verifier(caller, counter.settings.folder, make=False)
    found = consent.read_code(code, caller, state=consent.state_of(counter.wire.store, caller))
    await log_in(caller, counter.wire, code=found, verifier=kept.verifier)


async def _greet(counter: Counter) -> Said:
    """Use the new token once."""
    oa = await read_account(counter.caller, counter.wire)
    name = oa.get("name", counter.caller.account)
    return Said(document={"account": counter.caller.account, "name": name}, sentences=[f"logged in to {name}"])


def _tell(said: Said, *, as_json: bool) -> None:
    if as_json:
        print_json(said.document)
    else:
        typer.echo("\n".join(said.sentences))


def read_secret(source: str, what: str) -> str:
    """A token from where ``source`` says; it may not stand in the command line, which every process can read.

    Raises ContentError.
    """
    kind, _, name = source.partition(":")
    if source == "-":
        asked = typer.prompt(what, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
        found = str(asked)
    elif kind == "env":
        found = os.environ.get(name, "")
    elif kind == "file":
        try:
            found = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ContentError("command line", what, f"{name} cannot be read") from error
    else:
        raise ContentError("command line", what, f"may not stand here; {_SOURCE}")
    if not found.strip():
        raise ContentError("command line", what, "is empty")
    return found.strip()


def describe(status: Status, hook: str) -> dict[str, Any]:
    """The JSON document; there is no token in it."""
    condition = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(status.condition).items()
    }
    return {
        "account": status.condition.account,
        "token": condition,
        "oa": dict(status.oa),
        "quotas": [dict(asset) for asset in status.assets],
        "seen": asdict(status.ledger),
        "webhook": hook,
        "troubles": list(status.troubles),
        "warnings": list(status.warnings),
    }


def lines_of(status: Status, hook: str) -> list[str]:
    """The same for a person."""
    condition, ledger = status.condition, status.ledger
    lines = [f"account: {condition.account}", f"token: {condition.sentence(now())}"]
    if condition.state == TokenState.GOOD:
        lines.append(f"next refresh: {_moment(condition.refresh_at)}, ends {_moment(condition.expires_at)}")
    lines += [f"{name}: {value}" for name, value in status.oa.items()]
    lines += [
        f"quota {asset.get('quota_type', '')}: {asset.get('remain')} of {asset.get('total')}" for asset in status.assets
    ]
    if ledger.rate is not None:
        lines.append(f"calls a minute: {ledger.rate['limit']}, last seen {ledger.rate['remain']} left")
    lines.append(f"billed this month: {ledger.billed}")
    if ledger.templates is not None:
        lines.append(f"templates a day: {ledger.templates['daily']}, last seen {ledger.templates['remaining']} left")
    lines.append(f"webhook, to be set in the console of the app: {hook}")
    return [*lines, *(f"! {warning}" for warning in status.warnings), *(f"✗ {trouble}" for trouble in status.troubles)]


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") if moment else "–"
