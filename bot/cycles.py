"""Read ``data/cycles/``: how sources print update frequencies and deadlines."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from bot.core.cycle import UpdateCycle
from bot.core.cycle_words import GRADES, Cycles, Interval, Kind, Meaning, deadline
from bot.core.errors import ContentError
from bot.core.wordings import Form, Forms, Slots
from bot.toml_file import read_toml

CYCLES, DEADLINES = "cycles.toml", "deadlines.toml"
_NUMBERS = frozenset({"n", "k", "day", "month"})


def load_cycles(data: Path) -> Cycles:
    """What the folder ``cycles`` of the folder ``data`` knows. Raises ContentError with file, key and reason."""
    folder = data / "cycles"
    cycles, deadlines = read_toml(folder / CYCLES), read_toml(folder / DEADLINES)
    slots = _slots(cycles, deadlines)
    forms = [*_cycle_forms(cycles), *_deadline_forms(deadlines)]
    for file, form in forms:
        unknown = [place for place in form.places if place not in slots.names]
        if unknown:
            raise ContentError(file, " ".join(form.items), f"{{{unknown[0]}}} is no place")
    return Cycles(
        forms=Forms([form for _, form in forms], slots),
        rhythms=dict(_rhythms(cycles["codes"])),
        exact={text.casefold(): _code(f"exact.{text}", code) for text, code in cycles["exact"].items()},
        prefixes=tuple(cycles["vocabularies"]["prefixes"]),
        scales={name: _scale(name, bounds) for name, bounds in cycles["scales"].items()},
    )


def _slots(cycles: Mapping[str, Any], deadlines: Mapping[str, Any]) -> Slots:
    numbers, units = _spelled(cycles["numbers"]), _spelled(cycles["units"])
    beside = cycles["beside"]
    return Slots(
        {
            **{name: dict.fromkeys(texts, "") for name, texts in deadlines["places"].items()},
            **dict.fromkeys(_NUMBERS, numbers),
            "unit": units,
            "quarter": _spelled(deadlines["quarters"]),
        },
        numbers=_NUMBERS,
        stops=beside["stops"],
        no_stops=beside["no_stops"],
        joins=(*beside["joins"], *beside["choices"]),
    )


def _spelled(table: Mapping[str, list[str]]) -> dict[str, str]:
    return {text: value for value, texts in table.items() for text in texts}


def _cycle_forms(table: Mapping[str, Any]) -> Iterator[tuple[str, Form[Meaning]]]:
    for text in table["rhythms"]["forms"]:
        yield CYCLES, Form.of(text, Meaning(kind=Kind.RHYTHM))
    for code in UpdateCycle:
        yield CYCLES, Form.of(code, Meaning(kind=Kind.CODE, code=code))
    for name, entry in table["codes"].items():
        meaning = Meaning(kind=Kind.CODE, code=_code(f"codes.{name}", name))
        for text in entry.get("words", ()):
            yield CYCLES, Form.of(text, meaning)
    for key, kind in (("fillers", Kind.BESIDE), ("joins", Kind.BESIDE), ("choices", Kind.CHOICE)):
        for text in table["beside"][key]:
            yield CYCLES, Form.of(text, Meaning(kind=kind))


def _deadline_forms(table: Mapping[str, Any]) -> Iterator[tuple[str, Form[Meaning]]]:
    for number, entry in enumerate(table["deadlines"], 1):
        values = {key: value for key, value in entry.items() if key not in {"forms", "cycle"}}
        try:
            meaning = deadline(**values)
        except (TypeError, ValueError) as error:
            raise ContentError(DEADLINES, f"deadlines[{number}]", str(error)) from error
        code = _code(f"deadlines[{number}].cycle", entry["cycle"]) if "cycle" in entry else None
        for text in entry["forms"]:
            yield DEADLINES, Form.of(text, replace(meaning, code=code))


def _rhythms(codes: Mapping[str, Any]) -> Iterator[tuple[Interval, UpdateCycle]]:
    for name, entry in codes.items():
        for text in entry.get("every", ()):
            amount, _, unit = text.partition(" ")
            try:
                yield Interval.of(Fraction(amount), unit), UpdateCycle(name)
            except (KeyError, ValueError) as error:
                raise ContentError(CYCLES, f"codes.{name}.every", f"{text} is no length of time") from error


def _scale(name: str, table: Mapping[str, list[int]]) -> dict[UpdateCycle, tuple[int, ...]]:
    scale = {_code(f"scales.{name}", code): tuple(bounds) for code, bounds in table.items()}
    for code, bounds in scale.items():
        if len(bounds) != len(GRADES) - 1 or sorted(bounds) != list(bounds):
            raise ContentError(CYCLES, f"scales.{name}.{code}", f"needs {len(GRADES) - 1} growing numbers of days")
    return scale


def _code(key: str, name: str) -> UpdateCycle:
    try:
        return UpdateCycle(name)
    except ValueError as error:
        raise ContentError(CYCLES, key, f"{name} is no code of the list of frequencies") from error
