"""Following datasets: who follows what since when, and what there is to tell of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.changes import Change, ChangeKind

TOPIC = "theo-doi"
"""The topic of the consent that is given by following."""
MOST = 20
"""Datasets that one person may follow: as many as one message can name, and a list of them can be read in."""
_TOLD_FIELDS = ("title", "publisher")


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A dataset that somebody follows.

    ``publication`` is the last one that the person knows of, ``hidden`` whether they were told that it is not offered.
    """

    code: str
    title: str
    since: datetime
    publication: int = 0
    hidden: bool = False


class News(StrEnum):
    """What is told of a dataset, in plain words, the most important first."""

    GONE = "gone"  # the portal publishes it no longer; the following ends
    HIDDEN = "hidden"  # it was taken down here
    SHOWN = "shown"  # it is offered again
    SCHEMA = "schema"
    CONTENT = "content"
    TITLE = "title"
    PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of what is told: ``news`` of the dataset ``code``."""

    code: str
    title: str
    news: News


def news_of(follow: Follow, changes: Sequence[Change], *, in_force: bool, hidden: bool) -> Told | None:
    """What is to be told of a followed dataset after its ``changes``, oldest first; None when that is nothing.

    What is so now counts, not what happened in between: a dataset that went and came back has new figures at most.
    Other metadata than title and publisher are told nobody: who follows wants figures, and agencies touch them often.
    """
    title = changes[-1].title if changes else follow.title
    if hidden:
        # its changes are as little shown as itself; the title is the one that the person knows
        return None if follow.hidden else Told(code=follow.code, title=follow.title, news=News.HIDDEN)
    if not in_force:
        return Told(code=follow.code, title=title, news=News.GONE)
    if follow.hidden:
        return Told(code=follow.code, title=title, news=News.SHOWN)
    kinds = {change.kind for change in changes}
    fields = {name for change in changes for name in _fields(change.detail)}
    found = (
        (News.SCHEMA, ChangeKind.SCHEMA in kinds),
        (News.CONTENT, not kinds.isdisjoint((ChangeKind.CONTENT, ChangeKind.ADDED))),
        *((News(name), name in fields) for name in _TOLD_FIELDS),
    )
    news = next((one for one, holds in found if holds), None)
    return None if news is None else Told(code=follow.code, title=title, news=news)


def _fields(detail: Mapping[str, object]) -> Sequence[str]:
    """The names of the metadata that changed."""
    names = detail.get("fields", ())
    return [str(name) for name in names] if isinstance(names, list | tuple) else []
