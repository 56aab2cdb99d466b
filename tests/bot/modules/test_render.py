"""Markdown becomes what a chat can show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.modules.render import faults, parsed, plain_text, rendered
from bot.richtext import markup


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("a **b** *c* ~~d~~ `e`", "a <b>b</b> <i>c</i> <s>d</s> <code>e</code>"),
        ("a < b & {c}", "a &lt; b &amp; {c}"),
        ("one\ntwo", "one two"),
        ("one  \ntwo", "one\ntwo"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("- a\n- b", "• a\n• b"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n  - b\n- c", "• a\n   – b\n• c"),
        ("[x](https://e.org/?a=1&b=2)", '<a href="https://e.org/?a=1&amp;b=2">x</a>'),
    ],
)
def test_markdown_is_shown(markdown, shown):
    assert rendered(parsed(markdown)) == shown
    markup(shown)


@given(st.text(max_size=100))
def test_whatever_has_no_fault_can_be_sent(markdown):
    blocks = parsed(markdown)

    if not list(faults(blocks)):
        markup(rendered(blocks))


def test_plain_text_has_no_formatting():
    assert plain_text(parsed("a **b** `c`\nd")[0]) == "a b c d"
