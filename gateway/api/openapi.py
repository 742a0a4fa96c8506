"""The OpenAPI document, made from the routes and shapes that are served."""

from collections.abc import Sequence
from typing import Any

from bot.content import LANGUAGES
from gateway.api.parameters import Parameter
from gateway.api.problems import CONTENT_TYPE, load_wordings
from gateway.api.routes import ATOM, PATH_PARAMETERS, Route
from gateway.api.shapes import ProblemShape, components

VERSION = "3.1.0"
_EVERYWHERE = (400, 401, 405, 414, 429, 503)
_HEADERS = {
    "ETag": "The content; send it as If-None-Match.",
    "RateLimit": "What is left (draft-ietf-httpapi-ratelimit-headers-10).",
    "RateLimit-Policy": "The quota (draft-ietf-httpapi-ratelimit-headers-10).",
}


def describe(routes: Sequence[Route], *, server: str) -> dict[str, Any]:
    """The document of ``routes`` on ``server`` (an address, may be relative)."""
    return {
        "openapi": VERSION,
        "info": {
            "title": "tracuu – API dữ liệu mở",
            "version": "1",
            "description": "Chỉ đọc. Ví dụ và hạn mức: /api/ – Read only. Examples and limits: /api/",
        },
        "servers": [{"url": server}],
        "security": [{}, {"bearer": []}, {"key": []}],
        "paths": {route.path: {"get": _operation(route)} for route in routes},
        "components": {
            "schemas": components(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    in_path = [_parameter(one, "path") for one in PATH_PARAMETERS if f"{{{one.name}}}" in route.path]
    problems = {str(status): _problem(status) for status in _statuses(route)}
    return {
        "operationId": route.name,
        "summary": route.vi,
        "description": route.en,
        "parameters": [*in_path, *(_parameter(one, "query") for one in route.parameters)],
        "responses": {
            "200": _answer(route),
            "304": {"description": "Không thay đổi. – Not modified."},
            **problems,
        },
    }


def _statuses(route: Route) -> list[int]:
    return sorted({*_EVERYWHERE, *([404] if route.about_one else [])})


def _parameter(parameter: Parameter, place: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": place,
        "required": parameter.required or place == "path",
        "description": f"{parameter.vi} – {parameter.en}",
        "schema": parameter.schema(),
    }
    return found if parameter.example is None else {**found, "example": parameter.example}


def _answer(route: Route) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    if route.shape is not None:
        schema = {"$ref": f"#/components/schemas/{route.shape.__name__}"}
    elif route.media == ATOM:
        schema = {"type": "string"}
    headers = {
        name: {"description": text, "schema": {"type": "string"}, "required": True} for name, text in _HEADERS.items()
    }
    return {"description": route.vi, "headers": headers, "content": {route.media: {"schema": schema}}}


def _problem(status: int) -> dict[str, Any]:
    titles = [wording.texts for wording in load_wordings().values() if wording.status == status]
    said = {language: "; ".join(dict.fromkeys(text[language][0] for text in titles)) for language in LANGUAGES}
    schema = {"$ref": f"#/components/schemas/{ProblemShape.__name__}"}
    return {
        "description": " – ".join(f"{text}." for text in said.values()),
        "content": {CONTENT_TYPE: {"schema": schema}},
    }
