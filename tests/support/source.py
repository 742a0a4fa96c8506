"""The project's own files, as the house rules look at them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One Python file: ``path`` relative to the project, its ``text`` and syntax tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of the file."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def names(self) -> dict[str, str]:
        """What each imported name stands for: ``now`` for ``datetime.datetime.now`` and the like."""
        return dict(self._bindings())

    def _bindings(self) -> Iterator[tuple[str, str]]:
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    yield alias.asname or whole, whole
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield alias.asname or alias.name, f"{node.module}.{alias.name}"

    def imported_modules(self) -> Iterator[str]:
        """Every module that the file imports, wherever the import stands."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module

    def references(self) -> Iterator[tuple[int, str]]:
        """Line and full dotted name of everything imported that is used."""
        for node in self.nodes:
            if isinstance(node, ast.Attribute | ast.Name) and (name := self._dotted(node)):
                yield node.lineno, name

    def _dotted(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute) and (head := self._dotted(node.value)):
            return f"{head}.{node.attr}"
        return None


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, under version control: whatever ``.gitignore`` does not name."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines() if line]
    return tuple(sorted(_files(ROOT, [".git", *ignored])))


def _files(folder: Path, ignored: list[str]) -> Iterator[Path]:
    for entry in folder.iterdir():
        if any(fnmatch(entry.name, pattern) for pattern in ignored):
            continue
        if entry.is_dir():
            yield from _files(entry, ignored)
        else:
            yield entry


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the project."""
    return tuple(
        Source(path=file.relative_to(ROOT).as_posix(), text=file.read_text(encoding="utf-8"))
        for file in tracked_files()
        if file.suffix == ".py"
    )
