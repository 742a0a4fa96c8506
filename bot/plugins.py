"""Find the plug-ins of a folder: every module of a package that exposes one agreed name."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

from bot.core.errors import TracuuError

T = TypeVar("T")


def find_plugins(package: ModuleType, attribute: str, kind: type[T]) -> tuple[T, ...]:
    """The ``attribute`` of every module in ``package``, sorted by module name.

    Importing a plug-in must have no effect. Raises TracuuError when a module does not expose ``attribute`` of type
    ``kind`` – a plug-in folder holds only plug-ins.
    """
    found: list[T] = []
    for module in sorted(pkgutil.iter_modules(package.__path__, f"{package.__name__}."), key=lambda m: m.name):
        plugin = getattr(importlib.import_module(module.name), attribute, None)
        if not isinstance(plugin, kind):
            raise TracuuError(f"{module.name} holds no {attribute} of type {kind.__name__}")
        found.append(plugin)
    return tuple(found)
