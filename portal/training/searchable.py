"""What is found of training: the learners' part of each module, and the guide through it; the modules published."""

from __future__ import annotations

from collections.abc import Iterator

from portal.config import setting
from portal.feature import PublishedPage, SearchText
from portal.guidance.searchable import plain
from portal.training import library
from portal.training.words import block_words


def _address(language: str, code: str) -> str:
    return f"/{language}/modules/{code}"


def published(language: str) -> Iterator[PublishedPage]:
    """Every module written in this language, in one statement."""
    for module, moment in library.list_dated(language):
        yield PublishedPage(
            key=f"module/{module.code}",
            language=language,
            revision=module.revision,
            title=f"{module.code} {module.title}",
            summary=module.summary,
            address=_address(language, module.code),
            moment=moment,
        )


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
                address=_address(language, module.code),
                place=block_words(module.block),
                written_in=module.language,
            )
