"""Watch every exchange of a session, without slowing it: what is noted is looked at and written elsewhere."""

from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
from yarl import URL

from gateway.exchange import Exchange
from gateway.outbound_rules import Outbound
from gateway.trace_files import TraceFiles

_open: WeakKeyDictionary[aiohttp.ClientResponse, Exchange] = WeakKeyDictionary()


def note_answer(response: aiohttp.ClientResponse, body: bytes) -> None:
    """That ``body`` was read from ``response``; nothing happens where it is not watched."""
    exchange = _open.pop(response, None)
    if exchange is not None:
        exchange.end(body)


def tracing(files: TraceFiles, rules: Outbound) -> aiohttp.TraceConfig:
    """What a session is to be watched with, so that ``files`` get each exchange, of a redirect each step."""
    config = aiohttp.TraceConfig()

    def begin(context: SimpleNamespace, method: str, url: URL) -> None:
        context.exchange = Exchange(method=method, url=url, known=rules.allows(url))
        files.add(context.exchange)

    async def start(_session: Any, context: SimpleNamespace, request: aiohttp.TraceRequestStartParams) -> None:
        begin(context, request.method, request.url)

    async def send(_session: Any, context: SimpleNamespace, sent: aiohttp.TraceRequestChunkSentParams) -> None:
        context.exchange.add(sent.chunk)

    async def redirect(_session: Any, context: SimpleNamespace, step: aiohttp.TraceRequestRedirectParams) -> None:
        _answered(context.exchange, step.response)
        context.exchange.end()
        begin(context, step.method, _leads_to(step))

    async def end(_session: Any, context: SimpleNamespace, answer: aiohttp.TraceRequestEndParams) -> None:
        _answered(context.exchange, answer.response)
        _open[answer.response] = context.exchange

    async def read(_session: Any, context: SimpleNamespace, body: aiohttp.TraceResponseChunkReceivedParams) -> None:
        context.exchange.end(body.chunk)

    async def fail(_session: Any, context: SimpleNamespace, failure: aiohttp.TraceRequestExceptionParams) -> None:
        context.exchange.end(error=failure.exception)

    config.on_request_start.append(start)
    config.on_request_chunk_sent.append(send)
    config.on_request_redirect.append(redirect)
    config.on_request_end.append(end)
    config.on_response_chunk_received.append(read)
    config.on_request_exception.append(fail)
    return config


def _leads_to(step: aiohttp.TraceRequestRedirectParams) -> URL:
    """Where a redirect leads, as far as that is an address at all."""
    try:
        return step.url.join(URL(step.response.headers.get("Location", "")))
    except ValueError:
        return URL()


def _answered(exchange: Exchange, response: aiohttp.ClientResponse) -> None:
    exchange.status = response.status
    exchange.retry_after = response.headers.get("Retry-After", "")
    exchange.note_time()
