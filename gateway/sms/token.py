"""The token that a provider wants with every call: got by a call of its own, once for all who wait, kept in memory."""

import asyncio
from datetime import UTC, datetime, timedelta

from gateway.channel import Wire
from gateway.errors import MisconfiguredError, OutcomeUnknownError, ThrottledError, UnreachableError
from gateway.sms.calling import call
from gateway.sms.letter import Letter
from gateway.sms.outcome import WAIT_SECONDS, find_in, wait_of
from gateway.sms.preset import Token

MARGIN = timedelta(seconds=30)
"""A token is not used in its last seconds, or the last fifth of its life where that is shorter."""
_LONGEST_LIFE = 30 * 24 * 3600.0


class Purse:
    """The token of one account."""

    def __init__(self, letter: Letter, token: Token) -> None:
        self.letter, self._place = letter, token
        self._token, self._until = "", datetime.min.replace(tzinfo=UTC)
        self._getting: asyncio.Task[str] | None = None

    async def token(self, wire: Wire, *, refused: str = "") -> str:
        """A token that can be used now, another one than was ``refused``. Raises SendError when none can be had.

        However many ask at once, one call is made. Who is cancelled here leaves it to the others.
        """
        if self._token and self._token != refused and wire.clock() < self._until:
            return self._token
        if self._getting is None:
            self._getting = asyncio.create_task(self._get(wire), name="token")
            self._getting.add_done_callback(self._got)
        return await asyncio.shield(self._getting)

    def _got(self, task: "asyncio.Task[str]") -> None:
        self._getting = None
        if not task.cancelled():
            task.exception()  # whoever waited has it

    async def _get(self, wire: Wire) -> str:
        now = wire.clock()
        self._token = ""
        try:
            answer = await call(wire.session, self.letter.write(lambda _: now))
        except OutcomeUnknownError as error:  # no message has left
            raise UnreachableError("no token could be got: the provider does not answer") from error
        if answer.status == 429:
            after = wait_of(answer.retry_after, now)
            raise ThrottledError(
                "no token could be got: too many calls", after=WAIT_SECONDS if after is None else after
            )
        if answer.status >= 500:
            raise UnreachableError(f"no token could be got ({answer.status})")
        token = find_in(self._place.answer, answer.text, self._place.at)
        if not token or answer.status not in (200, 201):
            raise MisconfiguredError(f"the provider gives no token: are the account's secrets right? ({answer.status})")
        life = _seconds(find_in(self._place.answer, answer.text, self._place.expires)) if self._place.expires else None
        lasts = timedelta(seconds=self._place.lifetime if life is None else life)
        self._token, self._until = token, now + lasts - min(MARGIN, lasts / 5)
        return token


def _seconds(text: str) -> float | None:
    """A length of time as providers write it; None for what is none."""
    try:
        return min(max(float(text), 0.0), _LONGEST_LIFE)
    except ValueError:
        return None
