"""A reply becomes the parts that a channel can show: buttons where it has them, the same digits where it has not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from yarl import URL

from bot.core.delivery import Lane
from bot.core.messages import Choice, Reply
from bot.core.paging import Fits, paginate, within_length, within_segments
from bot.core.templates import FormError
from bot.core.text import count_units, unaccent
from bot.wording.speech import Speech, clip
from gateway.channel import Capabilities, Encoding, Part

_LABELS = (200, 100, 80, 60, 50, 44, 38, 33, 28, 24, 20, 16, 12)
"""Lengths to which the labels of digits are cut, one after another, until the message holds them."""

_LEGIBLE = _LABELS.index(24) + 1
"""How many of these still tell one dataset from another."""

_ONLY = 60
_PAIR = 2
_KEPT = 2
"""Words that stay of the common beginning of labels."""


def render(
    reply: Reply,
    capabilities: Capabilities,
    speech: Speech,
    *,
    accents: bool = False,
    lane: Lane = Lane.ANSWER,
    origin: str = "",
) -> tuple[Part, ...]:
    """The parts of ``reply``, each within ``capabilities``; at most ``capabilities.pages`` of them.

    The first takes the place of the message that is replaced; the last has all that is not text.

    What does not fit is cut at a word and marked. Where choices are digits, all of them stay, with shorter labels if
    need be. ``accents`` keeps diacritics on channels that are paid by the part, unless that would cut anything. Nobody
    is invited to answer on an account that is one-way. Raises FormError for a form that does not fit its template.
    """
    if capabilities.worded:
        return (_in_a_template(reply, speech, accents=accents, lane=lane, origin=origin),)
    brief = capabilities.brief
    body = reply.brief if brief and reply.brief is not None else reply.text
    if not brief and not capabilities.buttons:
        body = "\n".join([body, *_in_words(reply, body, capabilities, speech)])
    tails = [""] if capabilities.buttons or speech.account.one_way else _digits(reply.choices, speech)
    if brief and not (accents and _is_whole(body, tails, capabilities)):
        body, tails = unaccent(body), [unaccent(tail) for tail in tails]
    texts = _pages(body, tails, capabilities)
    last = Part(
        text=texts[-1],
        choices=reply.choices,
        link=reply.link if capabilities.buttons else None,
        link_label=_label_of(reply.link, speech) if capabilities.buttons and reply.link else "",
        image=reply.image if capabilities.images else None,
        actions=reply.actions if capabilities.buttons else (),
        form=reply.form,
        lane=lane,
        language=speech.language,
        origin=origin,
    )
    parts = (*(Part(text=text, lane=lane, language=speech.language, origin=origin) for text in texts[:-1]), last)
    return parts if reply.replaces is None else (replace(parts[0], replaces=reply.replaces), *parts[1:])


def _in_a_template(reply: Reply, speech: Speech, *, accents: bool, lane: Lane, origin: str) -> Part:
    """The words that are registered for the form of ``reply``; its own where it has none, for the channel to refuse."""
    form = reply.form
    if form is None:
        text = reply.text if reply.brief is None else reply.brief
    else:
        template = speech.content.templates.get(form.name)
        if template is None:
            raise FormError(f"there is no template {form.name}")
        text = template.word_sms(dict(form.values))
    text = text if accents else unaccent(text)
    return Part(text=text, form=form, lane=lane, language=speech.language, origin=origin)


def _in_words(reply: Reply, body: str, capabilities: Capabilities, speech: Speech) -> Iterator[str]:
    """What would be a button of its own: where the link leads, and what to send for a picture where those are shown."""
    if reply.link and reply.link not in body:
        yield reply.link
    if capabilities.images and not speech.account.one_way:
        for action in reply.actions:
            yield speech.say("render.only", label=action.label, invite=speech.invite(action.label.upper()))


def _label_of(link: str, speech: Speech) -> str:
    try:
        host = URL(link).host
    except ValueError:
        return ""
    return speech.say("render.source", host=host) if host else ""


def _is_whole(body: str, tails: list[str], capabilities: Capabilities) -> bool:
    """Whether everything fits as it is, with labels that can still be told apart."""
    fits = within_segments(capabilities.limit * capabilities.pages)
    return any(fits(_stacked(body, tail)) for tail in tails[:_LEGIBLE])


def _digits(choices: tuple[Choice, ...], speech: Speech) -> list[str]:
    """The choices as numbered lines with the invitation to choose: the same list with ever shorter labels.

    A single choice needs no number of its own: the line says what to send for it.
    """
    if not choices:
        return [""]
    first = speech.invite("1")
    if len(choices) == 1:
        return [speech.say("render.only", label=clip(choices[0].label, _ONLY), invite=first)]
    invitation = _invitation(len(choices), first, speech)
    tails = []
    for length in _LABELS:
        labels = shorten([choice.label for choice in choices], length)
        lines = [f"{number} {label}" for number, label in enumerate(labels, 1)]
        tails.append("\n".join([*lines, invitation]))
    return tails


def _invitation(count: int, first: str, speech: Speech) -> str:
    """How to choose one of ``count``; ``first`` is how to send "1"."""
    if speech.account.keyword:
        return speech.say("render.choose", invite=first)
    return speech.say("render.choose_two") if count == _PAIR else speech.say("render.choose_number", count=count)


def shorten(labels: Sequence[str], limit: int) -> list[str]:
    """``labels`` cut to ``limit`` characters; those that would then be equal lose their common beginning."""
    cut = [clip(label, limit) for label in labels]
    groups: dict[str, list[int]] = {}
    for number, label in enumerate(cut):
        groups.setdefault(label, []).append(number)
    for numbers in groups.values():
        if len({labels[number] for number in numbers}) > 1:
            words = [labels[number].split() for number in numbers]
            same = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False)))
            for number, parts in zip(numbers, words, strict=True):
                cut[number] = clip(" ".join((*parts[:_KEPT], "…", *parts[max(same, _KEPT) :])), limit)
    return cut


def _pages(body: str, tails: list[str], capabilities: Capabilities) -> tuple[str, ...]:
    """``body`` with the fullest of ``tails`` that fits behind it."""
    if capabilities.encoding is Encoding.SMS:
        # one message of several parts: the handset joins them
        return (_join(body, tails, within_segments(capabilities.limit * capabilities.pages), mark="..."),)
    measure = count_units if capabilities.encoding is Encoding.UTF16 else len
    fits = within_length(capabilities.limit, measure=measure)
    pages = paginate(f"{body}\n{tails[0]}", fits)
    if len(pages) <= capabilities.pages:
        return pages or (body,)
    kept = paginate(body, fits)[: capabilities.pages - 1]
    rest = "\n".join(paginate(body, fits)[capabilities.pages - 1 :])
    return (*kept, _join(rest, tails, fits, mark="…"))


def _join(body: str, tails: list[str], fits: Fits, *, mark: str) -> str:
    """``body`` and one of ``tails`` in one part; ``body`` is cut when not even the shortest tail leaves room for it."""
    for tail in tails:
        if fits(_stacked(body, tail)):
            return _stacked(body, tail)
    for tail in tails:
        if fits(_stacked(mark, tail)):
            return _stacked(_cut(body, tail, fits, mark), tail)
    return _cut(f"{body}\n{tails[-1]}", "", fits, mark)


def _cut(body: str, tail: str, fits: Fits, mark: str) -> str:
    """As much of ``body`` as leaves room for ``mark`` and ``tail``, ended by ``mark``."""

    def fits_marked(text: str) -> bool:
        return fits(_stacked(text + mark, tail))

    return (paginate(body, fits_marked)[0] if fits_marked(body[:1]) else "") + mark


def _stacked(body: str, tail: str) -> str:
    return f"{body}\n{tail}" if tail else body
