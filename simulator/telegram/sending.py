"""The methods with which a bot shows something."""

from simulator.telegram.answers import ApiError
from simulator.telegram.call import Call
from simulator.telegram.keyboard import read_markup
from simulator.telegram.markup import Formatted, parse
from simulator.telegram.photo import find_picture, read_picture
from simulator.telegram.state import Action, State
from simulator.telegram.world import Bot, Chat, Json, Message

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
        *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    }
)


def send_message(state: State, bot: Bot, call: Call) -> Json:
    """``sendMessage``."""
    content = _text(state, call).fields("text", "entities") | _under(call)
    return _show(state, bot, call, content)


def send_photo(state: State, bot: Bot, call: Call) -> Json:
    """``sendPhoto``."""
    photo = read_picture(state, call).as_json()
    return _show(state, bot, call, {"photo": [photo], **_caption(state, call), **_under(call)})


def send_chat_action(state: State, bot: Bot, call: Call) -> bool:
    """``sendChatAction``: no message, counted in no window."""
    action = call.text("action").lower()
    if action not in ACTIONS:
        raise ApiError(400, "wrong parameter action in request", rule="T53")
    chat = open_chat(bot, call)
    state.windows.check_quiet(bot, chat, now=state.pace.now())
    state.actions.append(Action(chat_id=chat.id, action=action, at=state.pace.now()))
    state.news.set()
    return True


def edit_message_text(state: State, bot: Bot, call: Call) -> Json:
    """``editMessageText``."""
    formatted = _text(state, call)
    message = _own_message(bot, call, "edit")
    if "text" not in message.content:
        raise ApiError(400, "there is no text in the message to edit", rule="T52")
    return _edit(state, bot, call, message, formatted.fields("text", "entities") | _under(call))


def edit_message_caption(state: State, bot: Bot, call: Call) -> Json:
    """``editMessageCaption``."""
    words = _caption(state, call)
    message = _own_message(bot, call, "edit")
    if "photo" not in message.content:
        raise ApiError(400, "there is no caption in the message to edit", rule="T52")
    return _edit(state, bot, call, message, {"photo": message.content["photo"], **words, **_under(call)})


def edit_message_media(state: State, bot: Bot, call: Call) -> Json:
    """``editMessageMedia``, for photos."""
    media = call.parsed("media", "input media", rule="T54")
    if not isinstance(media, dict) or media.get("type") != "photo":
        raise ApiError(400, "can't parse InputMedia: media not found", rule="T54")
    photo = find_picture(state, call, str(media.get("media", "")), "media").as_json()
    told = Call(method=call.method, values={**media, "chat_id": call.text("chat_id")})
    content = {"photo": [photo], **_caption(state, told), **_under(call)}
    return _edit(state, bot, call, _own_message(bot, call, "edit"), content)


def edit_message_reply_markup(state: State, bot: Bot, call: Call) -> Json:
    """``editMessageReplyMarkup``; without markup the buttons go."""
    under = _under(call)
    message = _own_message(bot, call, "edit")
    kept = {name: value for name, value in message.content.items() if name != "reply_markup"}
    return _edit(state, bot, call, message, kept | under)


def delete_message(_state: State, bot: Bot, call: Call) -> bool:
    """``deleteMessage``."""
    _own_message(bot, call, "delete").deleted = True
    return True


def open_chat(bot: Bot, call: Call) -> Chat:
    """The chat of ``call``, when ``bot`` may write there. Raises ApiError when it does not exist or is closed."""
    if not call.text("chat_id"):
        raise ApiError(400, "chat_id is empty", rule="T40")
    chat = bot.chats.get(call.integer("chat_id"))
    if chat is None:
        raise ApiError(400, "chat not found", rule="T40")
    if chat.moved_to:
        moved = {"migrate_to_chat_id": chat.moved_to}
        foreseeable = _already_told(bot, chat)
        raise ApiError(
            400,
            "group chat was upgraded to a supergroup chat",
            rule="T56",
            foreseeable=foreseeable,
            parameters=moved,
        )
    if bot.id in chat.closed:
        raise ApiError(403, chat.closed[bot.id], rule="T55", foreseeable=_already_told(bot, chat))
    return chat


