"""Hide what verdicts say is personal, row by row, and count what was hidden."""

import re
from collections.abc import Sequence

from bot.core.figures import is_missing
from bot.core.personal import MaskedColumn, PersonalRules, Reason
from bot.core.personal_columns import OWN, Extent, Verdict
from bot.core.personal_values import MASK, hide_citizens, hide_contacts, is_public_mail, is_public_phone
from bot.core.text import tokens

_TWELVE = re.compile(r"0\d(?:[ .\-]?\d){10}")
_PAPERS = re.compile(r"cccd|cmnd|cmt|c[ăa]n c[ưu]|ch[ứu]ng minh|h[ộo] chi|passport")
"""What an identity number needs: its digits, or the name of a paper. Nearly all rows lack it, and all are looked at."""

_NUMBERED = (OWN, "identity")


class RowMask:
    """Masks the rows of one table. Identity numbers are hidden in every column but those that are allowed to have some.

    These are columns that the operator allows, and public ones of numbers that are no person's.
    """

    def __init__(self, columns: Sequence[str], verdicts: Sequence[Verdict], rules: PersonalRules) -> None:
        self._columns, self._rules = columns, rules
        self._by_position = {verdict.position: verdict for verdict in verdicts}
        self._hidden: dict[int, int] = {}

    def mask(self, row: Sequence[str]) -> Sequence[str]:
        """``row`` as it may be kept; itself when nothing in it is hidden."""
        masked: list[str] | None = None
        for position in self._touched(row):
            shown = self._cell(position, row[position])
            if shown != row[position]:
                masked = list(row) if masked is None else masked
                masked[position] = shown
                self._hidden[position] = self._hidden.get(position, 0) + 1
        return row if masked is None else tuple(masked)

    def _touched(self, row: Sequence[str]) -> Sequence[int]:
        text = "\n".join(row)
        if _TWELVE.search(text) or _PAPERS.search(text.lower()):
            return range(len(row))
        return [position for position in self._by_position if position < len(row)]

    def hidden(self) -> tuple[MaskedColumn, ...]:
        """The columns in which something was hidden so far, and in how many cells."""
        return tuple(self._column(position, cells) for position, cells in sorted(self._hidden.items()))

    def _cell(self, position: int, cell: str) -> str:
        verdict = self._by_position.get(position)
        if verdict is None or (verdict.extent is Extent.NOTHING and verdict.kind not in _NUMBERED):
            return hide_citizens(cell, self._rules.provinces)
        if verdict.extent is Extent.NOTHING or is_missing(cell):
            return cell
        if verdict.extent is Extent.PARTS:
            return hide_contacts(hide_citizens(cell, self._rules.provinces), self._rules.public_hosts)
        return cell if self._is_public(verdict, cell) else MASK

    def _is_public(self, verdict: Verdict, cell: str) -> bool:
        """Whether a cell of a column that is hidden as a whole is a contact point of a service nevertheless."""
        if verdict.kind == "phone":
            return is_public_phone(cell, self._rules.kinds["phone"].public_values)
        return verdict.kind == "email" and is_public_mail(cell, self._rules.public_hosts)

    def _column(self, position: int, cells: int) -> MaskedColumn:
        verdict = self._by_position.get(position)
        return MaskedColumn(
            position=position,
            heading=mask_text(self._columns[position], self._rules),
            kind=verdict.kind if verdict else "identity",
            reason=verdict.reason if verdict else Reason.VALUES,
            detail=verdict.detail if verdict else self._rules.kinds["identity"].vi,
            cells=cells,
        )


def mask_text(text: str, rules: PersonalRules) -> str:
    """A title, a heading or a note as it may be kept: without identity numbers, and without private contacts.

    The contacts stay where the text says that they are those of a service ("Đường dây nóng: …").
    """
    text = hide_citizens(text, rules.provinces)
    words = " ".join(tokens(text))
    public = any(" ".join(tokens(phrase)) in words for phrase in rules.kinds["phone"].public.written)
    return text if public else hide_contacts(text, rules.public_hosts)
