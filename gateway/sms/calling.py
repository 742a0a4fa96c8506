"""One request to a provider: sent once, followed nowhere, and its answer read whole."""

import aiohttp

from gateway.errors import OutcomeUnknownError, UnreachableError
from gateway.outbound import read_body
from gateway.sms.letter import Request
from gateway.sms.outcome import Reading

MAX_ANSWER = 64 * 1024


async def call(session: aiohttp.ClientSession, request: Request) -> Reading:
    """What the provider answered to ``request``. Raises UnreachableError when it has not left, OutcomeUnknownError when
    it has and no answer came.

    Its address and headers may hold secrets, so no error quotes them.
    """
    try:
        async with session.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body,
            allow_redirects=False,
        ) as response:
            text = (await read_body(response, MAX_ANSWER)).decode("utf-8-sig", "replace")
            return Reading(response.status, response.headers.get("Retry-After", ""), text)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
        raise UnreachableError("the provider cannot be reached") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise OutcomeUnknownError("the request left, no answer came") from error
