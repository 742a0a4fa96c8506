"""Which messages of a group a bot in privacy mode gets to see."""

import re

from simulator.telegram.world import Bot, Message

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@([A-Za-z0-9_]+))?(?!\S)")
_SERVICE = frozenset({"new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id"})


def may_see(bot: Bot, message: Message) -> bool:
    """In private, in channels and without privacy mode: everything. Else commands, replies to it, its name."""
    chat = message.chat
    if chat.kind in {"private", "channel"} or not bot.private or _SERVICE.intersection(message.content):
        return True
    answered = message.content.get("reply_to_message")
    if answered and answered.get("from", {}).get("id") == bot.id:
        return True
    if f"@{bot.username}".lower() in re.findall(r"@\w+", message.text.lower()):
        return True
    command = _COMMAND.match(message.text)
    return command is not None and not command[1] and _spoke_last(bot, message)


def _spoke_last(bot: Bot, message: Message) -> bool:
    """Whether no other bot wrote in the chat after ``bot``: a command without a name is for the last one."""
    authors = [shown.bot_id for shown in message.chat.messages.values() if shown.by_bot]
    return not authors or authors[-1] == bot.id
