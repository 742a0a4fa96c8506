"""The host ``business.openapi.zalo.me``: templates by phone, what became of them, and what may be sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from simulator.zalo.access import TEMPLATES, Asked, admit, bearer
from simulator.zalo.errors import TEMPLATE_ERRORS
from simulator.zalo.templates import find, send_by_phone
from simulator.zalo.world import Call, Refused, World

Deed = Callable[[World, Asked], object]
_LARGEST = 64 * 1024


def _show_status(world: World, asked: Asked) -> object:
    """Whether a message arrived: -1 unknown, 0 under way, 1 delivered."""
    message_id = asked.request.query.get("message_id", "")
    sent = next((sent for sent in world.sent if sent.message_id == message_id and sent.oa_id == asked.oa.oa_id), None)
    if sent is None:
        return {"status": -1, "delivery_time": "", "message": "The message does not exist"}
    delivered = world.delivered.get(message_id, "")
    return {"status": int(bool(delivered)), "delivery_time": delivered, "message": ""}


def _show_quota(world: World, asked: Asked) -> object:
    """The quota of the day, in strings."""
    quota = asked.oa.template_quota
    left = max(0, quota - world.templates_today(asked.oa.oa_id))
    return {"dailyQuota": str(quota), "remainingQuota": str(left)}


def _show_quality(_world: World, _asked: Asked) -> object:
    """How people judge the account's templates."""
    return {"oaCurrentQuality": "HIGH", "oa7dayQuality": "HIGH"}


def _list_templates(world: World, asked: Asked) -> object:
    """The account's templates."""
    return [
        {"templateId": t.template_id, "templateName": t.name, "status": t.status, "templateQuality": "HIGH"}
        for t in world.templates.values()
        if t.oa_id == asked.oa.oa_id
    ]


def _show_template(world: World, asked: Asked) -> object:
    """A template with its slots and their greatest lengths."""
    template = find(world, asked, asked.request.query.get("template_id"), code=-109, rule="Z145")
    return {
        "templateId": template.template_id,
        "templateName": template.name,
        "status": template.status,
        "listParams": [
            {"name": name, "require": slot.required, "type": slot.kind, "maxLength": slot.length, "minLength": 0}
            for name, slot in template.parameters.items()
        ],
        "listButtons": [],
        "templateQuality": "HIGH",
        "templateTag": template.tag,
        "price_sdt": str(template.price_sdt),
        "price_uid": str(template.price_uid),
    }


ROUTES: Mapping[tuple[str, str], Deed] = {
    ("POST", "/message/template"): send_by_phone,
    ("GET", "/message/status"): _show_status,
    ("GET", "/message/quota"): _show_quota,
    ("GET", "/quality"): _show_quality,
    ("GET", "/template/all"): _list_templates,
    ("GET", "/template/info/v2"): _show_template,
}


@dataclass(kw_only=True)
class TemplateHost:
    """Answers with HTTP 200 and the same envelope as the Open API, with numbers of its own."""

    world: World
    name: str = "template"

    def identify(self, request: web.Request, call: Call) -> None:
        """The account whose token the call bears."""
        pair = bearer(self.world, request)
        call.oa_id = pair.oa_id if pair else ""

    def headers(self, _call: Call) -> Mapping[str, str]:
        """The rate of the Open API does not count here."""
        return {}

    def fail(self, code: int) -> dict[str, object]:
        """The envelope without data."""
        return {"error": code, "message": TEMPLATE_ERRORS.get(code, "Error")}

    def act(self, request: web.Request, call: Call) -> dict[str, object] | web.Response:
        """The envelope with what the address answers, or with why not."""
        try:
            data = self._deed(request)(self.world, self._admit(request, call))
        except Refused as refused:
            if refused.rule:
                self.world.breach(refused.rule, request.path, refused.detail)
            return self.fail(refused.code)
        return {"data": data, "error": 0, "message": "Success"}

    def _deed(self, request: web.Request) -> Deed:
        deed = ROUTES.get((request.method, request.path))
        if deed is None:
            raise Refused(-106, rule="Z1", detail=f"{request.method} {request.path} does not exist")
        return deed

    def _admit(self, request: web.Request, call: Call) -> Asked:
        oa = admit(self.world, request, call, TEMPLATES)
        if len(call.body) > _LARGEST:
            raise Refused(-130, rule="Z142", detail="the body is too big")
        return Asked(oa=oa, request=request, raw=call.body, codes=TEMPLATES)
