"""The catalogue by theme: DANH MỤC, then the titles of a theme."""

from bot.answering import MENU, speech_of, tell
from bot.core.messages import Choice, Reply
from bot.handler import Context, Handler, Outcome
from bot.wording.listing import thousands
from bot.wording.menu import dataset_choices

_PAGE = 8
_THEMES = "themes"


async def handle(ctx: Context) -> Outcome:
    """Show the themes, or the titles of the chosen theme; the argument is ``<page>:<theme>`` or ``themes:<page>``."""
    place, _, rest = (ctx.choice or _THEMES).partition(":")
    if place == _THEMES:
        return await _themes(ctx, _page(rest))
    return await _titles(ctx, rest, _page(place))


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


async def _themes(ctx: Context, page: int) -> Outcome:
    themes = await ctx.reads.themes()
    if not themes:
        return tell(ctx.say("catalogue.empty"))
    shown = themes[page * _PAGE : (page + 1) * _PAGE] or themes[:_PAGE]
    choices = [
        Choice(label=ctx.say("catalogue.theme", theme=theme, count=count), value=f"catalogue:0:{theme}")
        for theme, count in shown
    ]
    if (page + 1) * _PAGE < len(themes):
        choices.append(Choice(label=ctx.say("catalogue.more_themes"), value=f"catalogue:{_THEMES}:{page + 1}"))
    return tell(ctx.say("catalogue.themes"), choices=tuple(choices))


async def _titles(ctx: Context, theme: str, page: int) -> Outcome:
    speech = speech_of(ctx)
    datasets = await ctx.reads.in_theme(theme)
    if not datasets:
        return tell(ctx.say("catalogue.no_theme", invite=speech.invite(speech.say("catalogue.word"))))
    shown = datasets[page * _PAGE : (page + 1) * _PAGE] or datasets[:_PAGE]
    choices = list(dataset_choices(speech, shown))
    if (page + 1) * _PAGE < len(datasets):
        choices.append(Choice(label=ctx.say("catalogue.more_titles"), value=f"catalogue:{page + 1}:{theme}"))
    text = ctx.say("catalogue.titles", theme=theme, count=thousands(len(datasets)))
    return Outcome(replies=(Reply(text=text, choices=tuple(choices)),), state=MENU)


HANDLER = Handler(name="catalogue", handle=handle, commands=("catalogue",))
