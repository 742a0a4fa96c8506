"""Vietnamese text: cleaning, folding, tone placement, comparing typed diacritics, taking accents off for SMS."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from bot.core.sms import GSM7

MAX_MARKS = 8
"""Combining marks kept on one letter. Vietnamese needs two; thousands make normalising quadratic."""

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_NGA, _HOI = "\u0303", "\u0309"
_STROKE = "\u0335"
_VOWELS = "aăâeêioôơuưy"
_LONGEST_SYLLABLE = len("nghiêng")

_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff]"
)
_MARK_HEAP = re.compile(rf"[^\w\s!-~]{{{MAX_MARKS + 1},}}")
_WORD = re.compile(r"[0-9a-z]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKED_LETTER = re.compile(r"([^\u0300-\u036f])([\u0300-\u036f]*)")
_RAISED = re.compile(r"(?<=\d)(?:(?P<power>[⁰¹²³⁴-⁹]+)|[¼-¾⅐-⅞])")

_UNTONED = {unicodedata.normalize("NFC", vowel + tone): (vowel, tone) for vowel in _VOWELS for tone in _TONES}
_SYLLABLE = re.compile(rf"((?:gi|qu)(?=[{_VOWELS}])|[^{_VOWELS}]*)([{_VOWELS}]+)([^{_VOWELS}]*)")
_GLIDES = ("oa", "oe", "uy")


def clean(text: str) -> str:
    """``text`` in NFC and safe for any database, terminal and index. Never raises; cleaning twice changes nothing.

    Every kind of line end becomes ``\\n``; tabs stay; other control characters, lone surrogates and characters that
    cannot be seen (zero-width spaces, direction marks) are removed, as are combining marks beyond :data:`MAX_MARKS`.
    """
    plain = text.isprintable() and unicodedata.is_normalized("NFC", text) and not _MARK_HEAP.search(text)
    return text.strip() if plain else _clean_thoroughly(text)  # nearly all texts are plain, and all come by here


def _clean_thoroughly(text: str) -> str:
    visible = _INVISIBLE.sub("", _LINE_END.sub("\n", text))
    return unicodedata.normalize("NFC", _MARK_HEAP.sub(_thin, visible)).strip()


def _thin(heap: re.Match[str]) -> str:
    kept: list[str] = []
    height = 0
    for char in heap.group():
        height = height + 1 if unicodedata.combining(char) else 0
        if height <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def count_units(text: str) -> int:
    """How long ``text`` is in UTF-16, as some apps count it: most letters are one unit, an emoji two or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fold(text: str) -> str:
    """``text`` in lower case without diacritics; đ becomes d. Folding twice changes nothing.

    Each character folds by itself, so a precomposed (NFC) Vietnamese text keeps its length and positions.
    """
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def _fold_character(char: str) -> str:
    caseless = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    plain = "".join(c for c in caseless if not unicodedata.combining(c))
    # ð is no Vietnamese letter, but old converters leave it where đ was
    return plain.replace("đ", "d").replace("ð", "d")


def tokens(text: str) -> tuple[str, ...]:
    """The folded words of ``text``, without punctuation."""
    return tuple(_WORD.findall(fold(text)))


def normalise(text: str) -> str:
    """``text`` in NFC and lower case with every tone mark where modern spelling puts it.

    "hòa" and "hoà", "thủy" and "thuỷ", "qúy" and "quý" become equal; words that are no Vietnamese syllable stay.
    """
    lower = unicodedata.normalize("NFC", text.lower())
    return lower if lower.isascii() else _LETTERS.sub(lambda word: _place_tone(word.group()), lower)


def _place_tone(word: str) -> str:
    return word if len(word) > _LONGEST_SYLLABLE else _place_syllable_tone(word)


@lru_cache(maxsize=8192)  # Vietnamese has about 7,000 syllables
def _place_syllable_tone(word: str) -> str:
    tones = [_UNTONED[letter][1] for letter in word if letter in _UNTONED]
    plain = "".join(_UNTONED[letter][0] if letter in _UNTONED else letter for letter in word)
    syllable = _SYLLABLE.fullmatch(plain)
    if len(tones) != 1 or syllable is None:
        return word
    bearer = syllable.start(2) + _tone_position(syllable[2], closed=bool(syllable[3]))
    return unicodedata.normalize("NFC", plain[: bearer + 1] + tones[0] + plain[bearer + 1 :])


