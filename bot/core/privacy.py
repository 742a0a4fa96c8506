"""Telling a question about a private person from one about an office, by phrases alone."""

import re
from dataclasses import dataclass

from bot.core.phrases import Phrases, Words, words

_PHONE = re.compile(r"0\d{9,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """How people ask about a private person.

    ``anywhere`` count alone ("số cccd"). ``things`` and ``addresses`` count with a person behind them, after one of
    ``links`` ("của") or without: a title and a name ("chị Lan", "ông B"), a surname and a middle name, or one of
    ``owners`` ("hàng xóm"). So do ``belongings`` of whoever holds one of ``offices`` ("lương của giám đốc"), a named
    person with one of ``asked`` ("ông B bao nhiêu tuổi"), and ``whose`` ("của ai") with a thing or a telephone number.

    Of the ``titles``, ``plain_titles`` have no diacritics that could be missing; ``bare_titles`` count without theirs.
    A name behind one of ``places`` ("xã") is a place's. Whoever writes one of ``unless`` asks for figures.
    ``compounds`` begin like a person and are none ("Bà Rịa", "chi cục"): they are not read.
    """

    anywhere: Phrases
    unless: Phrases
    compounds: Phrases
    things: Phrases
    addresses: Phrases
    links: Phrases
    owners: Phrases
    belongings: Phrases
    offices: Phrases
    asked: Phrases
    whose: Phrases
    places: Phrases
    titles: Phrases
    plain_titles: Phrases
    bare_titles: Phrases
    names: Phrases
    nicknames: Phrases
    surnames: Phrases
    middles: Phrases

    def asked_in(self, text: str) -> bool:
        """Whether ``text`` asks for what only concerns a person."""
        typed = words(text)
        if self.unless.within(typed):
            return False
        if self.anywhere.within(typed):
            return True
        read = self.compounds.blanked_in(typed)
        return (
            any(self._is_owned(read, end, full_name=True) for _, end in self.things.found_in(read))
            or any(self._is_owned(read, end, full_name=False) for _, end in self.addresses.found_in(read))
            or any(self._is_of_office(typed, end) for _, end in self.belongings.found_in(typed))
            or (self.whose.within(read) and (self.things.within(read) or any(map(_PHONE.fullmatch, typed))))
            or self._is_asked(read)
        )

    def _is_asked(self, typed: Words) -> bool:
        """Whether something is asked of somebody who is named before or behind it."""
        rest = self.asked.blanked_in(typed)
        return rest != typed and any(self._is_named(rest, at) for at in range(len(rest)))

    def _is_owned(self, typed: Words, at: int, *, full_name: bool) -> bool:
        """Whether a person stands ``at``, or behind a link there; without one a ``full_name`` may be a street's."""
        behind = self.links.behind(typed, at)
        linked = behind > at
        if self._is_named(typed, behind) or ((linked or full_name) and self._is_full_name(typed, behind)):
            return True
        title = typed[behind : behind + 1]
        return linked and (self.owners.behind(typed, behind) > behind or self._is_plain_title(title))

    def _is_of_office(self, typed: Words, at: int) -> bool:
        behind = self.links.behind(typed, at)
        behind = self.titles.behind(typed, behind)
        return self.offices.behind(typed, behind) > behind

    def _is_named(self, typed: Words, at: int) -> bool:
        """Whether a title and a name stand ``at``, and it is no place that is called so."""
        title, name = typed[at : at + 1], typed[at + 1 : at + 2]
        if not name or not self.titles.equal(title) or self.places.end(typed[:at]):
            return False
        sure = self._is_plain_title(title) or self.plain_titles.equal(title)
        if not sure and not (self.bare_titles.equal(title) and all(map(str.isascii, typed))):
            return False
        initial = len(name[0]) == 1 and name[0].isalpha()
        return initial or self.names.equal(name) or (sure and self.nicknames.equal(name))

    def _is_plain_title(self, title: Words) -> bool:
        """Whether ``title`` was typed with the diacritics that tell it from other words ("bà" from "ba")."""
        return self.titles.equal(title) and not title[0].isascii()

    def _is_full_name(self, typed: Words, at: int) -> bool:
        return self.surnames.equal(typed[at : at + 1]) and self.middles.equal(typed[at + 1 : at + 2])
