"""The Bot API of one or more bots, with people, groups and channels behind it, on a port of this machine.

Each rule that it enforces is a numbered line of docs/telegram-contract.md.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import aiohttp
from aiohttp import web

from gateway.site import open_site
from simulator.telegram.answers import Refusal
from simulator.telegram.api import Api
from simulator.telegram.courier import Courier
from simulator.telegram.crowd import Crowd
from simulator.telegram.fault import Fault
from simulator.telegram.limits import Limits, Sent, Windows, fullest
from simulator.telegram.mailbox import Mailbox, Webhook
from simulator.telegram.state import Action, Press, State
from simulator.telegram.time import Pace
from simulator.telegram.world import Bot, Chat, Message, Person, bot_messages, new_bot

FIRST_UPDATE = 700_000_001
MAX_BODY = 64 * 1024 * 1024


class TelegramDouble(Crowd):
    """What a test sees: the provider at ``url``. What people do is in :class:`Crowd`.

    ``api_base`` of an account is ``url``; python-telegram-bot wants ``base_url=f"{url}/bot"``. All seconds are the
    provider's: ``speed`` of them pass in a real one.
    """

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.url = ""

    @property
    def bot(self) -> Bot:
        """The first bot; its ``token`` is what a client needs."""
        return self.bots[0]

    @property
    def bots(self) -> list[Bot]:
        """All of them."""
        return list(self.state.bots.values())

    @property
    def violations(self) -> list[Refusal]:
        """Calls that broke a rule which the client could have kept, in the order in which they came."""
        return self.state.violations

    @property
    def refusals(self) -> list[Refusal]:
        """Every call that was answered with ``ok: false`` by a rule, planned faults of other kinds aside."""
        return self.state.refusals

    @property
    def sent(self) -> list[Sent]:
        """Every message and edit that was accepted, with its moment."""
        return self.state.windows.sent

    @property
    def actions(self) -> list[Action]:
        """Every chat action that was accepted."""
        return self.state.actions

    @property
    def calls(self) -> list[str]:
        """Every method that was called by a known bot, in lower case."""
        return self.state.calls

    @property
    def unanswered(self) -> list[Press]:
        """Presses of buttons that still show a progress bar to the person."""
        return [press for press in self.state.presses.values() if press.answer is None]

    def now(self) -> float:
        """Seconds of the provider since it was opened."""
        return self.state.pace.now()

    def front(self, public: str, local: str) -> None:
        """From now on the public origin ``public`` (``https://host[:port]``) is answered by ``local`` here.

        So stands a server that ends TLS before a service; ``setWebhook`` knows no other host.
        """
        self.state.fronts[public.rstrip("/")] = local.rstrip("/")

    def hook(self, address: str, *, secret: str = "", bot: Bot | None = None, connections: int = 40) -> None:
        """Have updates posted to ``address``, as if the webhook had been set before the test."""
        url = f"https://tracuu.example/{address.partition('://')[2].partition('/')[2]}"
        webhook = Webhook(url=url, address=address, secret=secret, max_connections=connections)
        self.mailbox(bot).route(webhook)

    def renumber(self, next_id: int, *, bot: Bot | None = None) -> None:
        """Give the next update this id, lower or higher than the last: so it may come after a quiet week (T24)."""
        self.mailbox(bot).next_id = next_id

    def mailbox(self, bot: Bot | None = None) -> Mailbox:
        """What waits for ``bot``, the first one by default."""
        return self.state.mailbox(bot or self.bot)

    def mishear(self, times: int = 1, *, bot: Bot | None = None) -> None:
        """Lose the bot's answers to the next ``times`` deliveries: those updates come again (T17)."""
        self.mailbox(bot).mishear += times

    def plan(self, *faults: Fault, times: int = 1) -> None:
        """Let ``faults`` happen, one after the other, to the next calls that they concern; the row ``times`` times."""
        self.state.faults.planned.extend(list(faults) * times)

    def shown(self, chat: Person | Chat | None = None, *, bot: Bot | None = None) -> list[Message]:
        """What bots wrote, as it now stands: in ``chat``, or everywhere; deleted messages are gone."""
        chats = list(self.state.chats()) if chat is None else [self.chat_of(chat, bot)]
        return bot_messages(chats)

    async def until(self, number: int, chat: Person | Chat | None = None, *, seconds: float = 20.0) -> list[Message]:
        """What :meth:`shown` says, once bots wrote ``number`` messages. Raises TimeoutError after real ``seconds``."""
        if chat is None:  # counting every chat whenever something happens would be slow among thousands
            await self.wait_for(lambda: self.state.written >= number, seconds=seconds)
        else:
            await self.wait_for(lambda: len(self.shown(chat)) >= number, seconds=seconds)
        return self.shown(chat)

    async def settled(self, *, seconds: float = 20.0) -> None:
        """Until every update was taken and every press answered. Raises TimeoutError after real ``seconds``."""
        await self.wait_for(lambda: not self.unanswered and not self.pending, seconds=seconds)

    @property
    def pending(self) -> int:
        """How many updates nobody has taken."""
        return sum(len(mailbox.updates) for mailbox in self.state.mailboxes.values())

    async def wait_for(self, condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
        """Until ``condition`` holds; it is asked whenever something happened. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                self.state.news.clear()
                await self.state.news.wait()

    def fullest(self, seconds: float = 1.0, *, chat: Person | Chat | None = None, groups: bool | None = None) -> int:
        """The most accepted messages in any ``seconds``: overall, of one chat, only in (or only outside) groups."""
        place = None if chat is None else chat.id
        return fullest(
            (sent.at for sent in self.sent if place in {None, sent.chat_id} and groups in {None, sent.in_group}),
            seconds,
        )


@contextlib.asynccontextmanager
async def running_telegram(
    *,
    bots: int = 1,
    clock: Callable[[], float] = time.monotonic,
    speed: float = 1.0,
    epoch: float | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[TelegramDouble]:
    """The double on a free port of this machine, as long as the block lasts.

    ``clock`` gives rising real seconds, ``epoch`` is the Unix time at the start (that of this machine unless given),
    ``speed`` is how many of the provider's seconds pass in a real one: windows, delays of redelivery, long polls,
    ``retry_after`` and dates are all in the provider's. At the end raises ExceptionGroup with what went wrong in the
    double itself, so that no test takes that for an answer of the provider.
    """
    pace = Pace(clock=clock, speed=speed, epoch=time.time() if epoch is None else epoch, origin=clock())
    state = State(pace=pace, windows=Windows(limits=limits or Limits()))
    for number in range(bots):
        bot = new_bot(number)
        state.bots[bot.token] = bot
        state.mailboxes[bot.id] = Mailbox(next_id=FIRST_UPDATE + number * 1_000_000)
    double, api = TelegramDouble(state), Api(state)
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_route("*", "/bot{token}/{method}", api.answer)
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        open_site(app, host="127.0.0.1", port=0) as url,
    ):
        double.url = url
        couriers = [asyncio.create_task(Courier(state, api, bot, session).run()) for bot in double.bots]
        try:
            yield double
        finally:
            state.faults.released.set()
            for mailbox in state.mailboxes.values():
                mailbox.changed.set()
            for courier in couriers:
                courier.cancel()
            ended = await asyncio.gather(*couriers, return_exceptions=True)
            state.broken += [error for error in ended if isinstance(error, Exception)]
    if state.broken:
        raise ExceptionGroup("the double itself is broken", state.broken)
