"""What can be found of training: the learners' part of each module. The guide is found through it."""

from __future__ import annotations

from collections.abc import Iterator

from portal.config import setting
from portal.feature import SearchText
from portal.guidance.searchable import plain
from portal.training import library
from portal.training.words import block_words


def offer() -> Iterator[SearchText]:
    for language in setting("LANGUAGES"):
        for module in library.list_modules(language):
            text = library.get_module(language, module.code)
            if text is None:
                continue
            yield SearchText(
                kind="module",
                key=module.code,
                language=language,
                title=f"{module.code} {module.title}",
                text=" ".join([module.summary, *text.in_short, plain(text.learner)]),
                address=f"/{language}/modules/{module.code}",
                place=block_words(module.block),
                written_in=module.language,
            )
