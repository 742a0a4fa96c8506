"""What every SMS provider's double is: a port, handsets, hooks to call, and a note of every broken rule."""

import asyncio
import contextlib
import math
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import aiohttp
from aiohttp import web

from gateway.site import open_site
from simulator.sms.call import Answer, Call, Refusal, Sent, Violation
from simulator.sms.courier import Courier, Delivery, Heard, Post
from simulator.sms.fault import Course, Fault, Plans, Way
from simulator.sms.phone import Phones, international
from simulator.zalo.clock import Timeline


@dataclass(kw_only=True)
class Provider(ABC):
    """The double. ``hook`` takes people's words, ``report_hook`` receipts (where no call names another).

    ``number`` is what people write to; ``sent`` are the messages that were taken, ``calls`` all that came in,
    ``violations`` the rules that were broken, each in order. ``receipts``: taken messages are reported on.
    """

    clock: Timeline
    courier: Courier
    phones: Phones = field(default_factory=Phones)
    plans: Plans = field(default_factory=Plans)
    url: str = ""
    hook: str = ""
    report_hook: str = ""
    number: str = "8179"
    receipts: bool = True
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    usual: tuple[str, ...] = ()
    """The states of a message that goes well, in the provider's words."""
    message_waits: tuple[timedelta, ...] = ()
    """The waits before each further try to bring a person's words."""
    report_waits: tuple[timedelta, ...] = ()
    """The waits before each further try to bring a receipt."""

    @abstractmethod
    def act(self, call: Call) -> Answer:
        """Do what was asked. Raises Refusal when it breaks a rule."""

    @abstractmethod
    def message(self, person: str, text: str) -> Post:
        """How the words of ``person`` (``+84…``) are brought to the hook."""

    @abstractmethod
    def busy(self) -> Answer:
        """What is said to whoever calls too often."""

    def receipt(self, sent: Sent, state: str) -> Post | None:
        """How ``state`` of ``sent`` is brought to a hook; None where nobody is told."""
        del sent, state
        return None

    def hears(self, heard: Heard) -> bool:
        """Whether the hook's answer to a person's words is what the provider wants."""
        return heard.status == 200

    def hears_receipt(self, heard: Heard) -> bool:
        """The same for a receipt."""
        return heard.status == 200

    def breach(self, rule: str, where: str) -> None:
        """Note a broken rule."""
        self.violations.append(Violation(rule=rule, where=where))

    def new_id(self, form: str = "{:08d}") -> str:
        """An id that was not given before."""
        self._ids += 1
        return form.format(self._ids)

    def take(
        self, *, to: str, text: str, sender: str, key: str = "", reports_to: str = "", message_id: str = ""
    ) -> Sent:
        """A message is taken and arrives."""
        at = self.clock()
        shown = self.phones.show(international(to), text, sender=sender, at=at)
        sent = Sent(
            id=message_id or self.new_id(),
            to=international(to),
            text=text,
            sender=sender,
            parts=shown.parts,
            price=shown.price,
            at=at,
            key=key,
            reports_to=reports_to,
        )
        self.sent.append(sent)
        self._news.set()
        return sent

    async def say(self, person: str, text: str) -> Delivery:
        """A person writes; returns when the hook was called once (further tries go on by themselves)."""
        return await self.bring(self.message(international(person), text))

    async def bring(self, post: Post) -> Delivery:
        """Any call of the hook for people's words, as :meth:`say`."""
        delivery = self.courier.send(post, self.hears, self.message_waits)
        await delivery.tried.wait()
        return delivery

    async def report(self, sent: Sent, state: str) -> Delivery | None:
        """Tell the hook that ``sent`` is in ``state``; returns when it was called once. None where nobody is told."""
        post = self.receipt(sent, state)
        if post is None:
            return None
        delivery = self.courier.send(post, self.hears_receipt, self.report_waits)
        await delivery.tried.wait()
        return delivery

    async def until(self, number: int, *, seconds: float = 20.0) -> list[Sent]:
        """Every taken message, as soon as there are ``number``. Raises TimeoutError after ``seconds`` of ours."""
        async with asyncio.timeout(seconds):
            while len(self.sent) < number:
                self._news.clear()
                await self._news.wait()
        return list(self.sent)

    async def settle(self) -> None:
        """Wait until every hook that is due was called once."""
        await self.courier.settle()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Note the call, act and answer – or fail to, where that was planned."""
        if self.plans.away:
            return _cut(request)
        call = Call(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            at=self.clock(),
        )
        self.calls.append(call)
        fault = self.plans.fault() or Fault()
        answer = self.busy() if fault.busy else Answer(body="")
        if fault.taken:
            answer = await self._act(call)
        if fault.wait:
            await self._hold(fault.wait)
        if fault.cut:
            return _cut(request)
        if fault.status:
            answer = Answer(body=fault.body, status=fault.status, content_type="text/html")
        return web.Response(
            status=answer.status, text=answer.body, content_type=answer.content_type, headers=answer.headers
        )

    async def _act(self, call: Call) -> Answer:
        known = len(self.sent)
        try:
            answer = self.act(call)
        except Refusal as refusal:
            if refusal.rule:
                self.breach(refusal.rule, call.path)
            return refusal.answer
        for sent in self.sent[known:]:
            await self._follow(sent)
        return answer

    async def _follow(self, sent: Sent) -> None:
        course = self.plans.course()
        if not self.receipts:
            return
        if course.way is Way.EARLY:
            await self._tell(sent, course)
        else:
            self.courier.begin(self._tell(sent, course))

    async def _tell(self, sent: Sent, course: Course) -> None:
        if course.way is Way.LATE:
            await self.clock.until(self.clock() + course.after)
        for state in course.order(self.usual):
            await self.report(sent, state)

    async def _hold(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.released.wait(), None if seconds == math.inf else seconds)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


P = TypeVar("P", bound=Provider)


@contextlib.asynccontextmanager
async def running(
    kind: type[P],
    *,
    hook: str = "",
    report_hook: str = "",
    clock: Timeline | None = None,
    speed: float = 1.0,
    patience: float = 5.0,
    port: int = 0,
) -> AsyncIterator[P]:
    """A provider on a port of this machine, as long as the block lasts; ``patience`` in seconds of ours."""
    time = clock or Timeline(datetime.now(UTC), speed=speed)
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        courier = Courier(clock=time, session=session, patience=patience)
        provider = kind(clock=time, courier=courier, hook=hook, report_hook=report_hook)
        app = web.Application(client_max_size=4 * 1024**2)
        app.router.add_route("*", "/{path:.*}", provider.answer)
        provider.url = await stack.enter_async_context(open_site(app, host="127.0.0.1", port=port))
        stack.push_async_callback(courier.stop)
        stack.callback(provider.released.set)
        yield provider
