"""A card's Markdown as our small HTML, and the parts of Markdown that a chat cannot show as faults.

Works on the tree of markdown-it-py. How cards make a module, and what a check question needs, is in `content`.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

LISTS_IN_LISTS = 2
_LIKE_A_PICTURE = re.compile(r"!\[[^\]]*\]\s?\(")
_INLINE = {"strong": "b", "em": "i", "s": "s"}
_REFUSED = {
    "image": (
        "A card shows one picture, alone on the first line below its title.",
        "Move it there, with a blank line after it, or take it out.",
    ),
    "html_block": ("HTML tags do not work in cards.", "Use **bold** and *italic*."),
    "html_inline": ("HTML tags do not work in cards.", "Use **bold** and *italic*."),
    "table": ("Tables do not fit on a phone.", "Write a list instead."),
    "code_block": (
        "This line is indented by four spaces or a tab, which Markdown takes for code.",
        "Begin it at the left edge.",
    ),
    "fence": ("Blocks of code do not belong in cards.", "Take out the ``` marks."),
    "hr": ("A line of dashes does not work inside a card.", "Begin a new card with ## instead."),
    "blockquote": (
        "A quote (>) is the feedback of a check question, and this is none.",
        "Take out the >, or put a task list above it.",
    ),
    "heading": (
        "Only ## makes a heading (it begins a card); a line of = or - below words makes one too.",
        "Write ## before it, make it bold, or leave a blank line between.",
    ),
}


@dataclass(frozen=True)
class Fault:
    """Something in the body that cannot be shown, and its line within the body (from 0)."""

    line: int
    what: str
    mend: str


def parsed(body: str) -> list[SyntaxTreeNode]:
    """The blocks of a module's body."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return list(SyntaxTreeNode(reader.parse(body)).children)


def line_of(node: SyntaxTreeNode) -> int:
    """Where a node stands: the line of the nearest block around it."""
    here: SyntaxTreeNode | None = node
    while here is not None:
        if here.map is not None:
            return here.map[0]
        here = here.parent
    return 0


def faults(nodes: Iterable[SyntaxTreeNode], *, depth: int = 0) -> Iterator[Fault]:
    """Everything in these nodes that a card cannot show."""
    for node in nodes:
        fault = _fault(node, depth)
        if fault is not None:
            yield fault
            continue
        inner = depth + (node.type in ("bullet_list", "ordered_list"))
        yield from faults(node.children, depth=inner)


def _fault(node: SyntaxTreeNode, depth: int) -> Fault | None:
    if node.type in _REFUSED:
        return Fault(line_of(node), *_REFUSED[node.type])
    if node.type == "text" and _LIKE_A_PICTURE.search(node.content):
        mend = "Write `![what it shows](pictures/name.png)`, without spaces in the name."
        return Fault(line_of(node), "This looks like a picture and is not written as one.", mend)
    if depth >= LISTS_IN_LISTS and node.type in ("bullet_list", "ordered_list"):
        # markdown-it drops what is nested too deeply without a word, so it must not get that far.
        return Fault(line_of(node), "This list is too deep inside others.", "Write it with fewer levels.")
    if node.type == "link" and not str(node.attrs.get("href", "")).startswith("https://"):
        what = f"The link to {str(node.attrs.get('href', ''))[:60]!r} is not an https address."
        return Fault(line_of(node), what, "Write https:// and the whole address.")
    return None


def lone_picture(block: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """The image of a paragraph that is nothing else."""
    inline = block.children[0].children if block.type == "paragraph" and block.children else []
    return inline[0] if len(inline) == 1 and inline[0].type == "image" else None


def plain_text(node: SyntaxTreeNode) -> str:
    """The words of a node without formatting."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type == "softbreak":
        return " "
    return "\n" if node.type == "hardbreak" else "".join(plain_text(child) for child in node.children)


def rendered(blocks: Iterable[SyntaxTreeNode]) -> str:
    """The blocks as our small HTML, a blank line between two of them."""
    return "\n\n".join(_block(block) for block in blocks)


def _block(node: SyntaxTreeNode, depth: int = 0) -> str:
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node, depth)
    if node.type == "paragraph":
        return _inline(node.children)
    return "\n".join(_block(child, depth) for child in node.children)


def _list(node: SyntaxTreeNode, depth: int) -> str:
    first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    lines: list[str] = []
    for number, item in enumerate(node.children):
        mark = ("•" if not depth else "–") if first is None else f"{first + number}."
        parts = [_block(child, depth + 1) for child in item.children]
        lines.append("   " * depth + f"{mark} " + "\n".join(parts))
    return "\n".join(lines)


def _inline(nodes: Iterable[SyntaxTreeNode]) -> str:
    return "".join(_inline_one(node) for node in nodes)


def _inline_one(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text":
            return html.escape(node.content, quote=False)
        case "code_inline":
            return f"<code>{html.escape(node.content, quote=False)}</code>"
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return f'<a href="{html.escape(str(node.attrs["href"]))}">{_inline(node.children)}</a>'
        case "strong" | "em" | "s":
            tag = _INLINE[node.type]
            return f"<{tag}>{_inline(node.children)}</{tag}>"
        case _:
            return _inline(node.children)
