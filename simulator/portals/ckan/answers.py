"""The shapes in which CKAN answers."""

from typing import Any

from aiohttp import web


class RefusalError(Exception):
    """CKAN says no: ``status`` and the error object, which may be a bare text."""

    def __init__(self, status: int, error: Any) -> None:
        super().__init__(str(error))
        self.status, self.error = status, error


def not_found(message: str = "Not found") -> RefusalError:
    """404."""
    return RefusalError(404, {"__type": "Not Found Error", "message": message})


def not_authorized(what: str) -> RefusalError:
    """403."""
    return RefusalError(403, {"__type": "Authorization Error", "message": f"Access denied: {what}"})


def not_valid(**fields: list[str]) -> RefusalError:
    """409, with the complaints about each field."""
    return RefusalError(409, {"__type": "Validation Error", **fields})


def bad_search(message: str) -> RefusalError:
    """400 for a query that Solr does not take."""
    return RefusalError(400, {"__type": "Search Query Error", "message": message})


def done(base: str, action: str, result: Any) -> web.Response:
    """What an action gives."""
    return web.json_response({"help": _help(base, action), "success": True, "result": result})


def refused(base: str, action: str, refusal: RefusalError) -> web.Response:
    """An error; a bare text for what is no action at all."""
    if isinstance(refusal.error, str):
        return web.json_response(refusal.error, status=refusal.status)
    document = {"help": _help(base, action), "success": False, "error": refusal.error}
    return web.json_response(document, status=refusal.status)


def _help(base: str, action: str) -> str:
    return f"{base}/api/3/action/help_show?name={action}"
