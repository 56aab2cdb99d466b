"""HTML for the preview's pages. Whatever is not `Html` yet is escaped: content can never become markup."""

import html
from typing import NewType

Html = NewType("Html", str)
"""Markup that may stand on a page as it is."""

_VOID = {"meta", "br", "img"}


def text(words: object) -> Html:
    """Anything as plain words on a page; what no file could hold, such as half an emoji, is shown as "?"."""
    return Html(html.escape(str(words).encode("utf-8", "replace").decode("utf-8")))


def together(*parts: Html, between: str = "") -> Html:
    """The parts one after another; empty ones leave no gap."""
    return Html(between.join(part for part in parts if part))


def element(tag: str, *inside: Html, **attributes: str | int | None) -> Html:
    """An element. `class_` and `for_` lose their last stroke, `aria_label` becomes `aria-label`; None is left out."""
    said = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Html(f"<{tag}{said}>" if tag in _VOID else f"<{tag}{said}>{together(*inside)}</{tag}>")