def _tone_position(vowels: str, *, closed: bool) -> int:
    """Which of ``vowels`` bears the tone: the last with a hat or horn, else it depends on the shape of the syllable."""
    marked = [position for position, vowel in enumerate(vowels) if vowel not in "aeiouy"]
    if marked:
        return marked[-1]
    if closed:
        return len(vowels) - 1
    return 1 if len(vowels) > 2 or vowels in _GLIDES else 0


def contradicts(typed: str, word: str) -> bool:
    """Whether the diacritics in ``typed`` say that ``word`` cannot be meant.

    Missing diacritics say nothing, present ones must be in ``word``: hats, horns and the stroke of đ letter by letter,
    the tone anywhere in the same word (its place is a matter of taste); hỏi and ngã count as one, as half of the
    country speaks. Other letters contradict too; case, NFC or NFD and the amount of white space do not.
    """
    mine, theirs = typed.split(), word.split()
    return len(mine) != len(theirs) or any(map(_word_contradicts, mine, theirs))


def _word_contradicts(typed: str, word: str) -> bool:
    mine, theirs = _marked_letters(typed), _marked_letters(word)
    if [letter for letter, _ in mine] != [letter for letter, _ in theirs]:
        return True
    tones = {mark for _, marks in theirs for mark in marks if mark in _TONES}
    return any(
        mark not in (tones if mark in _TONES else expected)
        for (_, marks), (_, expected) in zip(mine, theirs, strict=True)
        for mark in marks
    )


def _marked_letters(word: str) -> list[tuple[str, str]]:
    apart = unicodedata.normalize("NFD", word.lower()).replace("đ", "d" + _STROKE)
    return _MARKED_LETTER.findall(apart.replace(_HOI, _NGA))


def unaccent(text: str) -> str:
    """``text`` as one writes it without diacritics: case and punctuation stay, every character is in GSM-7.

    Typographic signs become their typewriter form ("–" is "-", "km²" "km2", but "10²" "10^2" and "1½" "1 1/2": a value
    is never altered); what can only be seen (emoji, marks) disappears; letters of other scripts become "?".
    """
    if text.isascii() and GSM7.issuperset(text):
        return text
    apart = _RAISED.sub(lambda raised: f"{'^' if raised['power'] else ' '}{raised.group()}", text)
    return apart.translate(_UNACCENTED)


def _unaccent_character(char: str) -> str:
    if char in _TYPEWRITTEN:
        return _TYPEWRITTEN[char]
    decomposed = unicodedata.normalize("NFKD", char)
    plain = "".join(_TYPEWRITTEN.get(c, c) for c in decomposed if not unicodedata.combining(c))
    if GSM7.issuperset(plain):
        return plain
    return _BY_CATEGORY.get(unicodedata.category(char), "" if unicodedata.category(char)[0] in "CMS" else "?")


_TYPEWRITTEN = (
    dict(zip("đĐðÐ₫°µμ×÷⁄¦`\t\f\x85\u2028\u2029", "dDdDdouux//|' \n\n\n\n", strict=True))
    | dict.fromkeys("‐‑‒–—―−•·▪●◦∙‣➢", "-")
    | dict.fromkeys("“”„‟«»″〝〞", '"')
    | dict.fromkeys("‘’‚‛′´ʼˈ‹›", "'")
    | {"…": "...", "©": "(c)", "®": "(R)", "‰": "o/oo", "≈": "~", "→": "->", "←": "<-", "⇒": "=>"}
    | {"≤": "<=", "≥": ">=", "≠": "!=", "±": "+/-"}
)
_BY_CATEGORY = {"Pd": "-", "Ps": "(", "Pe": ")", "Pi": '"', "Pf": '"', "Zs": " "}


_COMMON = (*range(0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00), *range(0x2000, 0x2070))


class _PerCharacter(dict[int, str]):
    """A table for str.translate: common characters are looked up, the rest of Unicode is worked out each time."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        super().__init__({codepoint: convert(chr(codepoint)) for codepoint in _COMMON})
        self._convert = convert

    def __missing__(self, codepoint: int) -> str:
        return self._convert(chr(codepoint))


_FOLDED = _PerCharacter(_fold_character)
_UNACCENTED = _PerCharacter(_unaccent_character)
