"""Why a hook is not taken, and why a part was not sent. Each class carries its own policy."""

from datetime import datetime
from enum import StrEnum

from bot.core.errors import TracuuError


class RejectedError(TracuuError):
    """A hook that is not taken; ``status`` is the HTTP answer.

    ``reason`` names it in metrics, one of a few words of the channel; empty = nothing that an operator could mend.
    """

    status = 400
    reason = ""


class BadSignatureError(RejectedError):
    """Not from the provider (or the person) it claims to be from. Nothing is stored."""

    status = 401


class DroppedError(BadSignatureError):
    """The same, where the provider takes a refusal for a broken webhook: nothing is stored, and the answer is 200.

    The message says for an operator what to look at, and never a value.
    """

    status = 200

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class BadPayloadError(RejectedError):
    """Authentic, but not understood. Kept raw in quarantine and answered 200, so that the provider does not loop."""

    status = 200


class SendError(TracuuError):
    """A part was not sent.

    ``retry``: trying again may help. ``our_fault``: an administrator must act. ``code`` names it in metrics.
    """

    retry = False
    our_fault = False
    code = "failed"


class Scope(StrEnum):
    """Whom a provider means that asks us to wait."""

    PERSON = "person"
    ACCOUNT = "account"


class ThrottledError(SendError):
    """The provider asks us to wait ``after`` seconds: with everything, or with this person only.

    A channel says PERSON where its provider says so. Else the whole account is silent: to be too quiet costs seconds,
    and to go on with others may cost the account.
    """

    retry, code = True, "throttled"

    def __init__(self, message: str, *, after: float, scope: Scope = Scope.ACCOUNT) -> None:
        super().__init__(message)
        self.after, self.scope = after, scope


class UnreachableError(SendError):
    """The provider could not be reached or had trouble of its own; the part did not leave."""

    retry, code = True, "unreachable"


class RefusedError(SendError):
    """The provider will never take this part."""

    code = "refused"


class OptedOutError(SendError):
    """The person has blocked us."""

    code = "opted_out"


class ElsewhereError(SendError):
    """This person cannot be reached here, or not now, by no fault of the message: another way may reach them.

    It is tried here ``again`` so many times before that; with ``retry`` also later, where there is no other way.
    """

    code, again = "elsewhere", 0


class DeferredError(SendError):
    """The provider takes this at another time of day: not before ``until``."""

    retry, code = True, "deferred"

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class MisconfiguredError(SendError):
    """Our credentials or settings are wrong; waiting rows are kept until they are right."""

    retry, our_fault, code = True, True, "misconfigured"


class BlockedError(MisconfiguredError):
    """Our own rules, or the proxy, let nothing out: nothing has left, and a person has to act."""

    code = "blocked"


class OutcomeUnknownError(SendError):
    """The request left and no answer came: it may have been sent."""

    code = "unknown"
