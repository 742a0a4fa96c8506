"""What is said about following: what was agreed to, what is followed, and what has changed."""

from collections.abc import Iterable, Sequence
from itertools import product

from bot.core.catalogue import Dataset
from bot.core.follow import News, Told
from bot.core.messages import Choice, Reply
from bot.wording.brief import fullest
from bot.wording.source import say_date
from bot.wording.speech import Speech, clip, opening

ENTRIES = 5
"""Datasets that one message names; of the others it says how many they are."""
_TITLE, _BRIEF_TITLE = 200, 60
_ENTRY_TITLE = 90
_SHORTER = (40, 24, 12)
_ROOM, _INVITATION = 27, 33
"""What the line of an entry takes with a title that can still be told from another, and the invitation to choose."""


def word_begun(speech: Speech, dataset: Dataset) -> Reply:
    """What the person has agreed to: what is told, how often, how to stop."""
    invite = speech.invite(speech.say("follow.word_stop"))
    title, short = clip(dataset.title, _TITLE), clip(dataset.title, _BRIEF_TITLE)
    return Reply(
        text=speech.say("follow.begun", title=title, invite=invite),
        brief=speech.say("follow.brief_begun", title=short, invite=invite),
    )


def word_entry(speech: Speech, title: str, dataset: Dataset | None) -> str:
    """A followed dataset in a list, with the date of its data."""
    day = dataset.data_date if dataset else None
    name = clip(dataset.title if dataset else title, _ENTRY_TITLE)
    return f"{name} ({speech.say('source.date', date=say_date(day))})" if day else name


def word_ended(speech: Speech, title: str, *, left: int) -> Reply:
    """That a dataset is followed no longer, and how many still are."""
    texts = []
    for length in (_TITLE, _BRIEF_TITLE):
        if left:
            texts.append(speech.say("follow.ended", title=clip(title, length), count=left))
        else:
            texts.append(speech.say("follow.ended_last", title=clip(title, length)))
    return Reply(text=texts[0], brief=texts[1])


def word_told(speech: Speech, told: Sequence[Told]) -> Reply:
    """The one message of a day: a line for each dataset, the first ones an entry each that opens it.

    What cannot be opened any more is no entry but a line of the text. On a one-way account nobody is invited.
    """
    shown = told[:ENTRIES]
    entries = [] if speech.account.one_way else [one for one in shown if one.news not in (News.GONE, News.HIDDEN)]
    lines, more = [one for one in shown if one not in entries], len(told) - len(shown)
    last = "" if speech.account.one_way else speech.invite(speech.say("follow.word_stop"))
    stop = last and speech.say("follow.told_stop", invite=last)

    def worded(said: Iterable[str], *, listed: bool) -> str:
        others = _others(speech, more, listed=listed) if more > 0 else ""
        return "\n".join(filter(None, (speech.say("follow.told"), *said, others, stop)))

    shorter = (
        worded(cut(speech, lines, length), listed=listed)
        for cut, length, listed in product((_each, _grouped), _SHORTER, (True, False))
    )
    choices = tuple(Choice(label=_line(speech, one, _ENTRY_TITLE), value=f"dataset:{one.code}") for one in entries)
    return Reply(
        text=worded(_each(speech, lines, _ENTRY_TITLE), listed=True),
        brief=fullest(
            [worded(_each(speech, lines, _BRIEF_TITLE), listed=True)],
            last_resorts=shorter,
            room=len(entries) * _ROOM + _INVITATION if entries else 0,
        ),
        choices=choices,
    )


def _each(speech: Speech, told: Sequence[Told], length: int) -> list[str]:
    return [_line(speech, one, length) for one in told]


def _grouped(speech: Speech, told: Sequence[Told], length: int) -> list[str]:
    """A line for each kind of news: its first dataset, and how many others there are."""
    lines = []
    for news in dict.fromkeys(one.news for one in told):
        same = [one for one in told if one.news is news]
        others = f" {_others(speech, len(same) - 1, listed=False)}" if len(same) > 1 else ""
        lines.append(f"{_line(speech, same[0], length)}{others and '.'}{others}")
    return lines


def _line(speech: Speech, told: Told, length: int) -> str:
    return opening(speech.say("follow.told_entry", news=_news(speech, told.news), title=clip(told.title, length)))


def _others(speech: Speech, count: int, *, listed: bool) -> str:
    if speech.account.one_way or not listed:
        return speech.say("follow.told_more", count=count)
    return speech.say("follow.told_more_list", count=count, invite=speech.invite(speech.say("follow.word_list")))


def _news(speech: Speech, news: News) -> str:
    match news:
        case News.CONTENT:
            said = speech.say("follow.news_content")
        case News.SCHEMA:
            said = speech.say("follow.news_schema")
        case News.TITLE:
            said = speech.say("follow.news_title")
        case News.PUBLISHER:
            said = speech.say("follow.news_publisher")
        case News.GONE:
            said = speech.say("follow.news_gone")
        case News.HIDDEN:
            said = speech.say("follow.news_hidden")
        case News.SHOWN:
            said = speech.say("follow.news_shown")
    return said
