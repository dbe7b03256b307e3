"""Cleaned HTML as the blocks that portal/typst/document.typ draws: plain lists and dictionaries, no typst."""

from __future__ import annotations

import re
from urllib.parse import quote

from portal.html_tree import BadMarkup, Node, parse
from portal.pdf import language_and_region
from portal.pdf_blocks import SPACE, Block, Inline, anchored, tidy, without_links

_INLINE = frozenset({"a", "em", "strong", "code", "br", "sup", "sub", "span", "abbr", "cite", "q", "img", "small"})
_PLAIN = frozenset({"div", "section", "article", "header", "li", "dt", "dd", "summary", "figcaption", "p"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_REPEATED = frozenset({*_HEADINGS, "thead"})
_BOXES = frozenset({"admonition", "aside", "wash"})
_SAME_KIND = {"em": "em", "cite": "em", "strong": "strong", "sup": "sup", "sub": "sub", "q": "q"}
_FOOTNOTE = re.compile(r"\bfn(ref\d*)?:")
KNOWN = (
    _INLINE | _PLAIN | frozenset(_HEADINGS)
    | {"ul", "ol", "dl", "pre", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "hr", "details", "figure",
       "aside"}
)  # fmt: skip


def convert(html: str, *, top: int = 2, site: str = "") -> list[Block]:
    """The blocks of well-formed HTML: what portal.text lets through, and sections around it.

    Headings of level ``top`` become the document's first level. Links lead to anchors in the same HTML; those to
    other places of the site lead there only if its address is known (``site``, as PORTAL_BASE_URL). What leads out
    of the document has its address in a footnote, at the first use. What abbreviations stand for is left to whoever
    lists them (``abbreviations``). Nothing else is left out: raises BadMarkup for a tag that nobody has told what
    to become.
    """
    root = parse(html)
    if unknown := {node.tag for node in root.everything()} - KNOWN - {""}:
        tags = ", ".join(f"<{tag}>" for tag in sorted(unknown))
        raise BadMarkup(f"{tags} has no place in a document yet: portal/pdf_text.py must say what it becomes.")
    converter = _Converter(root, top, site.rstrip("/"))
    blocks = converter.blocks(root)
    return without_links(blocks, converter.unplaced) if converter.unplaced else blocks


def abbreviations(html: str) -> dict[str, str]:
    """What is written out of each abbreviation in the HTML, in the order of first use."""
    found: dict[str, str] = {}
    for node in parse(html).everything():
        if node.tag == "abbr" and node.attributes.get("title"):
            found.setdefault(node.words(), node.attributes["title"])
    return found


class _Converter:
    """Blocks hold blocks or inline content; a run of inline content between blocks is a paragraph."""

    def __init__(self, root: Node, top: int, site: str) -> None:
        self.top, self.site = top, site
        everything = root.everything()
        ids = {node.attributes["id"] for node in everything if "id" in node.attributes}
        links = {node.attributes.get("href", "") for node in everything if node.tag == "a"}
        # Headings and heads of tables are repeated; a footnote is where its number is.
        repeated = {one.attributes.get("id") for node in everything if node.tag in _REPEATED for one in node.below()}
        wanted = {link[1:] for link in links if link[:1] == "#"}
        self.targets = {anchor for anchor in wanted & ids - repeated if not _FOOTNOTE.search(anchor)}
        self.unplaced = set(self.targets)  # an author may give an id twice: the first one counts
        self.footnotes = {
            item.attributes["id"]: item
            for node in everything
            if "footnote" in node.classes
            for item in node.everything()
            if item.tag == "li" and "fn:" in item.attributes.get("id", "")
        }
        self.noted: set[str] = set()  # footnotes and addresses that have had their note
        self.level = 0  # of the last heading
        self.no_notes = 0  # inside headings and heads of tables, which are repeated elsewhere

    # Blocks

    def blocks(self, node: Node) -> list[Block]:
        found: list[Block] = []
        run: list[Inline] = []

        def end_run() -> None:
            if content := tidy(run):
                found.append({"t": "p", "c": content})
            run.clear()

        for child in node.children:
            if isinstance(child, str) or child.tag in _INLINE:
                run += self.inline(child)
            else:
                end_run()
                found += self.marked(child, self.block(child))
        end_run()
        return found

    def block(self, node: Node) -> list[Block]:
        tag, classes = node.tag, node.classes
        if tag in _HEADINGS:
            if not (content := self.bare(node)):
                return []
            # PDF/UA refuses a level that is skipped.
            self.level = min(max(1, _HEADINGS[tag] - self.top + 1), self.level + 1)
            return [{"t": "h", "level": self.level, "c": content}]
        if tag in ("ul", "ol"):
            return self.footnote_list(node) if self.holds_footnotes(node) else [self.items(node)]
        if tag == "dl":
            return self.definitions(node)
        if tag == "table":
            return [self.table(node)]
        if tag == "pre":
            return [{"t": "pre", "c": node.words().rstrip("\n")}]
        if tag == "hr":
            return [{"t": "hr"}]
        if tag == "figure":
            return [self.figure(node)]
        if tag == "blockquote":
            return [{"t": "quote", "c": self.blocks(node), "by": []}]
        if tag == "details":
            return [{"t": "box", "c": self.with_title(node, "summary")}]
        if classes & _BOXES:
            return [{"t": "box", "c": self.with_title(node, "admonition-title")}]
        if tag == "p" and "ask" in classes:
            return [{"t": "ask", "c": tidy(self.inlines(node))}]
        if "footnote" in classes:
            lists = [child for child in node.nodes() if child.tag != "hr"]
            return [block for child in lists for block in self.block(child)]
        return self.blocks(node)

    def items(self, node: Node) -> Block:
        items = [self.marked(child, self.blocks(child)) for child in node.nodes() if child.tag == "li"]
        # What stands between the items, if anybody wrote that: an item of its own.
        rest = Node("li", {}, [child for child in node.children if isinstance(child, str) or child.tag != "li"])
        items += [blocks] if (blocks := self.blocks(rest)) else []
        if node.tag == "ul":
            return {"t": "ul", "items": items}
        start = node.attributes.get("start", "")
        return {"t": "ol", "items": items, "start": int(start) if start.isascii() and start.isdigit() else 1}

    def definitions(self, node: Node) -> list[Block]:
        """Terms with what they mean; a term without a meaning of its own shares the next one's."""
        items: list[Block] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag == "dt":
                term = self.inline(Node("span", child.attributes, child.children))
                items.append({"term": tidy(term), "c": []})
            else:
                part = Node("dd", {}, [child]) if isinstance(child, str) else child
                content = self.marked(part, self.blocks(part))
                if content and not items:
                    items.append({"term": [], "c": []})
                if content:
                    items[-1]["c"] += content
        return [{"t": "dl", "items": items}]

    def table(self, node: Node) -> Block:
        heads: list[list[Block]] = []
        rows: list[list[Block]] = []
        for part in _elements(node):
            of_part = _elements(part) if part.tag in ("thead", "tbody") else [part]
            self.no_notes += part.tag == "thead"
            for row in of_part:
                cells = _elements(row) if row.tag == "tr" else [row]
                (heads if part.tag == "thead" else rows).append([self.cell(cell) for cell in cells])
            self.no_notes -= part.tag == "thead"
        columns = max((len(row) for row in [*heads, *rows]), default=1) or 1
        empty: Block = {"c": [], "head": False}
        full = [[*row, *[empty] * (columns - len(row))] for row in [*heads, *rows]]
        return {"t": "table", "columns": columns, "head": full[: len(heads)], "rows": full[len(heads) :]}

    def cell(self, node: Node) -> Block:
        return {"c": self.marked(node, self.blocks(node)), "head": node.tag == "th"}

    def figure(self, node: Node) -> Block:
        captions = [child for child in node.nodes() if child.tag == "figcaption"]
        rest = Node("div", {}, [child for child in node.children if child not in captions])
        by = tidy([one for caption in captions for one in [*self.inlines(caption), " "]])
        return {"t": "quote" if "voice" in node.classes else "figure", "c": self.blocks(rest), "by": by}

    def with_title(self, node: Node, title: str) -> list[Block]:
        """The blocks, with the one that names them in bold."""
        found: list[Block] = []
        for child in node.children:
            part = Node("div", {}, [child])
            if isinstance(child, Node) and (child.tag == title or title in child.classes):
                content = tidy(self.inlines(child))
                found += self.marked(child, [{"t": "p", "c": [{"t": "strong", "c": content}], "sticky": True}])
            elif isinstance(child, Node) or child.strip():
                found += self.blocks(part)
        return found

    def marked(self, node: Node, blocks: list[Block]) -> list[Block]:
        """The blocks with the anchor and the language of the element they came from."""
        if (anchor := node.attributes.get("id", "")) in self.unplaced:
            self.unplaced.remove(anchor)
            blocks = anchored(anchor, blocks)
        language = _language(node)
        return [{"t": "lang", **language, "c": blocks}] if language and blocks else blocks

    # Inline content

    def inlines(self, node: Node) -> list[Inline]:
        """Inline content of whatever the element holds; blocks in it are parted by spaces."""
        return [one for child in node.children for one in self.inline(child)]

    def inline(self, child: Node | str) -> list[Inline]:
        if isinstance(child, str):
            return [child]
        content = self._inline(child)
        anchor = child.attributes.get("id", "")
        if anchor in self.unplaced:
            self.unplaced.remove(anchor)
            content = [{"t": "anchor", "id": anchor}, *content]
        language = _language(child)
        return [{"t": "lang", **language, "c": content}] if language else content

    def _inline(self, node: Node) -> list[Inline]:
        tag = node.tag
        if tag == "br":
            return [{"t": "br"}]
        if tag == "img":
            words = node.attributes.get("alt", "").strip()
            return [{"t": "em", "c": [f"[{words}]"]}] if words else []
        if tag == "code":
            return [{"t": "code", "c": SPACE.sub(" ", node.words())}]
        if tag == "a":
            return self.link(node)
        if tag == "sup" and any("footnote-ref" in one.classes for one in node.below()):
            return self.inlines(node)
        if tag in _SAME_KIND:
            return [{"t": _SAME_KIND[tag], "c": self.inlines(node)}]
        if tag in _INLINE:
            return self.inlines(node)
        return [" ", *self.inlines(node), " "]

    def link(self, node: Node) -> list[Inline]:
        target = node.attributes.get("href", "")
        if "footnote-backref" in node.classes:
            return []
        if "footnote-ref" in node.classes and target[1:] in self.footnotes:
            return [] if self.no_notes else [self.footnote(target[1:])]
        content = self.inlines(node)
        if self.no_notes or not target:
            return content
        if target.startswith("#"):
            return [{"t": "ref", "id": target[1:], "c": content}] if target[1:] in self.targets else content
        inside = target.startswith("/")
        address = self.site + target if inside else target
        leads = bool(self.site) or not inside
        link = [{"t": "link", "to": quote(address, safe="/:?#[]@!$&'()*+,;=%~"), "c": content}] if leads else content
        shown = address.removeprefix("mailto:")
        if address in self.noted or shown == node.words().strip():
            return link
        self.noted.add(address)
        return [*link, {"t": "note", "c": [{"t": "p", "c": [shown]}]}]

    def bare(self, node: Node) -> list[Inline]:
        """Inline content without links and notes, since tables of contents repeat it; a footnote stays unused then."""
        self.no_notes += 1
        content = tidy(self.inlines(node))
        self.no_notes -= 1
        return content

    # Footnotes

    def footnote(self, name: str) -> Inline:
        if name in self.noted:
            return {"t": "again", "id": name}
        self.noted.add(name)
        return {"t": "note", "id": name, "c": self.blocks(self.footnotes[name])}

    def holds_footnotes(self, node: Node) -> bool:
        return any(child in self.footnotes.values() for child in node.nodes())

    def footnote_list(self, node: Node) -> list[Block]:
        """Footnotes that no text has called for; the others stand on the pages that did."""
        left = [child for child in node.nodes() if child.attributes.get("id") not in self.noted]
        return [{"t": "ul", "items": [self.blocks(child) for child in left]}] if left else []


def _elements(node: Node) -> list[Node]:
    """What the node holds; words without an element get one."""
    wrapped = [Node("div", {}, [child]) if isinstance(child, str) else child for child in node.children]
    return [one for one in wrapped if one.tag != "div" or one.words().strip()]


def _language(node: Node) -> dict[str, str]:
    """``lang``, ``region`` and ``dir`` of an element, as far as it has them."""
    code = language_and_region(node.attributes.get("lang", ""))
    found = {"lang": code[0], **({"region": code[1]} if code[1] else {})} if code else {}
    direction = node.attributes.get("dir", "").lower()
    return found | ({"dir": direction} if direction in ("ltr", "rtl") else {})
