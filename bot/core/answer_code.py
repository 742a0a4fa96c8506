"""The short code of an answer, made to survive being read aloud, written down and typed on a phone.

Symbols are digits of a number base 29, a prime, without look-alikes (0 O, 1 I L, 5 S, 2 Z). The last symbol makes the
sum of position x symbol, counted from the right, divisible by 29: as no position reaches 29, every single wrong symbol
and every exchange of two different symbols changes the remainder and is detected.
"""

from hashlib import sha256
from itertools import count

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXY"
SHORTEST, LONGEST = 5, 9

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}


def make_code(identity: str, length: int = SHORTEST) -> str:
    """The code of the answer named by ``identity``: always the same, with a digit and a letter inside.

    When another answer has it already, the caller asks for one symbol more. Raises ValueError unless
    ``SHORTEST <= length <= LONGEST``.
    """
    if not SHORTEST <= length <= LONGEST:
        raise ValueError(f"An answer code has {SHORTEST} to {LONGEST} symbols, not {length}.")
    candidates = (_candidate(identity, length, attempt) for attempt in count())
    return next(code for code in candidates if _is_mixed(code))


def is_code(text: str) -> bool:
    """Whether ``text`` alone, in any case, is a well-formed code whose check symbol is right."""
    code = normalise_code(text)
    known = SHORTEST <= len(code) <= LONGEST and all(symbol in _VALUES for symbol in code)
    return known and _is_mixed(code) and _weigh(code) == 0


def normalise_code(text: str) -> str:
    """``text`` as codes are stored: upper case, nothing around it. Nothing is guessed."""
    return text.strip().upper()


def _candidate(identity: str, length: int, attempt: int) -> str:
    digest = sha256(f"{length}:{attempt}:{identity}".encode("utf-8", "surrogatepass")).digest()
    number, payload = int.from_bytes(digest, "big"), ""
    for _ in range(length - 1):
        number, value = divmod(number, len(ALPHABET))
        payload += ALPHABET[value]
    return payload + ALPHABET[-_weigh(payload + ALPHABET[0]) % len(ALPHABET)]


def _weigh(code: str) -> int:
    return sum(place * _VALUES[symbol] for place, symbol in enumerate(reversed(code), start=1)) % len(ALPHABET)


def _is_mixed(code: str) -> bool:
    return any(symbol.isdigit() for symbol in code) and any(symbol.isalpha() for symbol in code)
