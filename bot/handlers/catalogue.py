"""The catalogue by theme: DANH MỤC, then the titles of a theme."""

from bot.answering import MENU, speech_of, tell
from bot.core.messages import Choice, Reply
from bot.handler import Context, Handler, Outcome
from bot.wording.listing import thousands
from bot.wording.menu import dataset_choices

_THEMES, _TITLES = 8, 5
"""Entries of a page: titles are long, and on a phone without buttons each takes a line."""
_TURNS = ("next", "back")


async def handle(ctx: Context) -> Outcome:
    """Show the themes, or the titles of the chosen theme; the argument is ``<way>:<page>:<theme>``, themes without one.

    The way says how a button leads there: ``open``, ``next``, ``back``, or ``back-to`` from somewhere else.
    """
    way, page, theme = (*(ctx.choice or "").split(":", 2), "", "", "")[:3]
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 0
    turns = way in _TURNS
    return await _titles(ctx, theme, number, turns=turns) if theme else await _themes(ctx, number, turns=turns)


async def _themes(ctx: Context, page: int, *, turns: bool) -> Outcome:
    themes = await ctx.reads.themes()
    if not themes:
        return tell(ctx.say("catalogue.empty"))
    page = page if page * _THEMES < len(themes) else 0
    choices = [
        Choice(label=ctx.say("catalogue.theme", theme=theme, count=count), value=f"catalogue:open:0:{theme}")
        for theme, count in themes[page * _THEMES : (page + 1) * _THEMES]
    ]
    choices += _turns(ctx, "", page, more=(page + 1) * _THEMES < len(themes))
    return Outcome(replies=(Reply(text=ctx.say("catalogue.themes"), choices=tuple(choices), turns=turns),))


async def _titles(ctx: Context, theme: str, page: int, *, turns: bool) -> Outcome:
    speech = speech_of(ctx)
    datasets = await ctx.reads.in_theme(theme)
    if not datasets:
        return tell(ctx.say("catalogue.no_theme", invite=speech.invite(speech.say("catalogue.word"))))
    page = page if page * _TITLES < len(datasets) else 0
    shown = datasets[page * _TITLES : (page + 1) * _TITLES]
    choices = [*dataset_choices(speech, shown), *_turns(ctx, theme, page, more=(page + 1) * _TITLES < len(datasets))]
    text = ctx.say("catalogue.titles", theme=theme, count=thousands(len(datasets)))
    data = {"list": f"catalogue:back-to:{page}:{theme}"}
    return Outcome(replies=(Reply(text=text, choices=tuple(choices), turns=turns),), state=MENU, data=data)


def _turns(ctx: Context, theme: str, page: int, *, more: bool) -> list[Choice]:
    """The ways to the next page and back."""
    turns = [Choice(label=ctx.say("catalogue.more"), value=f"catalogue:next:{page + 1}:{theme}")] if more else []
    if page:
        turns.append(Choice(label=ctx.say("answer.previous_page"), value=f"catalogue:back:{page - 1}:{theme}"))
    return turns


HANDLER = Handler(name="catalogue", handle=handle, commands=("catalogue",))
