"""Zalo's OAuth v4 for Official Accounts: the consent page, codes, and pairs of tokens that are used once."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from simulator.zalo.world import App, Call, Tokens, World

PERMISSION = "/v4/oa/permission"
ACCESS_TOKEN = "/v4/oa/access_token"  # noqa: S105 – a path
ACCESS_LIFE = timedelta(hours=25)
REFRESH_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(minutes=10)
_VERIFIER = 43
_GUIDE = "https://developers.zalo.me/docs/official-account/bat-dau/xac-thuc-va-uy-quyen-cho-ung-dung-new"
_FORM = "application/x-www-form-urlencoded"
_FIELDS = {
    "authorization_code": frozenset({"code", "app_id", "grant_type", "code_verifier"}),
    "refresh_token": frozenset({"refresh_token", "app_id", "grant_type"}),
}


class Denied(Exception):  # noqa: N818 – an answer, not a failure
    """What this host answers instead of tokens; ``code`` only where Zalo publishes one."""

    def __init__(self, name: str, reason: str, *, rule: str = "", code: int = 0) -> None:
        super().__init__(reason)
        self.name, self.reason, self.rule, self.code = name, reason, rule, code

    def body(self) -> dict[str, object]:
        """The shape of this host's errors, given with HTTP 200; usually without a number."""
        number: dict[str, object] = {"error": self.code} if self.code else {}
        return {
            "error_name": self.name,
            "error_reason": self.reason,
            "ref_doc": _GUIDE,
            "error_description": self.reason,
            **number,
        }


@dataclass(kw_only=True)
class Grant:
    """A code of the consent page."""

    code: str
    app_id: str
    oa_id: str
    challenge: str
    at: datetime
    used: bool = False


@dataclass(kw_only=True)
class OAuth:
    """The host ``oauth.zaloapp.com``. ``consents`` is which account the admin picks on the consent page."""

    world: World
    consents: str
    name: str = "oauth"
    grants: dict[str, Grant] = field(default_factory=dict)

    def identify(self, _request: web.Request, call: Call) -> None:
        """A call of this host belongs to no account."""

    def headers(self, _call: Call) -> Mapping[str, str]:
        """No rate is told here."""
        return {}

    def fail(self, code: int) -> dict[str, object]:
        """An error with a number."""
        return Denied("Error", "planned by the test", code=code).body()

    def act(self, request: web.Request, call: Call) -> dict[str, object] | web.Response:
        """Consent, or tokens."""
        try:
            return self._answer(request, call)
        except Denied as denied:
            if denied.rule:
                self.world.breach(denied.rule, request.path, denied.reason)
            return denied.body()

    def _answer(self, request: web.Request, call: Call) -> dict[str, object] | web.Response:
        if (request.method, request.path) == ("GET", PERMISSION):
            return self._consent(request)
        if (request.method, request.path) == ("POST", ACCESS_TOKEN):
            return self._grant(request, call.body)
        raise Denied("Not found", "no such address", rule="Z1")

    def consent(self, *, oa_id: str = "", challenge: str = "") -> str:
        """A code, as the admin's consent gives it to the callback address."""
        oa_id = oa_id or self.consents
        app = self.world.apps[self.world.oas[oa_id].app_id]
        code = self.world.new_id("code-")
        self.grants[code] = Grant(
            code=code, app_id=app.app_id, oa_id=oa_id, challenge=challenge or app.challenge, at=self.world.clock()
        )
        return code

    def _consent(self, request: web.Request) -> web.Response:
        asked = request.query
        app = self.world.apps.get(asked.get("app_id", ""))
        if app is None:
            raise Denied("Invalid app", "the app is not active", rule="Z31", code=-14002)
        if asked.get("redirect_uri") != app.callback:
            raise Denied("Invalid redirect uri", "the callback is not the console's", rule="Z31", code=-14003)
        if asked.get("code_challenge", "") != app.challenge:
            raise Denied("Invalid code challenge", "the challenge is not the console's", rule="Z31")
        answer = {"code": self.consent(challenge=app.challenge), "oa_id": self.consents}
        if "state" in asked:
            answer["state"] = asked["state"]
        return web.Response(status=302, headers={"Location": f"{app.callback}?{urlencode(answer)}"})

    def _grant(self, request: web.Request, raw: bytes) -> dict[str, object]:
        if request.content_type != _FORM:
            raise Denied("Invalid parameters", f"the body must be {_FORM}", rule="Z20")
        fields = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
        app = self._app(request, fields)
        kind = fields.get("grant_type", "")
        if kind not in _FIELDS:
            raise Denied("Invalid grant type", f"grant_type {kind!r} does not exist", rule="Z22")
        if missing := {name for name in _FIELDS[kind] if not fields.get(name)}:
            raise Denied("Invalid parameters", f"missing {', '.join(sorted(missing))}", rule="Z22")
        pair = self._redeem(app, fields) if kind == "authorization_code" else self._refresh(app, fields)
        return {
            "access_token": pair.access,
            "refresh_token": pair.refresh,
            "expires_in": str(int(ACCESS_LIFE.total_seconds())),
        }

    def _app(self, request: web.Request, fields: Mapping[str, str]) -> App:
        app = self.world.apps.get(fields.get("app_id", ""))
        if app is None:
            raise Denied("Invalid app", "the app is unknown or not active", rule="Z21", code=-14002)
        if request.headers.get("secret_key", "") != app.secret:
            raise Denied("Invalid secret key", "the header secret_key must hold the app's secret", rule="Z21")
        return app

    def _redeem(self, app: App, fields: Mapping[str, str]) -> Tokens:
        grant = self.grants.get(fields["code"])
        if grant is None or grant.used or grant.app_id != app.app_id:
            raise Denied("Invalid code", "the code is unknown or was used", rule="Z23")
        if self.world.clock() - grant.at > CODE_LIFE:
            raise Denied("Expired code", "the code is older than 10 minutes", rule="Z23")
        verifier = fields["code_verifier"]
        if len(verifier) != _VERIFIER or challenge_of(verifier) != grant.challenge:
            raise Denied("Invalid code verifier", "the verifier does not fit the challenge", rule="Z24")
        grant.used = True
        return self.world.issue(grant.oa_id)

    def _refresh(self, app: App, fields: Mapping[str, str]) -> Tokens:
        token, now = fields["refresh_token"], self.world.clock()
        pair = next((p for p in self.world.pairs if p.refresh == token and p.app_id == app.app_id), None)
        if pair is None or pair.died:
            raise Denied("Invalid refresh token", "the refresh token is unknown or was used", rule="Z27")
        if pair.void:
            raise Denied("Invalid refresh token", "the grant was withdrawn")
        if now - pair.issued > REFRESH_LIFE:
            raise Denied("Expired refresh token", "the refresh token is older than 3 months", rule="Z28")
        pair.died = now
        return self.world.issue(pair.oa_id)


def challenge_of(verifier: str) -> str:
    """The PKCE challenge (S256) of ``verifier``, which the console stores."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
