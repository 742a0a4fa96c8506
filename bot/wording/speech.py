"""What every wording needs: the person's language, and how that person replies on this account."""

from dataclasses import dataclass

from bot.content import Content
from bot.core.accounts import Account
from bot.core.text import fold

_CAPITALS = frozenset({"thu do ha noi", "thanh pho ho chi minh"})
"""Units whose sort keeps its capital anywhere: decree 30/2020/NĐ-CP, appendix II."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """The voice in which one person is answered on one of our accounts.

    ``accents``: this person wants diacritics where each part costs money, so brief texts have less room.
    """

    content: Content
    language: str
    account: Account
    accents: bool = False

    def say(self, key: str, **fields: object) -> str:
        """The wording ``key``, its placeholders filled with ``fields``."""
        return self.content.say(self.language, key, **fields)

    def invite(self, words: str) -> str:
        """How to send ``words`` back, as part of a sentence: "trả lời 2", on a shared number "soạn DL 2 gửi 8179"."""
        account = self.account
        if account.keyword and account.number:
            return self.say("invite.shared", keyword=account.keyword, words=words, number=account.number)
        if account.keyword:
            return self.say("invite.keyword", keyword=account.keyword, words=words)
        return self.say("invite.plain", words=words)

    def unit_inside(self, name: str) -> str:
        """The name of a unit as it stands inside a sentence: "xã Tịnh Khê"; any other text as it is."""
        has_sort = self.content.without_sort(name) != name
        return inside(name) if has_sort and fold(name) not in _CAPITALS else name

    def ask(self, question: str) -> str:
        """How to ask ``question``: with the keyword of a shared number, else the bare question in quotes."""
        return self.invite(question) if self.account.keyword else f"“{question}”"


def inside(text: str) -> str:
    """``text`` as it stands inside a sentence: a capital at its beginning only where a name or abbreviation has it."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def opening(text: str) -> str:
    """``text`` as it stands at the beginning of a sentence."""
    return f"{text[:1].upper()}{text[1:]}"


def ended(text: str) -> str:
    """``text`` as a whole sentence, with its full stop unless it ends in "…"."""
    return text if text.endswith(("…", ".")) else f"{text}."


def clip(text: str, limit: int) -> str:
    """``text`` on one line of at most ``limit`` characters, cut between words and then marked "…"."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[limit // 2 :] else cut}…"
