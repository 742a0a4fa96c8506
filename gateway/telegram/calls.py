"""Send one part of an answer: a message, a changed message, or a picture with the words under it."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import timedelta

import structlog
import telegram
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError, TelegramError

from bot.core.errors import StoreUnavailableError
from bot.core.messages import Address, Picture
from bot.store import long_choices, uploads
from gateway.channel import Part, Wire
from gateway.drawer import DrawingError
from gateway.errors import OutcomeUnknownError, RefusedError, UnreachableError
from gateway.telegram.account import NAME, TelegramAccount
from gateway.telegram.flood import whom
from gateway.telegram.markup import CAPTION, Button, arrange, fits_caption, long_values, write_text
from gateway.telegram.meaning import NOT_MODIFIED, is_closed, judge
from gateway.telegram.request import Request

KEEP_UPLOADS = timedelta(days=90)
"""Telegram keeps what was uploaded for as long as we know; what nobody asked for in this time is uploaded anew."""
PICTURE_SECONDS = 6.0
"""How long an answer waits for its picture to be drawn: its words say it all."""

_NOTICE_SECONDS = 2.0  # a courtesy: nobody waits long for it
_NO_PREVIEW = telegram.LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """What one part is sent with. ``bot`` holds no connection and no state: it is made for this part."""

    bot: telegram.Bot
    request: Request
    account: TelegramAccount
    wire: Wire
    keyboard: telegram.InlineKeyboardMarkup | None


async def send_part(part: Part, to: Address, account: TelegramAccount, wire: Wire) -> str:
    """Send ``part`` and return the id of the message. Raises SendError.

    A group that has become a supergroup gets it there, though it has to be bound anew in the settings.
    """
    try:
        chat = int(to.user)
    except ValueError:
        raise RefusedError("this is no chat of Telegram's") from None
    way = _open(account, wire, await _keyboard(part, to, wire))
    try:
        try:
            return await _deliver(way, part, chat)
        except ChatMigrated as moved:
            log.warning("telegram.group_has_another_id", account=account.account)
            return await _deliver(way, part, moved.new_chat_id)
    except TelegramError as error:
        raise judge(  # the text of theirs may repeat the message
            error,
            way.request.status,
            whom=lambda seconds: whom(wire.session, account.account, chat, seconds=seconds, now=wire.clock()),
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError):
        # python-telegram-bot reads the answer with all that must be in it
        raise OutcomeUnknownError("an answer that Telegram does not give") from None


def _open(account: TelegramAccount, wire: Wire, keyboard: telegram.InlineKeyboardMarkup | None) -> _Way:
    request = Request(wire.session)
    base = account.api_base.rstrip("/")
    bot = telegram.Bot(
        account.token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=request,
        get_updates_request=request,
    )
    return _Way(bot=bot, request=request, account=account, wire=wire, keyboard=keyboard)


async def _keyboard(part: Part, to: Address, wire: Wire) -> telegram.InlineKeyboardMarkup | None:
    try:
        person = wire.store.vault.person(to)
        short = await long_choices.shorten(wire.store, person, long_values(part), now=wire.clock())
    except StoreUnavailableError as error:
        raise UnreachableError("what the buttons mean cannot be kept now") from error
    rows = arrange(part, short)
    return telegram.InlineKeyboardMarkup([[_button(one) for one in row] for row in rows]) if rows else None


def _button(button: Button) -> telegram.InlineKeyboardButton:
    return telegram.InlineKeyboardButton(button.label, callback_data=button.data, url=button.url)


async def _deliver(way: _Way, part: Part, chat: int) -> str:
    if part.replaces and await _change(way, part, chat, part.replaces):
        return part.replaces
    if part.image and fits_caption(part):
        shown = await _show(way, part, chat, part.image)
        if shown is not None:
            return str(shown.message_id)
    # a text that is too long to stand under a picture goes without: it says it all, and a second message might be all
    # that arrives, or arrive twice
    message = await way.bot.send_message(
        chat,
        write_text(part),
        parse_mode=ParseMode.HTML,
        link_preview_options=_NO_PREVIEW,
        reply_markup=way.keyboard,
    )
    return str(message.message_id)


async def _change(way: _Way, part: Part, chat: int, message: str) -> bool:
    """Put ``part`` in the place of ``message``; whether it stands there now.

    Not when that is gone, too old, a picture, or not ours: the page is then a message of its own.
    """
    try:
        await way.bot.edit_message_text(
            write_text(part),
            chat_id=chat,
            message_id=int(message),
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=way.keyboard,
        )
    except BadRequest as error:
        return NOT_MODIFIED in error.message.lower()
    except ValueError:
        return False
    return True


async def _show(way: _Way, part: Part, chat: int, picture: Picture) -> telegram.Message | None:
    """The picture with the words under it, as a message; None when it cannot be had or Telegram does not take it."""
    known = await _known(way, picture)
    if known is not None:
        shown = await _send_photo(way, part, chat, known)
        if shown is not None:
            return shown
    png = await _draw(way.wire, picture)
    if png is None:
        return None
    with contextlib.suppress(NetworkError):  # nothing of the message has left
        await way.bot.send_chat_action(chat, ChatAction.UPLOAD_PHOTO, read_timeout=_NOTICE_SECONDS)
    shown = await _send_photo(way, part, chat, telegram.InputFile(png, filename="chart.png"))
    if shown is not None and shown.photo:
        await _remember(way, picture, shown.photo[-1].file_id)
    return shown


async def _send_photo(way: _Way, part: Part, chat: int, photo: str | telegram.InputFile) -> telegram.Message | None:
    """The message; None when it is the picture that Telegram refuses."""
    try:
        return await way.bot.send_photo(
            chat, photo, caption=write_text(part, CAPTION), parse_mode=ParseMode.HTML, reply_markup=way.keyboard
        )
    except BadRequest as error:
        if is_closed(error):
            raise
        return None


async def _draw(wire: Wire, picture: Picture) -> bytes | None:
    try:
        async with asyncio.timeout(PICTURE_SECONDS):
            return await wire.picture(picture.reference)
    except (DrawingError, StoreUnavailableError, TimeoutError):
        return None


async def _known(way: _Way, picture: Picture) -> str | None:
    try:
        return await uploads.find(way.wire.store, NAME, way.account.account, picture.reference, way.wire.clock())
    except StoreUnavailableError:
        return None


async def _remember(way: _Way, picture: Picture, file_id: str) -> None:
    """For the next person. The message has left, so nothing may go wrong here."""
    until = way.wire.clock() + KEEP_UPLOADS
    with contextlib.suppress(StoreUnavailableError):
        await uploads.keep(
            way.wire.store, NAME, way.account.account, picture.reference, provider_id=file_id, until=until
        )
