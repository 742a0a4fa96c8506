"""A question without an answer as it may be counted: what was asked for, without politeness, digits or years."""

from bot.search.query import Question
from bot.search.spans import LIGHT

MASKED = "#"
"""What stands for a number, whatever it was."""
MOST_WORDS = 12
"""A longer question is told in somebody's own words, and nobody else will use the same."""

_LONGEST_WORD = 16


def countable(question: Question) -> str:
    """The words of ``question`` that say what was asked for, folded and repaired; empty when it may not be counted.

    Years, politeness and words between are left out, so that people who ask for the same are counted together. A number
    becomes :data:`MASKED`. Nothing is left of a question that is too long, that holds nothing but numbers, or that
    holds what was masked before it was stored, an address of the net, or a word that no language has.
    """
    if "***" in question.text or "@" in question.text:
        return ""
    subjects = [term for term in question.terms if term.weight > LIGHT]
    told = {place for term in subjects for place in range(term.start, term.start + term.length)}
    told |= {place for mention in question.places for place in range(mention.start, mention.end)}
    kept = [question.words[place] for place in sorted(told)]
    words = [MASKED if any(sign.isdigit() for sign in word) else word for word in kept]
    strange = any(len(word) > _LONGEST_WORD for word in words)
    if len(words) > MOST_WORDS or strange or set(words) <= {MASKED}:
        return ""
    return " ".join(words)
