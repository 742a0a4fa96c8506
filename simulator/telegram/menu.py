"""The list of commands that a bot shows to people."""

import re
from typing import Any

from simulator.telegram.answers import ApiError
from simulator.telegram.call import Call
from simulator.telegram.state import State
from simulator.telegram.world import Bot, Json

MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 256
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")


def set_my_commands(_state: State, bot: Bot, call: Call) -> bool:
    """``setMyCommands``; scopes and languages are not told apart."""
    commands = call.parsed("commands", "list of bot commands", rule="T59")
    if not isinstance(commands, list):
        raise ApiError(400, "expected an Array of BotCommand", rule="T59")
    if len(commands) > MOST_COMMANDS:
        raise ApiError(400, "BOT_COMMANDS_TOO_MUCH", rule="T59")
    bot.commands = [_checked(command) for command in commands]
    return True


def get_my_commands(_state: State, bot: Bot, _call: Call) -> list[Json]:
    """``getMyCommands``."""
    return bot.commands


def delete_my_commands(_state: State, bot: Bot, _call: Call) -> bool:
    """``deleteMyCommands``."""
    bot.commands = []
    return True


def _checked(command: Any) -> Json:
    if not isinstance(command, dict) or not _COMMAND.fullmatch(str(command.get("command", ""))):
        raise ApiError(400, "BOT_COMMAND_INVALID", rule="T59")
    if not 1 <= len(str(command.get("description", ""))) <= LONGEST_DESCRIPTION:
        raise ApiError(400, "BOT_COMMAND_DESCRIPTION_INVALID", rule="T59")
    return {"command": command["command"].removeprefix("/"), "description": command["description"]}
