"""The log of reminders as a workbook or as a plain table."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bot.core.errors import TracuuError
from bot.core.local_time import VIETNAM
from bot.core.obligations.reminder_log import LogRow, Reaction
from bot.core.record import Break, Recorded, canonical
from bot.core.text import clean
from gateway.evidence.log_words import LogWords
from gateway.office_file import harmless, settle

_LOG_WIDTHS = (7, 17, 26, 24, 34, 44, 11, 24, 13, 13, 10, 60, 18, 50)
_JOURNAL_WIDTHS = (7, 27, 14, 12, 9, 9, 68, 68, 90)
_LONGEST_CELL = 32_767


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What is written: the reminders of a window, the entries of the record there, and how the record stands.

    ``province`` is the name of the profile, ``agency`` empty for all; ``head`` is the number and the hash of the last
    entry of all, ``broken`` the first place where the record is not what it was; ``at`` when this was looked up.
    """

    province: str
    agency: str
    first: date | None
    last: date | None
    rows: Sequence[LogRow]
    entries: Sequence[Recorded]
    basis: Sequence[str]
    head: tuple[int, str]
    broken: Break | None
    at: datetime


def write_log(file: Path, log: Log, words: LogWords) -> None:
    """Write ``log`` to ``file``, in the form that its name ends with. Raises TracuuError when that is none of ours."""
    write = _WRITERS.get(file.suffix.lower())
    if write is None:
        raise TracuuError(f"{file.name}: the log is written as {', '.join(_WRITERS)}")
    content = write(log, words)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise TracuuError(f"{file} cannot be written ({error.strerror})") from error


def log_rows(log: Log, words: LogWords) -> Iterator[tuple[str, ...]]:
    """The rows of the table of reminders, every cell a text."""
    for row in log.rows:
        cells = (
            str(row.seq),
            _moment(row.at),
            row.agency,
            row.officer,
            row.cite,
            row.title,
            row.period,
            words.step(row.step),
            _day(row.nominal_due),
            _day(row.legal_due),
            row.channel,
            row.text,
            words.receipts.get(row.receipt or "none", row.receipt),
            "; ".join(_say(reaction, words) for reaction in row.reactions),
        )
        yield tuple(harmless(clean(cell)) for cell in cells)  # what an office is called may come from anywhere


def info_rows(log: Log, words: LogWords) -> Iterator[tuple[str, str]]:
    """What the first sheet says: window, filters, count, the state of the chain, legal basis."""
    info, entries = words.info, log.entries
    chain = info["broken"].format(seq=log.broken.seq) if log.broken else info["whole"].format(seq=log.head[0])
    yield info["province"], log.province
    yield info["agency"], log.agency or info["everything"]
    yield info["first"], _day(log.first.isoformat()) if log.first else info["everything"]
    yield info["last"], _day(log.last.isoformat()) if log.last else info["everything"]
    yield info["count"], str(len(log.rows))
    yield info["entries"], str(len(entries))
    yield info["chain"], chain
    yield info["first_hash"], f"{entries[0].seq}: {entries[0].hash}" if entries else ""
    yield info["last_hash"], f"{entries[-1].seq}: {entries[-1].hash}" if entries else ""
    yield info["head"], f"{log.head[0]}: {log.head[1]}"
    for cite in log.basis:
        yield info["basis"], cite


def _journal_rows(entries: Sequence[Recorded]) -> Iterator[tuple[str, ...]]:
    """Everything that a hash is made of, so that whoever has the file can check it. What is too long for a cell goes on
    in the next one."""
    for entry in entries:
        document = canonical(entry.document)
        yield (
            str(entry.seq),
            entry.at.isoformat(timespec="microseconds"),
            entry.kind,
            entry.province,
            "" if entry.agency is None else str(entry.agency),
            "" if entry.officer is None else str(entry.officer),
            entry.previous,
            entry.hash,
            *(document[start : start + _LONGEST_CELL] for start in range(0, len(document), _LONGEST_CELL)),
        )


def _say(reaction: Reaction, words: LogWords) -> str:
    said = words.said.get(reaction.said, reaction.said).format(day=_day(reaction.day))
    return f"{_moment(reaction.at)} {said}" + (f" ({reaction.who})" if reaction.who else "")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}" if iso else ""


def _write_csv(log: Log, words: LogWords) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(words.columns)
    writer.writerows(log_rows(log, words))
    return ("\ufeff" + text.getvalue()).encode()


def _write_xlsx(log: Log, words: LogWords) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 – loading it takes longer than the rest of the command
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 – same
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 – same
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 – same

    workbook, wrapped, bold = Workbook(write_only=True), Alignment(wrap_text=True, vertical="top"), Font(bold=True)

    def add(title: str, widths: Sequence[int], rows: Iterator[tuple[str, ...]], *, heads: int) -> None:
        sheet = workbook.create_sheet(title)
        for column, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes = f"A{heads + 1}"
        for line, row in enumerate(rows):
            cells = []
            for text in row:
                cell = WriteOnlyCell(sheet, value=text)
                cell.data_type = "s"  # a text, also where it looks like anything else
                cell.alignment = wrapped
                if line < heads:
                    cell.font = bold
                cells.append(cell)
            sheet.append(cells)

    add(words.sheets[0], (38, 90), _cover(log, words), heads=1)
    add(words.sheets[1], _LOG_WIDTHS, _headed(words.columns, log_rows(log, words)), heads=1)
    add(words.sheets[2], _JOURNAL_WIDTHS, _headed(words.journal, _journal_rows(log.entries)), heads=1)
    content = io.BytesIO()
    workbook.save(content)
    return settle(content.getvalue(), at=log.at)


def _cover(log: Log, words: LogWords) -> Iterator[tuple[str, ...]]:
    yield (words.title,)
    yield from info_rows(log, words)
    yield (words.note,)


def _headed(heading: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    yield heading
    yield from rows


_WRITERS: Mapping[str, Callable[[Log, LogWords], bytes]] = {".xlsx": _write_xlsx, ".csv": _write_csv}