def _already_told(bot: Bot, chat: Chat) -> bool:
    """Whether ``bot`` has met this refusal before; from now on it has."""
    told = bot.id in chat.told
    chat.told.add(bot.id)
    return told


def _formatted(state: State, call: Call, name: str) -> Formatted:
    given = call.parsed("caption_entities" if name == "caption" else "entities", "entities", rule="T43")
    formatted = parse(call.text(name), call.text("parse_mode"))
    if given and not formatted.entities:
        formatted = Formatted(text=formatted.text, entities=tuple(given))
    if formatted.loose:
        detail = f"not escaped: {' '.join(sorted(set(formatted.loose)))}"
        state.note("T48", detail, method=call.method, chat_id=call.integer("chat_id"))
    return formatted


def _text(state: State, call: Call) -> Formatted:
    formatted = _formatted(state, call, "text")
    if not formatted.text:
        raise ApiError(400, "message text is empty", rule="T41")
    if len(formatted.text) > LONGEST_TEXT:
        raise ApiError(400, "message is too long", rule="T41")
    return formatted


def _caption(state: State, call: Call) -> Json:
    formatted = _formatted(state, call, "caption")
    if len(formatted.text) > LONGEST_CAPTION:
        raise ApiError(400, "message caption is too long", rule="T44")
    return formatted.fields("caption", "caption_entities") if formatted.text else {}


def _under(call: Call) -> Json:
    markup = read_markup(call)
    return {"reply_markup": markup} if markup else {}


def _reply(chat: Chat, call: Call) -> Json:
    """The message that is answered, as a field; none when there is none and the bot does not insist."""
    parameters = call.parsed("reply_parameters", "reply parameters", rule="T49") or {}
    if not isinstance(parameters, dict):
        raise ApiError(400, "object expected as reply parameters", rule="T49")
    number = int(parameters.get("message_id") or call.integer("reply_to_message_id"))
    if not number:
        return {}
    answered = chat.messages.get(number)
    if answered is not None and not answered.deleted:
        return {"reply_to_message": {k: v for k, v in answered.as_json().items() if k != "reply_to_message"}}
    if parameters.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply"):
        return {}
    raise ApiError(400, "message to be replied not found", rule="T49")


def _show(state: State, bot: Bot, call: Call, content: Json) -> Json:
    chat = open_chat(bot, call)
    content = _reply(chat, call) | content
    now = state.pace.now()
    state.windows.admit(bot, chat, now=now, edit=False)
    author = None if chat.kind == "channel" else bot.as_json()
    message = chat.add(author, state.pace.unix(), content, bot_id=bot.id)
    state.windows.count(bot, chat, now=now, edit=False, method=call.method, message_id=message.id)
    state.written += 1
    state.news.set()
    return message.as_json()


def _own_message(bot: Bot, call: Call, what: str) -> Message:
    chat = open_chat(bot, call)
    message = chat.messages.get(call.integer("message_id"))
    if message is None or message.deleted:
        raise ApiError(400, f"message to {what} not found", rule="T51")
    if message.bot_id != bot.id and not (what == "delete" and message.chat.kind == "private"):
        raise ApiError(400, f"message can't be {what}{'d' if what.endswith('e') else 'ed'}", rule="T51")
    return message


def _edit(state: State, bot: Bot, call: Call, message: Message, content: Json) -> Json:
    kept = {name: message.content[name] for name in ("reply_to_message",) if name in message.content}
    if message.content == kept | content:
        reason = (
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
        raise ApiError(400, reason, rule="T50")
    now = state.pace.now()
    state.windows.admit(bot, message.chat, now=now, edit=True)
    message.content = kept | content
    message.edited = state.pace.unix()
    state.windows.count(bot, message.chat, now=now, edit=True, method=call.method, message_id=message.id)
    state.news.set()
    return message.as_json()
