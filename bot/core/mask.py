"""Hide what people should not have pasted into a chat, before it is stored: identity numbers and credentials.

Privacy comes first, but a question must stay the same question: years, figures, dates, codes and the numbers of public
offices are left alone.
"""

import re

from bot.core.text import clean, fold

MASK = "***"
MAX_TEXT = 4000
_CUT_BEFORE = MAX_TEXT + 200
"""What is masked may begin before the end and reach beyond it; the rest is not worth reading."""

# All patterns read the folded text, so that any amount of typed diacritics matches.
_LOGIN = r"(?:mat *khau|pass(?:word|code|wd)?|pwd)"
_ONE_TIME = r"(?:(?:ma )?otp|ma xac (?:thuc|nhan)|(?:ma )?cvv)"
_WORDS = r"(?: [a-z]+){0,4}"
_OWNER = r"(?: cua [a-z]+| (?:toi|tui|em|minh))?"
_SIGN = r"\s*[:=]\s*"
_VALUE = r"(?P<secret>\"[^\"\n]+\"|'[^'\n]+'|“[^”\n]+”|\S+)"
_NOT_YEAR = r"(?!(?:19|20)\d\d\b)"
_NOT_YEARS = r"(?!(?:19|20)\d\d[ .,-]+(?:19|20)\d\d\b)"
_CLAUSE_END = r"(?=\s*(?:$|[\n,;.!?)]))"

_CREDENTIALS = (
    rf"{_LOGIN}{_WORDS}{_SIGN}{_VALUE}",
    rf"{_ONE_TIME}{_WORDS}{_SIGN}(?P<secret>\d[\d ]{{2,10}}\d\b|\S+)",
    rf"(?:mk|pw|token|api[ _-]?key|secret|ma pin){_OWNER}{_SIGN}{_VALUE}",
    # "mật khẩu là gì" asks, "mật khẩu là hoacuc" tells
    rf"{_LOGIN}{_OWNER} (?:la|is) (?!(?:gi|sao|nao|ai|may|bao|what)\b){_VALUE}",
    # without a sign only what no ordinary word looks like, so that "quên mật khẩu, gọi 1022" stays
    rf"{_LOGIN}{_OWNER}\s+{_NOT_YEAR}(?P<secret>(?=\S*\d)\S{{4,}})",
    # "mk" is also how people write "mình"
    r"mk(?: la)? (?P<secret>(?=\S*\d)(?=\S*[a-z])\S{6,})",
    rf"{_LOGIN}{_WORDS} (?P<secret>(?=\S*\d)(?=\S*[a-z])\S{{6,}})",
    rf"(?:{_ONE_TIME}|ma pin){_OWNER}(?: la| is)? {_NOT_YEAR}(?P<secret>\d{{3,8}})\b",
    rf"{_ONE_TIME}{_WORDS} (?P<secret>\d{{3}} ?\d{{3}})\b",
    rf"ma pin(?: [a-z]+){{1,2}} {_NOT_YEAR}(?P<secret>\d{{4,6}})\b",
    # "pin" is also a battery
    rf"pin{_OWNER}(?:{_SIGN}| la | ){_NOT_YEAR}(?P<secret>\d{{4,6}}){_CLAUSE_END}",
)

# Tokens by their shape: signed web tokens, keys with the prefix of their maker, those of chat bots.
_TOKENS = (
    r"(?P<secret>eyj[\w-]{8,}\.[\w-]{8,}\.[\w-]+)",
    r"(?P<secret>(?:(?:[sp]k|gh[po]|xox[bp])[-_]|akia)[0-9a-z_-]{16,})",
    r"(?P<secret>\d{8,10}:[\w-]{30,})",
)

_DOCUMENT = r"(?:cccd|cmnd|cmt|can cuoc|chung minh|dinh danh)"
_INSURANCE = r"(?:ma so|ma|so|the) (?:bhxh|bhyt|bao hiem)"
_STANDS_ALONE = r"(?<![\w=])(?<!\D/)(?<!\w[-.,])(?<!\+84 )(?<!\+84\))(?<!\+84\) )"
_ENDS = r"(?!\w)(?![.,]\d)"
_NO_AMOUNT = r"(?! ?(?:d|dong|vnd|usd|nguoi|trieu|ty|tan|kg|m|m2|ha|km2)\b)"
_CARD_GROUPS = ((3, 3, 3, 3), (4, 4, 4), (6, 6), (3, 3, 6), (3, 1, 2, 6), (3, 9), (4, 8), (4, 2, 6))

