"""PDF from a fixed typst template and data: tagged, PDF/UA-1, the same bytes for the same input.

``document.typ`` draws what ``pdf_text.convert`` makes of HTML; a feature with a form of its own (a certificate) adds
a template beside it. A template reads its data as ``json(bytes(sys.inputs.at("data")))`` and must set a title.
Words reach typst as data only, so nothing that anybody writes is ever read as typst.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from portal.config import setting

TEMPLATES = Path(__file__).parent / "typst"
_MAKER = Path(__file__).parent / "pdf_maker.py"
_SECONDS = 120  # of one document; sixty pages take about one
_KEPT = 200  # documents in the data folder
_one_at_a_time = threading.Lock()


class PdfError(Exception):
    """A document could not be made; the text is what typst said."""


def make_pdf(template: str, data: dict[str, Any], language: str) -> bytes:
    """The document that a template of portal/typst (named without ``.typ``) makes of data that JSON can hold.

    ``data`` is given to the template with ``language`` and ``region`` added. Letters that no font inside typst has
    come out as their names in brackets. Raises PdfError. Made in a process of its own, which gives back the memory.
    """
    lang, region = language_and_region(language) or ("en", None)
    order = {"template": str(TEMPLATES / f"{template}.typ"), "data": {**data, "language": lang, "region": region}}
    # -P: files of ours must not stand in the way of packages of the same name.
    made = subprocess.run(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-P", str(_MAKER)], input=json.dumps(order).encode(), capture_output=True, timeout=_SECONDS
    )
    if made.returncode:
        raise PdfError(made.stderr.decode(errors="replace").strip())
    return made.stdout


def keep_pdf(name: str, content: str, make: Callable[[], bytes]) -> bytes:
    """The PDF of this content: from the data folder, where every worker finds it, else made and put there.

    ``name`` is the document's own, of letters, digits and hyphens: a new content takes the place of the one before.
    For public documents only, since the folder holds them as they are. One is made at a time in each worker.
    """
    folder = Path(setting("DATA_DIR")) / "pdf"
    state = hashlib.sha256(f"{_makers_digest()}\n{content}".encode()).hexdigest()[:32]
    path = folder / f"{name}.{state}.pdf"
    if (kept := _read(path)) is not None:
        return kept
    with _one_at_a_time:
        if (kept := _read(path)) is not None:
            return kept
        made = make()
        folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".draft", delete=False) as draft:
            draft.write(made)
        Path(draft.name).replace(path)
        _tidy(folder, name, path)
    return made


def language_and_region(code: str) -> tuple[str, str | None] | None:
    """("pt", "BR") of "pt-BR" as typst wants them; None for what is no code of a language."""
    language, *rest = code.split("-")
    if not (language.isascii() and language.isalpha() and 2 <= len(language) <= 3):
        return None
    region = next((one.upper() for one in rest if len(one) == 2 and one.isascii() and one.isalpha()), None)
    return language.lower(), region


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _tidy(folder: Path, name: str, newest: Path) -> None:
    """Earlier states of the document go, and the oldest of all beyond the number kept."""
    others = [(_made_at(path), path) for path in folder.glob("*.pdf") if path != newest]
    others.sort(reverse=True)
    for place, (_when, path) in enumerate(others, start=1):
        if path.name.startswith(f"{name}.") or place >= _KEPT:
            path.unlink(missing_ok=True)


def _made_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another worker tidies, too
        return 0


def _makers_digest() -> str:
    """Changes with the templates, the maker and typst itself."""
    files = [_MAKER, *sorted(TEMPLATES.glob("*.typ"))]
    stamps = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    return hashlib.sha256(repr((stamps, version("typst"))).encode()).hexdigest()
