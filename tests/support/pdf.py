"""What a screen reader finds in a PDF: its elements in order, with their words."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import pikepdf

_HEX = re.compile(r"<([0-9A-Fa-f]+)>")


@dataclass
class Element:
    tag: str
    parts: list[Element | str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    spoken: list[tuple[str, str]] = field(default_factory=list)  # of the whole: words in a language of their own

    @property
    def words(self) -> str:
        return "".join(part if isinstance(part, str) else part.words for part in self.parts)

    @property
    def children(self) -> list[Element]:
        return [part for part in self.parts if isinstance(part, Element)]

    def below(self, *tags: str) -> list[Element]:
        own = [self] if self.tag in tags else []
        return [*own, *(one for child in self.children for one in child.below(*tags))]


def read(content: bytes) -> Element:
    """The tree of elements. Page numbers and lines are no part of it: they are marked as decoration."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        spoken: list[tuple[str, str]] = []
        words = {page.objgen: _words_of(page, spoken) for page in pdf.pages}
        tree = _element(pdf.Root.StructTreeRoot, words, None)
        tree.spoken = spoken
        return tree


def text(element: Element) -> str:
    """What is read in one go: without footnotes, and without the numbers and dots of lists and notes."""
    if element.tag == "Note" or (element.tag == "Lbl" and re.fullmatch(r"[\d.•‣–*]*", element.words)):
        return ""
    return "".join(part if isinstance(part, str) else text(part) for part in element.parts)


def letters(words: str) -> str:
    """Without white space and what only shapes lines, which paper breaks where it must."""
    return re.sub(r"[\s\u00ad\u200b\u2060]+", "", words)


def _element(node, words, page) -> Element:
    page = node.get("/Pg", page)
    found = Element(str(node.get("/S", "/")).lstrip("/"))
    found.attributes = {key: str(node[key]) for key in ("/Lang", "/Alt", "/E") if key in node}
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR":
            continue
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/MCR":
            found.parts.append(words[kid.get("/Pg", page).objgen].get(int(kid.MCID), ""))
        elif isinstance(kid, pikepdf.Dictionary):
            found.parts.append(_element(kid, words, page))
        else:
            found.parts.append(words[page.objgen].get(int(kid), ""))
    return found


def _words_of(page, spoken) -> dict[int, str]:
    """By marked content of the page; what is in another language goes to ``spoken``, too."""
    fonts = {name: _letters_of(font) for name, font in page.Resources.get("/Font", {}).items()}
    words: dict[int, str] = {}
    marks: list[tuple[int | None, str | None]] = []  # number, and what stands for the letters inside
    font: dict[int, str] = {}
    languages: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            given = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else {}
            instead = str(given["/ActualText"]) if "/ActualText" in given else None
            number = int(given["/MCID"]) if "/MCID" in given else None
            inherited = marks[-1][0] if marks else None
            number = inherited if number is None and str(operands[0]) != "/Artifact" else number
            if number is not None and "/Lang" in given:
                languages[number] = str(given["/Lang"])
            marks.append((number, "" if instead is not None else (marks[-1][1] if marks else None)))
            if instead and number is not None:
                words[number] = words.get(number, "") + instead
        elif name == "EMC":
            marks.pop()
        elif name == "Tf":
            font = fonts[str(operands[0])]
        elif name in ("Tj", "TJ") and marks and marks[-1][0] is not None and marks[-1][1] is None:
            parts = operands[0] if name == "TJ" else [operands[0]]
            shown = "".join(_decoded(bytes(part), font) for part in parts if isinstance(part, pikepdf.String))
            words[marks[-1][0]] = words.get(marks[-1][0], "") + shown
    spoken += [(language, words[number]) for number, language in languages.items() if number in words]
    return words


def _decoded(codes: bytes, font: dict[int, str]) -> str:
    return "".join(font[int.from_bytes(codes[at : at + 2], "big")] for at in range(0, len(codes), 2))


def _letters_of(font) -> dict[int, str]:
    """What each glyph stands for, from the font's own table."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for part in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        codes = _HEX.findall(part)
        found |= {int(code, 16): _utf16(text) for code, text in zip(codes[::2], codes[1::2], strict=True)}
    for part in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", part):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = _utf16(f"{int(text, 16) + step:0{len(text)}x}")
    return found


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be")
