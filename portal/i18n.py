"""The language of a request, and wordings compiled when the portal starts."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, abort, current_app, g, has_request_context, request
from flask_babel import Babel, get_translations
from markupsafe import Markup

from portal import here, paths

babel = Babel()


def init_app(app: Flask) -> None:
    folder = app.config["DATA_DIR"] / "translations"
    compile_wordings(folder)
    babel.init_app(
        app,
        default_locale=app.config["DEFAULT_LANGUAGE"],
        default_timezone=app.config["TIME_ZONE"],
        default_translation_directories=str(folder),
        locale_selector=language,
    )

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "language" in values:
            asked = values.pop("language")
            known = asked in app.config["LANGUAGES"]
            g.language = asked if known else app.config["DEFAULT_LANGUAGE"]
            g.unknown_language = not known

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = language()

    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["direction"] = direction
    app.jinja_env.globals["_"] = translate
    app.jinja_env.globals["ngettext"] = translate_number


def translate(words: str, /, **values: Any) -> Markup:
    """``_`` of the templates: the words in the language of the page, with values put in and escaped.

    Flask-Babel's own looks everything up anew for each word of a page.
    """
    kept = _kept_words(language())
    text = kept.get(words)
    if text is None:
        text = kept[words] = Markup(get_translations().gettext(words))  # noqa: S704 - words of ours
    return text % values if values else text


def translate_number(one: str, many: str, number: int, /, **values: Any) -> Markup:
    """``ngettext`` of the templates: the words that go with the number, put in as ``num``."""
    kept, key = _kept_words(language()), (one, number)
    text = kept.get(key)
    if text is None:
        text = Markup(get_translations().ngettext(one, many, number))  # noqa: S704 - words of ours
        if abs(number) < 100:
            kept[key] = text
    return text % {"num": number, **values}


@functools.cache
def _kept_words(_language: str) -> dict[Any, Markup]:
    return {}


def direction() -> str:
    """Which way the language is written: "ltr" or "rtl"."""
    return str(_locale(language()).text_direction)


@functools.cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


def refuse_unknown_language() -> None:
    if g.get("unknown_language"):
        abort(404)


def language() -> str:
    """The address says it, else the account, else what the browser asks for, else the site's own."""
    noted = here.noted()
    found: str | None = noted.get("language")
    if found is not None:
        return found
    if not has_request_context():
        return str(current_app.config["DEFAULT_LANGUAGE"])
    languages = current_app.config["LANGUAGES"]
    person = here.person()
    own = person.language if person.is_authenticated else ""
    if own in languages:
        noted.language = own
    else:
        noted.language = request.accept_languages.best_match(languages) or current_app.config["DEFAULT_LANGUAGE"]
    return str(noted.language)


def compile_wordings(folder: Path) -> None:
    """Compile each .po into the data folder where it is newer than what lies there."""
    for source in sorted(paths.TRANSLATIONS.glob("*.po")):
        target = folder / source.stem / "LC_MESSAGES" / "messages.mo"
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".draft")
        with source.open("rb") as words, draft.open("wb") as compiled:
            write_mo(compiled, read_po(words, locale=source.stem))
        draft.replace(target)