# 9 digits; with dots and no leading zero it is a figure, among more groups a telephone number
_OLD_CARD = (
    rf"{_STANDS_ALONE}(?<!\d )(?P<secret>\d{{3}}(?P<mark>[ -])\d{{3}}(?P=mark)\d{{3}}|0\d\d\.\d{{3}}\.\d{{3}})"
    rf"(?![ -]\d){_ENDS}{_NO_AMOUNT}"
)


def _grouped_card(sizes: tuple[int, ...]) -> str:
    """A grouped citizen number. It begins with 0, which no figure with thousand marks and no year does."""
    first, second, *others = sizes
    rest = "".join(rf"(?P=mark)\d{{{size}}}" for size in others)
    return rf"{_STANDS_ALONE}(?P<secret>0\d{{{first - 1}}}(?P<mark>[ .-])\d{{{second}}}{rest}){_ENDS}"


_NUMBERS = (
    rf"{_DOCUMENT}[^\d\n]{{0,40}}(?P<secret>\d(?:[ .-]?\d){{8}}(?:(?:[ .-]?\d){{3}})?)(?!\d)",
    rf"{_DOCUMENT}[^\d\n]{{0,40}}\b(?P<secret>o\d{{8}}(?:\d{{3}})?)(?!\d)",
    rf"{_STANDS_ALONE}(?P<secret>\d{{12}}){_ENDS}",
    # a citizen number that letters touch
    r"(?<![\d=/.,-])(?P<secret>0\d{11})(?=[a-z])",
    r"(?<=[a-z])(?P<secret>0\d{11})(?!\d)",
    r"(?:ho chieu|passport)[^\d\n]{0,20}\b(?P<secret>[a-z]\d{7,8})(?!\d)",
    rf"(?:stk|tai khoan)[^\d\n]{{0,30}}{_NOT_YEARS}(?P<secret>\d(?:[ .-]?\d){{7,16}})(?!\d)",
    rf"{_INSURANCE}[^\d\n]{{0,30}}?\b(?P<secret>(?:[a-z]{{2}})?\d(?:[ .-]?\d){{9}}(?:(?:[ .-]?\d){{3}})?)(?!\d)",
    # a bank card; four years in a row begin with 1 or 2
    rf"{_STANDS_ALONE}(?P<secret>[3-69]\d{{3}}(?P<mark>[ -]?)(?:\d{{4}}(?P=mark)){{2}}\d{{4}}(?:(?P=mark)\d{{3}})?)\b",
    rf"{_STANDS_ALONE}(?P<secret>\d{{9}}){_ENDS}{_NO_AMOUNT}",
    *map(_grouped_card, _CARD_GROUPS),
    _OLD_CARD,
)
_SECRETS = tuple(re.compile(rf"\b{form}") for form in (*_CREDENTIALS, *_TOKENS)) + tuple(
    re.compile(form) for form in _NUMBERS
)

# What every form above needs; nearly all texts lack it, and this is on the way of every message.
_SUSPICIOUS = re.compile(
    r"\d(?:[ .-]?\d){8}|mat *khau|pass|pwd|otp|ma xac|cvv|\bmk\b|\bpw\b|ho chieu|"
    r"eyj|(?:[sp]k|gh[po]|xox[bp])[-_]|akia|token|api[ _-]?key|secret|pin\b"
)


def make_storable(text: str) -> str:
    """What a person wrote as it may be stored: cleaned, masked, at most :data:`MAX_TEXT` characters."""
    return mask_identifiers(clean(text)[:_CUT_BEFORE])[:MAX_TEXT]


def mask_identifiers(text: str) -> str:
    """``text`` (as ``bot.core.text.clean`` leaves it) with every credential and identity number replaced by MASK.

    Hidden are 12-digit and 9-digit numbers that stand alone, grouped or not, bank cards, what is given as the number of
    an account, a passport or an insurance, and what is given as a password, one-time code, PIN or access token.
    Masking twice changes nothing.
    """
    shadow = _shadow(text)
    if not _SUSPICIOUS.search(shadow):
        return text
    spans = {match.span("secret") for secret in _SECRETS for match in secret.finditer(shadow)}
    pieces: list[str] = []
    shown_from = 0
    for start, end in sorted(spans):
        if start >= shown_from:
            pieces += (text[shown_from:start], MASK)
        shown_from = max(shown_from, end)
    return "".join([*pieces, text[shown_from:]])


def _shadow(text: str) -> str:
    """``text`` folded, position by position."""
    folded = fold(text)
    return folded if len(folded) == len(text) else "".join((fold(char) + " ")[0] for char in text)
