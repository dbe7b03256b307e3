"""Key words and made-up nicknames."""

from __future__ import annotations

import functools
import re
import secrets
import unicodedata

from mnemonic import Mnemonic

HOW_MANY = 7  # of about 2,000 words each: more than 75 bits together

_LISTS = {"en": "english", "fr": "french", "it": "italian", "es": "spanish", "pt": "portuguese", "cs": "czech"}
# Words that may hurt, give away what the card is for, or be misread by somebody who finds it.
_STOP = {
    "en": frozenset(
        "abuse addict alcohol arrest blade blood crack clean coffin crime crystal cruel cry damage danger dash dead "
        "death die dirt disease doctor dose drip drug dust evil fatal fear fever gun hurt illegal inject jail judge "
        "junk kill knife law lawsuit liar mad monster needle pain pill police poison poverty prison punch rifle "
        "sick slave smoke speed steal suffer surgery tragic trash ugly victim violin wasp weapon weed wound".split()
    ),
}

_FIRST = (
    "Amber Brisk Calm Copper Dawn Early Evening Fern Gentle Golden Green Hazel Honest Ivory Kind Lively Lucky Mellow "
    "Misty Morning Northern Patient Quiet Rainy River Russet Silver Smooth Steady Sunny Velvet Western Winter Wise"
).split()
_SECOND = (
    "Alder Badger Beech Birch Bramble Brook Cedar Clover Crane Curlew Dune Finch Fox Harbour Hare Heron Hill Ibis "
    "Juniper Kestrel Lark Linnet Maple Marten Meadow Moss Otter Owl Pebble Pine Plover Robin Rowan Sparrow Starling "
    "Swallow Swift Thistle Thrush Willow Wren"
).split()


@functools.cache
def word_list(language: str) -> tuple[str, ...]:
    """The words a secret may be made of, in the language or else in English."""
    language = language if language in _LISTS else "en"
    words = Mnemonic(_LISTS[language]).wordlist
    return tuple(word for word in words if word not in _STOP.get(language, frozenset()))


def new_key_words(language: str) -> str:
    return " ".join(secrets.choice(word_list(language)) for _ in range(HOW_MANY))


def plain_words(typed: str) -> str:
    """Key words as they are hashed: lower case, without accents, one space between, whatever stood between them."""
    decomposed = unicodedata.normalize("NFKD", typed.casefold())
    return " ".join(re.findall(r"\w+", "".join(sign for sign in decomposed if not unicodedata.combining(sign))))


def made_up_nickname() -> str:
    return f"{secrets.choice(_FIRST)} {secrets.choice(_SECOND)}"


def fold(nickname: str) -> str:
    """How a nickname is compared: without regard to case, accents' encoding and space."""
    return " ".join(unicodedata.normalize("NFKC", nickname).casefold().split())
