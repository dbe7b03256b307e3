"""Well-formed HTML as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img"})


class BadMarkup(ValueError):
    """HTML that is not well formed, or that the caller has no use for; the text says which."""


def parse(html: str) -> Node:
    """A node without a tag that holds everything; comments are left out. Raises BadMarkup."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    if len(parser.open) > 1:
        raise BadMarkup(f"<{parser.open[-1].tag}> is not closed.")
    return parser.open[0]


@dataclass(eq=False)
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def nodes(self) -> list[Node]:
        return [child for child in self.children if isinstance(child, Node)]

    def everything(self) -> list[Node]:
        """The node and all below it, in the order of the HTML."""
        return [self, *self.below()]

    def below(self) -> list[Node]:
        return [one for child in self.nodes() for one in child.everything()]

    def words(self) -> str:
        return "".join(child if isinstance(child, str) else child.words() for child in self.children)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open[-1].tag != tag:
            raise BadMarkup(f"</{tag}> closes <{self.open[-1].tag}>.")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
