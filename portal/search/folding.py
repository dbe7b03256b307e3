"""Words without case, accents and marks, so that "Lodz" finds "Łódź"; and such words found again in the original."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

_EXTRA = str.maketrans({
    "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "ŋ": "n", "ŧ": "t",
    "ə": "e", "ґ": "г", "ς": "σ", "ʼ": " ",
})  # fmt: skip
_FLYING_POINT = "·"  # between two l of Catalan; elsewhere it sets words apart
_NO_WORD = re.compile(r"[\W_]+")
# Letters of Europe's alphabets; what else folds to something else is found, but not marked in excerpts.
_BLOCKS = (
    range(0x0345, 0x0346), range(0x00C0, 0x0250), range(0x0259, 0x025A), range(0x0370, 0x0530), range(0x1E00, 0x2000),
)  # fmt: skip
_FIRST = re.compile(r"\[[^\]\\]+\]")
_BEGINS = r"(?<![^\W_].)"  # the letter before this one is none of a word
_MARKS = "[\u0300-\u036f]*"


def fold(text: str) -> str:
    """Words joined by single spaces: lower case, no accents, no marks. Folding twice changes nothing."""
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(letter for letter in text if not unicodedata.combining(letter)).translate(_EXTRA)
        text = text.replace(f"l{_FLYING_POINT}l", "ll")
    return _NO_WORD.sub(" ", text).strip()


@functools.cache
def _spellings() -> dict[str, str]:
    """What the letters of the original look like, for one or two folded ones: "e" to "éè…", "ss" to "ß"."""
    found: dict[str, str] = {}
    for block in _BLOCKS:
        for letter in map(chr, block):
            folded = fold(letter)
            if folded != letter and 1 <= len(folded) <= 2 and " " not in folded:
                found[folded] = found.get(folded, "") + letter
    return found


def pattern(words: Iterable[str], *, prefix: bool = False) -> str:
    """A regular expression for a phrase of folded words in an unfolded text, in either case.

    That it begins a word is asked after its first letter: an expression that begins with letters is several times
    quicker to find.
    """
    whole = r"[\W_]+".join(_word_pattern(word) for word in words) + ("" if prefix else r"(?![^\W_])")
    first = _FIRST.match(whole)
    return f"{first[0]}{_BEGINS}{whole[first.end() :]}" if first else rf"(?<![^\W_]){whole}"


def _word_pattern(word: str) -> str:
    spellings, parts, place = _spellings(), [], 0
    while place < len(word):
        letter, pair = word[place], word[place : place + 2]
        if len(pair) == 2 and pair in spellings:
            parts.append(f"(?:[{spellings[pair]}]|{_either(letter)}{_MARKS}{_either(pair[1])}){_MARKS}")
        else:
            point = f"{_FLYING_POINT}?" if pair == "ll" else ""
            pair = letter
            parts.append(_either(letter) + _MARKS + point)
        place += len(pair)
    return "".join(parts)


def _either(letter: str) -> str:
    upper = letter.upper()
    return f"[{re.escape(letter)}{upper if len(upper) == 1 else ''}{_spellings().get(letter, '')}]"


def shortened(word: str) -> set[str]:
    """The word, and what is left of it without one of its letters."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def is_one_slip(typed: str, word: str) -> bool:
    """Whether one is the other with a letter too many, too few, wrong, or two in the wrong order."""
    short, long = sorted((typed, word), key=len)
    if typed == word or len(long) - len(short) > 1:
        return False
    place = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[place:] == long[place + 1 :]
    swapped = long[place + 1 : place + 2] + long[place : place + 1]
    return short[place + 1 :] == long[place + 1 :] or short[place:] == swapped + long[place + 2 :]
