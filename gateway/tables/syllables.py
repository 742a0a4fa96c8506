"""Whether a word can be Vietnamese: how a syllable is built, as evidence for the encoding of a text."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from bot.core.text import normalise

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_RISING_OR_HEAVY = frozenset("\u0301\u0323")
_ONSET = re.compile(r"ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]")
_RIMES_IN_ORDER = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu êng
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc
    op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt ơng
    u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych uyn uynh uyên
    uyêt uyt uyu uyp ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu ych yn ynh yt yu yp
"""
_RIMES = frozenset(_RIMES_IN_ORDER.split())
_OLD_STYLE = ("oa", "oe", "uy", "y")  # "hòa" and "hoà", "quý" and "qúy": the tone may stand on either letter
_STOPS = ("c", "ch", "p", "t")
_WORD = re.compile(r"[^\W\d_]+")


def marked_words(texts: Iterable[str]) -> set[str]:
    """The distinct words of ``texts``, in lower case, that hold letters beyond ASCII."""
    marked = (unicodedata.normalize("NFC", text).lower() for text in texts if not text.isascii())
    found = (word for text in marked for word in _WORD.findall(text))
    return {word for word in found if not word.isascii() and word.isalpha()}


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether ``word`` (lower case, NFC) is built and spelt like a Vietnamese syllable, its diacritics included."""
    decomposed = unicodedata.normalize("NFD", word)
    tones = [mark for mark in decomposed if mark in _TONES]
    plain = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
    if len(tones) > 1:
        return False
    onset = _ONSET.match(plain)
    rime = plain[onset.end() :] if onset else plain
    if onset and onset.group() == "gi" and rime not in _RIMES:
        rime = plain[1:]  # "gì", "giếng": the i belongs to the rime
    if rime not in _RIMES or not _is_spelt(onset.group() if onset else "", rime):
        return False
    if normalise(word) != word and rime not in _OLD_STYLE:
        return False
    return not rime.endswith(_STOPS) or bool(_RISING_OR_HEAVY.intersection(tones))


def _is_spelt(onset: str, rime: str) -> bool:
    """The same sounds are written c, g, ng before most vowels, but k, gh, ngh before the front ones."""
    front = rime[0] in "eêiy"
    return onset not in ({"c", "g", "ng"} if front else {"k", "gh", "ngh"})


def share_of_syllables(words: Iterable[str]) -> float:
    """The share of ``words`` that can be Vietnamese; 0 for none."""
    judged = [is_syllable(word) for word in words]
    return sum(judged) / len(judged) if judged else 0.0
