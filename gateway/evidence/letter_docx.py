"""A letter as a DOCX in the layout that the annex of Nghị định 30/2020/NĐ-CP prescribes for a công văn.

Number, place, date, post and signer stay blank: it is a draft.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from bot.core.local_time import VIETNAM
from gateway.evidence.docx_layout import HEAD, SMALL, add_columns, add_rule, add_table, new_document, write
from gateway.evidence.letter import Letter, UrgedDuty
from gateway.evidence.letter_words import LetterWords, Sender, sender_of
from gateway.office_file import settle

_LATE_WIDTHS = (8, 37, 16, 30, 22, 14, 19, 19)
_UNMET_WIDTHS = (8, 43, 18, 33, 21, 21, 21)
"""Millimetres, together the 165 of the page."""
_HEAD_WIDTHS = (70, 95)
"""The name of the State takes 88 mm in 12 points, and must stand on one line."""
_SIGNATURE = 72
"""Points between the post and the name."""


def write_letter(letter: Letter, words: LetterWords, say_period: Callable[[str], str]) -> bytes:
    """The file; ``say_period`` says a period by its label. The same letter is the same bytes."""
    document, sender = new_document(), sender_of(letter.rules)
    _head(document, sender, words)
    to = words.texts["to"].format(agency=letter.agency.name)
    write(document.add_paragraph(), to, align="center", before=12, after=12)
    for block in _body(letter, sender, words, say_period):
        if isinstance(block, str):
            write(document.add_paragraph(), block, align="justify", indent=True, before=6, after=6)
        else:
            add_table(document, *block)
    _foot(document, words)
    properties = document.core_properties
    properties.title, properties.author, properties.language = words.texts["subject"], sender.name, "vi-VN"
    content = io.BytesIO()
    document.save(content)
    return settle(content.getvalue(), at=datetime.combine(letter.on, time(), tzinfo=VIETNAM).astimezone(UTC))


def _head(document: Any, sender: Sender, words: LetterWords) -> None:
    texts = words.texts
    left, right = add_columns(document, *_HEAD_WIDTHS)
    first, *office = ([texts["parent"].format(place=sender.place.upper())] if sender.place else []) + [
        sender.office.upper()
    ]
    write(left.paragraphs[0], first, size=HEAD, align="center", bold=not office)
    for line in office:
        write(left.add_paragraph(), line, size=HEAD, align="center", bold=True)
    add_rule(left, inset=22)
    write(left.add_paragraph(), texts["number"].format(short=sender.short), size=SMALL, align="center", before=6)
    write(left.add_paragraph(), texts["subject"], size=HEAD, align="center", before=6)
    write(right.paragraphs[0], texts["nation"], size=HEAD, align="center", bold=True)
    write(right.add_paragraph(), texts["motto"], size=SMALL, align="center", bold=True)
    add_rule(right, inset=16)
    write(right.add_paragraph(), texts["dated"], size=SMALL, align="center", italic=True, before=6)


def _foot(document: Any, words: LetterWords) -> None:
    left, right = add_columns(document, 82, 83)
    write(left.paragraphs[0], words.texts["receivers"], size=12, bold=True, italic=True, before=12)
    for line in words.lists["receiver_list"]:
        write(left.add_paragraph(), line, size=11)
    write(right.paragraphs[0], words.texts["post"], align="center", bold=True, before=12)
    write(right.add_paragraph(), words.texts["signer"], align="center", bold=True, before=_SIGNATURE)


_Table = tuple[Sequence[str], Sequence[int], list[tuple[str, ...]]]


def _body(
    letter: Letter, sender: Sender, words: LetterWords, say_period: Callable[[str], str]
) -> Iterator[str | _Table]:
    texts, signed = words.texts, letter.rules.decision
    form = "decision_dated" if signed.signed_on else "decision"
    named = {
        "authority": sender.name,
        "agency": letter.agency.name,
        "decision": texts[form].format(number=signed.number or letter.rules.name, day=_written_out(signed.signed_on)),
        "articles": "; ".join(dict.fromkeys(duty.cite for duty in letter.late)),
        "day": _written_out(letter.on),
    }
    yield texts["opening"].format(**named)
    yield texts["late"].format(**named)
    late = [(str(number), *_what(duty, say_period), *_late(duty, words)) for number, duty in enumerate(letter.late, 1)]
    yield words.lists["late_columns"], _LATE_WIDTHS, late
    if letter.unmet:
        yield texts["unmet"].format(**named)
        unmet = [
            (str(number), *_what(duty, say_period), *_unmet(duty, words)) for number, duty in enumerate(letter.unmet, 1)
        ]
        yield words.lists["unmet_columns"], _UNMET_WIDTHS, unmet
    yield texts["request"].format(**named)
    yield texts["thanks"].format(**named)


def _late(duty: UrgedDuty, words: LetterWords) -> tuple[str, ...]:
    legal, late = duty.obligation.legal_due, duty.obligation.late_after
    due = _day(legal)
    if late != legal:
        due = words.texts["counted_after"].format(legal=due, late=_day(late))
    if duty.obligation.provisional:
        due = words.texts["provisional"].format(day=due)
    return due, str(duty.days_late), *_told(duty, words)


def _unmet(duty: UrgedDuty, words: LetterWords) -> tuple[str, ...]:
    return _day(duty.obligation.nominal_due), *_told(duty, words)


def _what(duty: UrgedDuty, say_period: Callable[[str], str]) -> tuple[str, ...]:
    obligation = duty.obligation
    return obligation.subject.title or obligation.rule.title, say_period(obligation.period), duty.cite


def _told(duty: UrgedDuty, words: LetterWords) -> tuple[str, str]:
    texts, said = words.texts, words.said
    reminded = ", ".join(map(_day, duty.reminded)) or texts["not_reminded"]
    answers = [
        f"{said.get(each.said, each.said).format(day=_day(date.fromisoformat(each.day)) if each.day else '')}"
        f" ({_day(each.at.astimezone(VIETNAM).date())})"
        for each in duty.answers
    ]
    return reminded, "; ".join(answers) or texts["no_answer"]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _written_out(day: date | None) -> str:
    """As the decree writes dates: days below ten and January and February with a zero."""
    return f"{day:%d} tháng {day.month:0{2 if day.month < 3 else 1}} năm {day.year}" if day else ""
