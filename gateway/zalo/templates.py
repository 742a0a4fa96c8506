"""Messages in an approved template (Zalo ZBS), by phone or by user id: each costs money, so none is repeated blindly.

Zalo promises nothing for a repeated ``tracking_id`` (docs/zalo-contract.md): what it did not answer is left to whoever
looks at it. A report of delivery names that id, so it proves that a message by phone left.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

import bot
from bot.content import load_templates
from bot.core.errors import StoreUnavailableError
from bot.core.messages import Form
from bot.core.templates import FormError, Template
from gateway.channel import Wire
from gateway.errors import ElsewhereError, MisconfiguredError, OutcomeUnknownError, RefusedError, UnreachableError
from gateway.zalo.caller import Caller
from gateway.zalo.client import Call, ask
from gateway.zalo.failures import Host
from gateway.zalo.ledger import note_quota
from gateway.zalo.template_quota import note_template_quota

FOLDER = Path(bot.__file__).parents[1] / "data" / "templates"
BY_PHONE = "/message/template"
BY_UID = "/v3.0/oa/message/template"
MAX_TRACKING = 48
DEVELOPMENT = "development"
"""Messages under test: to administrators of the app and the account only."""

_PART = re.compile(r"[0-9]{1,20}:[0-9]{1,4}")


@cache
def declared() -> Mapping[str, Template]:
    """The templates of this project, read once. Raises ContentError when one of them is wrong."""
    return load_templates(FOLDER)


def _are_declared(ids: Mapping[str, str]) -> Mapping[str, str]:
    for name in ids:
        if name not in declared():
            raise ValueError(f"there is no template {name}: data/templates has {', '.join(declared())}")
    return ids


TemplateId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
TemplateIds = Annotated[Mapping[str, TemplateId], AfterValidator(_are_declared)]
"""A setting: the number that Zalo gave to each template of ours when it was approved for this account."""


def tracking_id(key: str) -> str:
    """Our ``key`` of a part as Zalo takes it: 1 to 48 letters, digits, - and _; another one for every key."""
    if _PART.fullmatch(key):
        return f"tracuu-{key.replace(':', '-')}"
    return f"key-{hashlib.blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=20).hexdigest()}"


async def send_by_phone(
    form: Form, phone: str, caller: Caller, wire: Wire, *, key: str, ids: Mapping[str, str], mode: str = ""
) -> str:
    """Send ``form`` to a number (84…), under our ``key``; Zalo's id of the message. Raises SendError.

    ``ids`` are the numbers of the templates, ``mode`` is :data:`DEVELOPMENT` or empty.
    """
    template = _template(form)
    tracking = tracking_id(key)
    body = {"phone": phone, **_filled(template, form, ids), "tracking_id": tracking}
    answer = await _ask(
        Call(path=BY_PHONE, host=Host.TEMPLATES, body={**body, "mode": mode} if mode else body), caller, wire
    )
    await note_template_quota(wire, caller, answer.get("quota"))
    # it was taken; without Zalo's id it is known by ours, which the report of delivery names too
    return _id(answer, "msg_id") or tracking


async def send_by_uid(form: Form, uid: str, caller: Caller, wire: Wire, *, ids: Mapping[str, str]) -> str:
    """Send ``form`` to somebody whom the account knows, also long after they turned to it; Zalo's id of the message.

    Raises ElsewhereError when this template goes by phone only, any SendError else.
    """
    template = _template(form)
    if not template.by_uid:
        raise ElsewhereError(f"the template {template.name} goes by phone only")
    answer = await _ask(Call(path=BY_UID, body={"user_id": uid, **_filled(template, form, ids)}), caller, wire)
    await note_quota(wire, caller, answer.get("quota"))
    message_id = _id(answer, "message_id")
    if not message_id:
        raise OutcomeUnknownError("the template was taken, but Zalo gave it no id")
    return message_id


def _template(form: Form) -> Template:
    template = declared().get(form.name)
    if template is None:
        raise RefusedError("the message names a template that data/templates does not have")
    return template


def _filled(template: Template, form: Form, ids: Mapping[str, str]) -> dict[str, Any]:
    """The template's number and what goes into its slots, checked: Zalo charges for nothing less."""
    try:
        values = template.fill(dict(form.values))
    except FormError as error:
        raise RefusedError(str(error)) from error
    if template.name not in ids:
        raise MisconfiguredError(f"templates has no number for {template.name}: set the one that Zalo approved")
    return {"template_id": ids[template.name], "template_data": values}


async def _ask(call: Call, caller: Caller, wire: Wire) -> Mapping[str, Any]:
    try:
        answer = await ask(call, caller, wire)
    except StoreUnavailableError as error:  # the token was not read: nothing has left
        raise UnreachableError(str(error)) from error
    return answer if isinstance(answer, dict) else {}


def _id(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
