"""Lines of keys are those an editor shows."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bot.positions import only_strings, toml_lines

TEXT = '''\
# comment with [brackets] = "x"
title.en = "a"

[plain]
x = """
[not.a.table]
y = 1
"""
z = [
  "one",  # comment
  { k = 1,
    l = 2 },
]

[[list]]
a = 1
[[list.inner]]
b = 'it''s'
[[list]]
a = 3.14
"quoted key" = 2026-11-22
'''.replace("'it''s'", "'its'")


def test_every_key_has_its_line():
    lines = toml_lines(TEXT)

    assert lines["title", "en"] == 2
    assert lines["plain", "x"] == 5
    assert lines["plain", "z"] == 9
    assert lines["plain", "z", 0] == 10
    assert ("plain", "y") not in lines
    assert lines["list", 0, "inner", 0, "b"] == 18
    assert lines["list", 1, "a"] == 20
    assert lines["list", 1, "quoted key"] == 21


def test_only_strings_are_left_and_every_line_stays():
    kept = only_strings(TEXT)

    assert kept.count("\n") == TEXT.count("\n")
    assert '"one"' in kept
    assert "comment" not in kept
    assert "plain" not in kept


@given(st.text(alphabet="ab[]{}=,.\"'\n# 1", max_size=60))
def test_any_valid_toml_has_lines_for_its_keys(text):
    try:
        parts = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return

    lines = toml_lines(text)

    assert {(key,) for key in parts} <= set(lines)
