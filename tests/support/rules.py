"""The house rules that a syntax tree can show. Each yields one line per breach."""

import ast
import re
import sys
from collections.abc import Iterator

from tests.support.source import Source

LONGEST_FILE = 300
_SQL = {"sqlalchemy", "sqlite3", "aiosqlite", "asyncpg"}
_CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "os.urandom",
    "time.localtime",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.time",
    "time.time_ns",
}
_CHANCE = ("random.", "secrets.", "uuid.", "numpy.random.")
_VAGUE_FILE = re.compile(r"(?:^|_)(?:utils?|helpers?|common|misc)$|._(?:manager|service)$")
_VAGUE_CLASS = re.compile(r"(?:Helpers?|Utils?|Common|Misc)$|.(?:Manager|Service)$")
_SENTENCE = 3  # words behind test_
_CORE_SHAPE = {"frozen", "slots", "kw_only"}

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def too_long(source: Source) -> Iterator[str]:
    """A file that can no longer be read in one go."""
    length = source.text.count("\n")
    if length > LONGEST_FILE:
        yield f"{length} lines"


def foreign_imports(source: Source) -> Iterator[str]:
    """Anything imported that is neither Python's own nor the core's."""
    for module in source.imported_modules():
        if module.partition(".")[0] not in sys.stdlib_module_names and not f"{module}.".startswith("bot.core."):
            yield f"imports {module}"


def sql_imports(source: Source) -> Iterator[str]:
    """A database library."""
    yield from (f"imports {module}" for module in source.imported_modules() if module.partition(".")[0] in _SQL)


def clock_uses(source: Source) -> Iterator[str]:
    """The time of day, or chance, taken from the machine instead of an argument."""
    for line, name in source.references():
        if name in _CLOCKS or name.startswith(_CHANCE):
            yield f"line {line}: {name}"


def vague_names(source: Source) -> Iterator[str]:
    """A module or class whose name says nothing about what it is."""
    stem = source.path.rpartition("/")[2].removesuffix(".py").removeprefix("test_")
    if _VAGUE_FILE.search(stem):
        yield f"module {stem}"
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and _VAGUE_CLASS.search(node.name):
            yield f"class {node.name}"


def prints(source: Source) -> Iterator[str]:
    """Words to standard output, past the log and the command line's own writer."""
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"line {node.lineno}"


def missing_docstrings(source: Source) -> Iterator[str]:
    """A public module, class, function or method that promises nothing.

    A method keeps its base's promise: one of a class with bases, or one that a protocol of the same file declares.
    """
    if not ast.get_docstring(source.tree):
        yield "the module"
    promised = set(_protocol_methods(source))
    for node, owner in _public_definitions(source.tree.body, None):
        inherits = owner is not None and (bool(owner.bases) or node.name in promised)
        if not inherits and not ast.get_docstring(node):
            yield f"line {node.lineno}: {node.name}"


def _protocol_methods(source: Source) -> Iterator[str]:
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases):
            yield from (
                member.name for member in node.body if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
            )


def _public_definitions(
    body: list[ast.stmt], owner: ast.ClassDef | None
) -> Iterator[tuple[Definition, ast.ClassDef | None]]:
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node, owner
            if isinstance(node, ast.ClassDef):
                yield from _public_definitions(node.body, node)


def short_test_names(source: Source) -> Iterator[str]:
    """A test whose name is no sentence."""
    for node in source.nodes:
        name = getattr(node, "name", "")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and name.startswith("test_"):
            words = name.removeprefix("test_").split("_")
            if len(words) < _SENTENCE:
                yield f"line {node.lineno}: {name}"


def patches(source: Source) -> Iterator[str]:
    """A mock, or something of ours replaced while a test runs."""
    yield from (f"imports {module}" for module in source.imported_modules() if module.startswith("unittest.mock"))
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"monkeypatch.setattr", "mocker.patch"}:
            yield f"line {node.lineno}: {ast.unparse(node)}"


def loose_records(source: Source) -> Iterator[str]:
    """A dataclass of the core that can be changed, or be built by position."""
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                if "dataclass" in ast.unparse(decorator) and _shape(decorator) < _CORE_SHAPE:
                    yield f"line {node.lineno}: {node.name}"


def _shape(decorator: ast.expr) -> set[str]:
    if not isinstance(decorator, ast.Call):
        return set()
    return {k.arg for k in decorator.keywords if k.arg and isinstance(k.value, ast.Constant) and k.value.value is True}


def function_lengths(source: Source) -> Iterator[int]:
    """The lines of every function, its docstring not counted."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _span(node) - (_span(node.body[0]) if ast.get_docstring(node) else 0)


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
