"""Telephone numbers of people: one spelling for each, and the spellings that gateways want (ITU-T E.164)."""

import functools
import re
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberType

HOME = "VN"
Form = Literal["84", "+84", "0"]
"""How a gateway writes a number of this country: after the country code, after a plus, or as people dial it."""

_HOME_CODE = "+84"
_WRITTEN = re.compile(r"[\d .()+-]{6,24}")
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


@functools.lru_cache(10_000)
def read_mobile(number: str) -> str | None:
    """The E.164 form, "+84912345678", of a mobile number written 0…, 84…, +84… or 0084…; None for anything else.

    None also for what only looks like somebody who could read an answer: short codes, names of senders, fixed lines.
    """
    if not _WRITTEN.fullmatch(number):
        return None
    try:
        parsed = phonenumbers.parse(number, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed) or phonenumbers.number_type(parsed) not in _MOBILE:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def write_number(number: str, form: Form) -> str:
    """The E.164 ``number`` in ``form``; what has no national form, a foreign number, keeps its country code."""
    if form == "+84":
        return number
    if form == "0" and number.startswith(_HOME_CODE):
        return f"0{number.removeprefix(_HOME_CODE)}"
    return number.removeprefix("+")
