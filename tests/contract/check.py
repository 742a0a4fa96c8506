"""What a check of a channel is: a sentence, the cases that it has there – or why it can have none – and how to try them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.contract.casefile import Kind, Lack, Sample
from tests.contract.harness import Stand, Subject


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """There is nothing to try, and why."""

    reason: str


Found = Sequence[Any] | NotApplicable
Find = Callable[[Subject], Found]
Run = Callable[[Stand, Sequence[Any]], Awaitable[None]]

NO_HOOK = NotApplicable("people cannot write here: nothing is posted to this channel")
NO_DOUBLE = NotApplicable("nobody is called: parts wait in our own store until they are fetched")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One row of the matrix."""

    name: str
    find: Find
    run: Run

    async def carry_out(self, stand: Stand) -> int | NotApplicable:
        """Try every case on ``stand``: how many there were. A channel without one, and without a reason, fails."""
        found = self.find(stand.subject)
        if isinstance(found, NotApplicable):
            return found
        assert found, f"{self.name}: cases/{stand.channel.name}.toml has no case, and [lacks] does not say why"
        await self.run(stand, found)
        return len(found)


CHECKS: dict[str, Check] = {}


def check(find: Find) -> Callable[[Run], Run]:
    """Have a function run for every channel in which ``find`` finds cases."""

    def keep(function: Run) -> Run:
        name = function.__name__.replace("_", " ")
        CHECKS[name] = Check(name=name, find=find, run=function)
        return function

    return keep


def once(_subject: Subject) -> Found:
    """One case, for every channel."""
    return ("",)


def hooked(find: Find = once) -> Find:
    """What ``find`` finds, where people can write."""
    return lambda subject: find(subject) if subject.channel.paths else NO_HOOK


def called(find: Find = once) -> Find:
    """What ``find`` finds, where a provider is called. A channel that calls one and has no double is not excused."""

    def look(subject: Subject) -> Found:
        if subject.cases.double is not None:
            return find(subject)
        return () if subject.channel.peers(subject.account) else NO_DOUBLE

    return look


def unless_lacking(lack: Lack, cases: Callable[[Subject], Sequence[Any]]) -> Find:
    """The ``cases``; none where the channel says why it is without – and then it may not have any."""

    def look(subject: Subject) -> Found:
        found, reason = cases(subject), subject.cases.lacks.get(lack)
        assert not (found and reason), f"[lacks] {lack} is said of {subject.channel.name}, which has a case of it"
        return found if reason is None else NotApplicable(reason)

    return look


def shown(kind: Kind) -> Find:
    """The samples that show ``kind``."""

    def samples(subject: Subject) -> Sequence[Sample]:
        return [sample for sample in subject.cases.samples if sample.kind == kind]

    return hooked(unless_lacking(kind, samples))
