"""The list of proposed changes as a file for the submission: XLSX, CSV or DOCX."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import ContentError, TracuuError
from bot.core.item_proposals import FIELDS, ItemProposal, ProposalKind
from bot.toml_file import read_toml
from gateway.office_file import harmless

_WIDTHS = (6, 44, 30, 20, 60, 44, 30)
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWords:
    """The wording of the list, ``data/catalogue/proposals.toml``."""

    title: str
    columns: Row
    kinds: Mapping[str, str]
    words: Mapping[str, str]


def load_list_words(folder: Path) -> ListWords:
    """The wording. Raises ContentError."""
    file = folder / "proposals.toml"
    rows = read_toml(file)
    try:
        words = ListWords(
            title=rows["title"], columns=tuple(rows["columns"]), kinds=dict(rows["kinds"]), words=dict(rows["words"])
        )
        missing = {*ProposalKind} - {*words.kinds} or {"change", "nothing", *FIELDS} - {*words.words}
    except (ValueError, KeyError, TypeError) as error:
        raise ContentError(file.name, "file", f"cannot be read: {error}") from error
    if missing:
        raise ContentError(file.name, min(missing), "is missing")
    return words


def list_rows(proposals: Sequence[ItemProposal], words: ListWords) -> tuple[Row, ...]:
    """A row for each proposal, numbered from 1: what is proposed, in the words of a submission."""
    return tuple(
        (
            str(number),
            one.title,
            one.owner,
            one.cycle,
            _say(one, words),
            one.reason,
            one.agency,
        )
        for number, one in enumerate(proposals, 1)
    )


def write_list(file: Path, rows: Sequence[Row], words: ListWords) -> None:
    """Write the list to ``file``, in the form that its name ends with. Raises TracuuError when that is none of ours."""
    write = _WRITERS.get(file.suffix.lower())
    if write is None:
        raise TracuuError(f"{file.name}: a list is written as {', '.join(_WRITERS)}")
    try:
        write(file, rows, words)
    except OSError as error:
        raise TracuuError(f"{file} cannot be written ({error.strerror})") from error


def _say(proposal: ItemProposal, words: ListWords) -> str:
    before = {"title": proposal.title, "owner": proposal.owner, "cycle": proposal.cycle}
    changes = "; ".join(
        words.words["change"].format(
            field=words.words[name],
            before=before.get(name, "") or words.words["nothing"],
            after=value or words.words["nothing"],
        )
        for name, value in proposal.values.items()
    )
    return words.kinds[proposal.kind].format(changes=changes)


def _write_csv(file: Path, rows: Sequence[Row], words: ListWords) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(words.columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    file.write_text("\ufeff" + text.getvalue(), encoding="utf-8", newline="")


def _write_xlsx(file: Path, rows: Sequence[Row], words: ListWords) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 – loading it takes longer than the rest of the command
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 – same
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 – same

    workbook = Workbook()
    sheet = workbook.active
    sheet["A1"] = words.title
    for line, row in enumerate((words.columns, *rows), 3):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(row=line, column=column)
            cell.value = text
            cell.data_type = "s"  # a text, also where it begins like a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in (sheet["A1"], *sheet[3]):
        cell.font = Font(bold=True)
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    workbook.save(file)


def _write_docx(file: Path, rows: Sequence[Row], words: ListWords) -> None:
    from docx import Document  # noqa: PLC0415 – as above
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415 – as above

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.add_heading(words.title, level=1)
    table = document.add_table(rows=0, cols=len(words.columns), style="Table Grid")
    for row in (words.columns, *rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(file))


_WRITERS: Mapping[str, Callable[[Path, Sequence[Row], ListWords], None]] = {
    ".xlsx": _write_xlsx,
    ".csv": _write_csv,
    ".docx": _write_docx,
}
