"""What went wrong with a portal, in a sentence that names the host and says what to do."""

import re
from collections.abc import Mapping

import aiohttp
from yarl import URL

from gateway.errors import BlockedError
from gateway.portal import Answer, AwayError, LoginError, PortalError


class UnknownNameError(PortalError):
    """No name server knows the host. That may pass, but seldom in a minute, so it is said at once."""

    retry = True


_SIGN_IN = re.compile(
    r"(?:^|/)(?:log-?in|sign-?in|sso|cas|oauth2?|auth|dang-nhap|_login|logged_in)(?:[/.?]|$)", re.IGNORECASE
)
_PASSWORD = re.compile(rb"""<input[^>]{0,300}type\s*=\s*["']?password""", re.IGNORECASE)
_LOOKED_AT = 256 * 1024  # bytes of a page that a form may stand in
_DATA = re.compile(rb"\s*[\[{\"]")
_MIB = 2**20
_NOT_LISTED = "may not be called"

_SENTENCES: tuple[tuple[tuple[type[Exception], ...], type[PortalError], str], ...] = (
    (
        (aiohttp.ClientConnectorCertificateError,),
        PortalError,
        "the certificate of {host} is not valid ({why}): whoever runs the portal has to renew it",
    ),
    (
        (aiohttp.ClientConnectorSSLError,),
        PortalError,
        "no safe connection to {host} is possible: ask whoever runs it about its TLS settings",
    ),
    (
        (aiohttp.ClientConnectorDNSError,),
        UnknownNameError,
        "the name {host} is not known: check the address, the portal may have moved",
    ),
    (
        (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError),
        AwayError,
        "the proxy does not lead to {host}: look at service.proxy, or ask whoever runs the proxy",
    ),
    (
        (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError),
        AwayError,
        "{host} cannot be reached: it is down, or a firewall is in between",
    ),
    ((TimeoutError,), AwayError, "{host} stopped in the middle of its answer: trying again later may help"),
    ((ValueError,), PortalError, "{host} leads to an address that is none: tell whoever runs the portal"),
)
"""What happened, the first that fits, which error it becomes and its sentence."""


def explain(error: Exception, url: str) -> PortalError:
    """The error to raise when asking ``url`` ended with ``error``."""
    host = URL(url).host or url
    if isinstance(error, BlockedError):
        return _blocked(error, host)
    for kinds, make, sentence in _SENTENCES:
        if isinstance(error, kinds):
            return make(sentence.format(host=host, error=error, why=_reason(error)))
    return AwayError(f"{host} broke off its answer ({type(error).__name__}): trying again later may help")


def _blocked(error: BlockedError, host: str) -> PortalError:
    if _NOT_LISTED not in str(error):
        return PortalError(str(error))  # a name that leads to this machine, a proxy that wants another password
    return PortalError(f"{host} may not be called: if what it gives is wanted, add {host} to [outbound] hosts")


def too_large(host: str, limit: int) -> PortalError:
    """An answer of more than ``limit`` bytes, counted as they are unpacked."""
    size = f"{limit // _MIB} MB" if limit >= _MIB else f"{limit} bytes"
    return PortalError(f"what {host} sends is larger than {size}, which is the most that is taken")


def wants_login(url: str) -> LoginError:
    """The portal sent us to a page where people sign in."""
    return LoginError(
        f"{URL(url).host} asks for a login, so the data are not open: ask whoever runs the portal to open them"
    )


def is_sign_in(url: URL) -> bool:
    """Whether ``url`` looks like a page where people sign in."""
    return bool(_SIGN_IN.search(url.path))


def refuse_page(answer: Answer, *, start: bytes = b"") -> None:
    """Raises LoginError or PortalError where ``answer`` is a web page: neither data nor an error of an API is one.

    ``start`` is the beginning of the body where that is not in the answer.
    """
    body = (start or answer.body)[:_LOOKED_AT]
    host = URL(answer.url).host
    if is_page(answer.headers, body):
        if _PASSWORD.search(body):
            raise wants_login(answer.url)
        raise PortalError(
            f"{host} answers with a web page (HTTP {answer.status}) instead of data: check the address, or ask whoever "
            "runs the portal whether something in front of it turns programs away"
        )


def refuse_sign_in(answer: Answer, start: bytes) -> None:
    """Raises LoginError where what came as a file, of which this is the ``start``, is a page where people sign in."""
    if is_page(answer.headers, start) and _PASSWORD.search(start):
        raise wants_login(answer.url)


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether ``body`` is a web page, by what it is said to be and by how it begins."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    begins = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:100].lower()
    return (kind in {"text/html", "application/xhtml+xml"} and not _DATA.match(body)) or begins.startswith(
        (b"<!doctype html", b"<html")
    )


def _reason(error: Exception) -> str:
    cause = getattr(error, "certificate_error", error)
    return getattr(cause, "verify_message", "") or type(cause).__name__
