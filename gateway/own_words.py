"""The operator's own words: rows in a file of their own, in the form of ``data/synonyms``, which stays as delivered."""

import contextlib
import json
import os
import re
import secrets
import tomllib
from pathlib import Path

from bot.core.errors import ContentError, TracuuError
from bot.core.text import clean, tokens
from bot.search.lexicon import SECTIONS, load_lexicon

_HEAD = "# The words of our own people, besides those of data/synonyms; its README.md says what the sections mean.\n"
_MOST_WORDS = 12
_SECTION = re.compile(r"\[(?P<name>[^\[\]]+)\]\s*(?:#.*)?")


def add_row(file: Path, *, shipped: Path, section: str, typed: str, official: tuple[str, ...]) -> str:
    """Write ``"typed" = ["official", …]`` into ``section`` of ``file``, whole or not at all; returns the row.

    Everything else in the file stays as it is, remarks included. Raises ContentError when the row or the file is not
    sound, TracuuError when the phrase has a row there already or the file cannot be written.
    """
    if section not in SECTIONS:
        raise ContentError("command line", "--section", f"{section} is not one of {', '.join(SECTIONS)}")
    row = _row(typed, official)
    text = _read(file)
    present = tomllib.loads(text).get(section, {})
    if isinstance(present, dict) and any(tokens(known) == tokens(typed) for known in present):
        raise TracuuError(f'"{typed}" has a row in [{section}] of {file} already: change it there')
    changed = _inserted(text, section, row)
    _write(file, changed, shipped)
    return row


def _row(typed: str, official: tuple[str, ...]) -> str:
    for key, phrase in (("typed", typed), *(("official", one) for one in official)):
        if not tokens(phrase):
            raise ContentError("command line", key, f"{phrase!r} holds no word")
    if any(tokens(one) == tokens(typed) for one in official):
        raise ContentError("command line", "official", f"{clean(typed)} would mean itself")
    if max(len(tokens(one)) for one in (typed, *official)) > _MOST_WORDS:
        raise ContentError("command line", "typed", f"a phrase of more than {_MOST_WORDS} words is a whole question")
    readings = ", ".join(_quoted(one) for one in official)
    return f"{_quoted(typed)} = [{readings}]"


def _quoted(phrase: str) -> str:
    # JSON's escapes are among TOML's
    return json.dumps(" ".join(clean(phrase).split()), ensure_ascii=False)


def _read(file: Path) -> str:
    """What the file holds; its heading when there is none yet."""
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else _HEAD
        tomllib.loads(text)
    except OSError as error:
        raise TracuuError(f"{file} cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(str(file), "file", f"cannot be read: {error}") from error
    return text


def _inserted(text: str, section: str, row: str) -> str:
    """``text`` with ``row`` as the last of ``section``."""
    lines = text.splitlines()
    headings = {number: match["name"].strip(" \t\"'") for number, line in enumerate(lines) if (match := _heading(line))}
    start = next((number for number, name in headings.items() if name == section), None)
    if start is None:
        return "\n".join([*lines, *([""] if lines and lines[-1].strip() else []), f"[{section}]", row, ""])
    end = min((number for number in headings if number > start), default=len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return "\n".join([*lines[:end], row, *lines[end:], ""])


def _heading(line: str) -> re.Match[str] | None:
    return _SECTION.fullmatch(line.strip())


def _write(file: Path, text: str, shipped: Path) -> None:
    """Put ``text`` in place of ``file`` once the loader has read it together with the ``shipped`` words."""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        load_lexicon(shipped, draft)
        draft.replace(file)
    except OSError as error:
        raise TracuuError(f"{file} cannot be written ({error.strerror})") from error
    except ContentError as error:
        raise ContentError(str(file), error.key, error.reason) from error
    finally:
        with contextlib.suppress(OSError):  # then it was never made
            draft.unlink(missing_ok=True)
