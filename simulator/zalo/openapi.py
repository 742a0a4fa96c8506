"""The host ``openapi.zalo.me``: which address does what, and the envelope of its answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from simulator.zalo import messages, reads, templates, uploads
from simulator.zalo.access import OPEN_API, Asked, admit, bearer, rate_headers
from simulator.zalo.errors import OPEN_API_ERRORS
from simulator.zalo.world import Call, Refused, World

Deed = Callable[[World, Asked], object]
ROUTES: Mapping[tuple[str, str], Deed] = {
    ("POST", "/v3.0/oa/message/cs"): messages.send,
    ("POST", "/v3.0/oa/message/transaction"): messages.refuse_closed,
    ("POST", "/v3.0/oa/message/promotion"): messages.refuse_closed,
    ("POST", "/v2.0/oa/message"): messages.react,
    ("POST", "/v3.0/oa/message/template"): templates.send_by_uid,
    ("POST", "/v3.0/oa/quota/message"): reads.show_quota,
    ("POST", "/v2.0/oa/quota/message"): reads.show_old_quota,
    ("GET", "/v2.0/oa/getoa"): reads.show_account,
    ("GET", "/v3.0/oa/user/detail"): reads.show_person,
    ("POST", "/v2.0/oa/upload/image"): uploads.take_image,
    ("POST", "/v2.0/oa/upload/gif"): uploads.take_gif,
    ("POST", "/v2.0/oa/upload/file"): uploads.take_file,
}


@dataclass(kw_only=True)
class OpenApi:
    """Answers every call of the Open API with HTTP 200, errors too."""

    world: World
    name: str = "api"

    def identify(self, request: web.Request, call: Call) -> None:
        """The account whose token it bears, alive or not: the rate counts refused calls too."""
        pair = bearer(self.world, request)
        if pair:
            call.oa_id = pair.oa_id
            self.world.count_call(call)

    def headers(self, call: Call) -> Mapping[str, str]:
        """The rate."""
        return rate_headers(self.world, call)

    def fail(self, code: int) -> dict[str, object]:
        """The envelope without data."""
        return {"error": code, "message": OPEN_API_ERRORS.get(code, "Error")}

    def act(self, request: web.Request, call: Call) -> dict[str, object] | web.Response:
        """The envelope with what the address answers, or with why not."""
        try:
            data = self._deed(request)(self.world, self._admit(request, call))
        except Refused as refused:
            if refused.rule:
                self.world.breach(refused.rule, request.path, refused.detail)
            answer = self.fail(refused.code)
            if refused.code in {-201, -210}:
                answer["message"] = f"{answer['message']}: {refused.detail}"
            return answer
        return {"data": data, "error": 0, "message": "Success"}

    def _deed(self, request: web.Request) -> Deed:
        deed = ROUTES.get((request.method, request.path))
        if deed is None:
            raise Refused(-201, rule="Z1", detail=f"{request.method} {request.path} does not exist")
        return deed

    def _admit(self, request: web.Request, call: Call) -> Asked:
        oa = admit(self.world, request, call, OPEN_API)
        return Asked(oa=oa, request=request, raw=call.body, codes=OPEN_API)
