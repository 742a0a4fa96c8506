"""What personal data look like in a cell: telephone numbers, mail addresses, identity numbers, dates, accounts."""

import re
from collections.abc import Collection

from bot.core.figures import parse_number

MASK = "•••"
"""What stands in a cell instead of what was there."""

_GAP = r"[ .\-/]{0,2}"
_OPEN = r"(?:\((?=[^()]{1,6}\)))?"
"""A bracket around the first digits, not one around the whole number."""
_ABROAD = rf"{_OPEN}(?:\+|00)?84\)?[ .\-]{{0,2}}(?:\(?0\)?[ .\-]?)?"
_MOBILE = re.compile(
    rf"(?<![\d@])(?<!\d[.,])(?:{_ABROAD}|{_OPEN}0)[ .\-]?"
    rf"(?:3[ .\-]?[2-9]|5[ .\-]?[25-9]|7[ .\-]?[06-9]|8[ .\-]?[1-9]|9[ .\-]?\d)(?:[)]?{_GAP}\d){{7}}(?!\d)"
)
_OLD_MOBILE = re.compile(r"(?<![\d@])(?:\+?84|0)1[2689]\d(?:[ .\-]?\d){7}(?!\d)")
_PHONE = re.compile(rf"(?<![\d@])(?<!\d[.,])(?:{_ABROAD}|{_OPEN}0)\)?(?:[()]?{_GAP}[()]?\d){{7,10}}(?!\d)")
_WITHOUT_ZERO = re.compile(r"(?:2\d{8,9}|[35789]\d{8})(?:[.,]0)?")
_SHORT = re.compile(r"(?<!\d)1(?:1[1-9]|02[02])(?!\d)")
_EMAIL = re.compile(r"[\w.+\-]{1,64}@(?P<host>[\w\-]+(?:\.[\w\-]+)+)", re.ASCII)
_CITIZEN = re.compile(r"(?<![\d.,/\-])(?P<province>0\d\d)[ .\-]?[0-3](?:[ .\-]?\d){8}(?![\d])")
_PAPERS = (
    r"cccd|cmnd|cmtnd|cmt|căn cước(?: công dân)?|chứng minh (?:nhân dân|thư)|can cuoc(?: cong dan)?|"
    r"chung minh (?:nhan dan|thu)|hộ chiếu|ho chieu|passport"
)
_LABELLED = re.compile(
    rf"(?:{_PAPERS})\W{{0,3}}(?:số|so|no)?\W{{0,4}}(?P<number>[a-z]?\d(?:[ .\-]?\d){{6,11}})(?!\d)", re.IGNORECASE
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?")
_DOCUMENT = re.compile(r"\d{9}|\d{11,12}|[A-Z]\d{7,8}|\d{10}(?:-\d{3})?|[0-9A-Z]{2,4}-?[0-9A-Z]{0,3}[-. ]?\d{4,6}")
_DATE = re.compile(
    r"(?:\d{1,2}[/.\- ]){0,2}(?:19|20)\d\d|(?:19|20)\d\d[/.\-]\d{1,2}[/.\-]\d{1,2}(?:[T ].*)?|\d{1,2}/\d{1,2}/\d\d"
)
_INSURANCE = re.compile(r"[A-Za-z]{2}\d{13}|\d{10}|\d{13}|\d{15}")
_NO_DIGIT = re.compile(r"\D")


def looks_like_phone(cell: str) -> bool:
    """Whether a telephone number stands in ``cell``, however it is written; Excel may have eaten its zero."""
    return bool(_PHONE.search(cell) or _OLD_MOBILE.search(cell) or _WITHOUT_ZERO.fullmatch(cell.strip()))


def looks_like_email(cell: str) -> bool:
    """Whether a mail address stands in ``cell``."""
    return bool(_EMAIL.search(cell)) or "facebook" in cell.lower()


def looks_like_identity(cell: str) -> bool:
    """Whether ``cell`` is written as the numbers of identity papers, driving licences, tax payers and vehicles are."""
    text = cell.strip()
    return not _GROUPED.fullmatch(text) and bool(_DOCUMENT.fullmatch(text.replace(" ", "").upper().replace(".", "")))


def looks_like_date(cell: str) -> bool:
    """Whether ``cell`` is a day, or a year of the last or this century."""
    return bool(_DATE.fullmatch(cell.strip()))


def looks_like_digits(cell: str) -> bool:
    """Whether ``cell`` holds a number as accounts and cards have it: 6 to 19 digits, not grouped as a figure is."""
    text = cell.strip()
    return not _GROUPED.fullmatch(text) and 6 <= len(_NO_DIGIT.sub("", text)) <= 19


def looks_like_code(cell: str) -> bool:
    """Whether ``cell`` holds at least five digits, not grouped as a figure is: a card, a certificate, a file."""
    text = cell.strip()
    return not _GROUPED.fullmatch(text) and len(_NO_DIGIT.sub("", text)) >= 5


def looks_like_insurance(cell: str) -> bool:
    """Whether ``cell`` is written as the numbers of social and health insurance are."""
    return bool(_INSURANCE.fullmatch(re.sub(r"[ .\-]", "", cell)))


def looks_like_words(cell: str) -> bool:
    """Whether ``cell`` is no mere figure."""
    return parse_number(cell) is None


LOOKS = {
    "phone": looks_like_phone,
    "email": looks_like_email,
    "identity": looks_like_identity,
    "date": looks_like_date,
    "digits": looks_like_digits,
    "code": looks_like_code,
    "insurance": looks_like_insurance,
    "words": looks_like_words,
}
"""How the cells of a kind look, by the name that ``data/personal`` uses."""


def holds_mobile(text: str) -> bool:
    """Whether a Vietnamese mobile number stands in ``text``."""
    return bool(_MOBILE.search(text) or _OLD_MOBILE.search(text))


def holds_citizen(text: str, provinces: Collection[str]) -> bool:
    """Whether a citizen number stands in ``text``: 12 digits, the first three of ``provinces``, a century that fits."""
    return any(found["province"] in provinces for found in _CITIZEN.finditer(text)) or bool(_LABELLED.search(text))


def holds_private_mail(text: str, public: Collection[str]) -> bool:
    """Whether a mail address outside the ``public`` domains stands in ``text``."""
    return any(not is_within(found["host"], public) for found in _EMAIL.finditer(text))


def hide_citizens(text: str, provinces: Collection[str]) -> str:
    """``text`` with citizen numbers, and numbers that are called one, masked."""
    text = _LABELLED.sub(lambda found: found.group()[: found.start("number") - found.start()] + MASK, text)
    return _CITIZEN.sub(lambda found: MASK if found["province"] in provinces else found.group(), text)


def hide_contacts(text: str, public_hosts: Collection[str]) -> str:
    """``text`` with mobile numbers and private mail addresses masked; landlines and public hosts stay."""
    text = _MOBILE.sub(MASK, _OLD_MOBILE.sub(MASK, text))
    return _EMAIL.sub(lambda found: found.group() if is_within(found["host"], public_hosts) else MASK, text)


def is_public_phone(cell: str, beginnings: Collection[str]) -> bool:
    """Whether all numbers in ``cell`` are ones of a service: hotlines by their ``beginnings``, 113 and the like."""
    digits = [_NO_DIGIT.sub("", part) for part in re.split(r"[,;/\n]|\s-\s|\shoặc\s", cell) if re.search(r"\d", part)]
    return bool(digits) and all(
        (number.startswith(tuple(beginnings)) and len(number) <= 10) or _SHORT.fullmatch(number) for number in digits
    )


def is_public_mail(cell: str, public_hosts: Collection[str]) -> bool:
    """Whether ``cell`` holds mail addresses, all of them of public hosts."""
    return bool(_EMAIL.search(cell)) and not holds_private_mail(cell, public_hosts)


def is_within(host: str, domains: Collection[str]) -> bool:
    """Whether ``host`` is one of ``domains`` or lies below one."""
    return any(f".{host.lower()}".endswith(f".{domain}") for domain in domains)
