"""Modules as staff write them: cards, the check question, translations; and every odd file is a sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.modules.content import read_module, translations_checked
from bot.modules.model import Module
from tests.bot.sample_content import MODULE, MODULE_ES


def module_of(folder, text=MODULE, lang="en", slug="what-stress-does"):
    path = folder / lang / f"{slug}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return read_module(path, lang)


def test_a_good_file_is_a_module(tmp_path):
    file, problems = module_of(tmp_path)

    module = file.module
    assert problems == []
    assert (module.slug, module.track, module.order, module.lang, module.minutes) == (
        "what-stress-does", "stress", 1, "en", 4,
    )  # fmt: skip
    assert [card.title for card in module.cards] == ["Why it matters", "Check yourself", "Try today"]
    assert module.cards[0].body == "Stress is <b>loud</b> &amp; quick.\n\n• one\n• two"
    assert module.cards[1].check.options == ("Waiting", "A slow breath")
    assert module.cards[1].check.right == 1
    assert module.cards[1].check.reply.text == "Either way, a breath helps."
    assert module.check_at == 1
    assert file.card_lines == (12, 18, 26)


def test_a_module_survives_json_and_every_word_changes_its_revision(tmp_path):
    module = module_of(tmp_path)[0].module

    stored = json.loads(json.dumps(module.to_json()))

    assert Module.from_json(stored) == module
    assert Module.from_json(stored).revision == module.revision
    assert Module.from_json(stored | {"title": "x"}).revision != module.revision


@pytest.mark.parametrize(
    ("old", "new", "at", "what", "mend"),
    [
        ("minutes: 4", "minuts: 4", "minuts", "not known", "Did you mean `minutes`?"),
        ("minutes: 4", "minutes: four", "minutes", "not a whole number", "digits"),
        ("minutes: 4", "minutes: 4\nminutes: 5", "minutes: 5", "second time", "Keep one"),
        ("track: stress", "track: stres", "track", 'no track "stres"', "Did you mean `stress`?"),
        ("title: What", "title: &x What", "title", "refused", "quotation"),
        ("summary: One line.", "summary: One: line.", "summary", "not YAML", "quotes"),
        ("- one", "![a](https://x.org/a.png)", "![a]", "shows one picture", "Move it there"),
        ("- one", "[a](http://x.org)", "[a]", "not an https", "https://"),
        ("- one", "[a](javascript:x)", None, None, None),
        ("- one", "<b>a</b>", "<b>", "HTML", "**bold**"),
        ("- one", "# One", "# One", "Only ##", "bold"),
        ("- one", "### One", "### One", "Only ##", "bold"),
        ("- one", "> One", "> One", "A quote", "task list"),
        ("- one", "\tcode\n", "code", "indented", "left edge"),
        ("- one", "|a|b|\n|-|-|\n|1|2|\n", "|a|b|", "Tables", "list"),
        ("- [x] A", "- [ ] A", "- [ ] Waiting", "No answer is marked", "exactly one"),
        ("- [ ] Waiting", "- [x] Waiting", "Waiting", "2 answers are marked", "exactly one"),
        ("- [ ] Waiting\n", "", "- [x]", "has 1 answers", "2 to 4"),
        ("- [ ] Waiting", "- Waiting", "Waiting", "has no box", "- [ ]"),
        ("Waiting", "w" * 61, "www", "61 characters", "button"),
        ("> Either way, **a breath** helps.\n", "", "- [ ] Waiting", "no feedback", "> ..."),
        ("> Either way", "Either way", "Either way", "only the feedback", ">"),
        ("Breathe once.", "- [ ] a\n- [x] b\n\n> c", "## Try today", "second check question", "Keep one"),
        ("Breathe once.", "", "## Try today", "empty", "below"),
        ("Breathe once.", "x" * 4090, "## Try today", "cannot be sent", "Split"),
        ("Breathe once.", "🙂" * 2100, "## Try today", "cannot be sent", "Split"),
        ("Breathe once.", "**a** " * 95, "## Try today", "96 bold, italic", "Format less"),
        ("> Either way", "> " + "x" * 3600, "## Check yourself", "feedback has 36", "Stay under"),
        ("> Either way", "> " + "*a* " * 95, "## Check yourself", "96 bold, italic", "Format less"),
        ("---\n## Why", "---\nHello\n\n## Why", "Hello", "above the first card", "##"),
    ],
)
def test_a_fault_is_named_with_its_line_and_mend(tmp_path, old, new, at, what, mend):
    text = MODULE.replace(old, new, 1)

    file, problems = module_of(tmp_path, text)

    if what is None:  # Markdown itself makes no link of it: it is shown as it is written
        assert file is not None
        return
    assert file is None
    assert any(
        what in problem.what and mend in problem.mend and at in text.splitlines()[problem.line - 1]
        for problem in problems
    ), problems


def test_a_long_card_warns_and_stays_readable(tmp_path):
    file, problems = module_of(tmp_path, MODULE.replace("Breathe once.", "word " * 130))

    assert file is not None
    assert [(problem.line, problem.warning) for problem in problems] == [(26, True)]


def test_a_module_without_cards_or_question_or_front_says_so(tmp_path):
    for text, what in [
        ("", "lines between"),
        ("---\ntitle: x\n", "second `---`"),
        (MODULE[: MODULE.index("## Why")], "There are no cards"),
        (MODULE[: MODULE.index("## Check")], "No card asks"),
    ]:
        _, problems = module_of(tmp_path, text)

        assert any(what in problem.what for problem in problems), what


def test_line_ends_of_windows_and_a_byte_order_mark_are_fine(tmp_path):
    here = module_of(tmp_path)[0].module
    path = tmp_path / "en" / "what-stress-does.md"
    path.write_bytes(b"\xef\xbb\xbf" + MODULE.replace("\n", "\r\n").encode())

    file, problems = read_module(path, "en")

    assert problems == []
    assert file.module.revision == here.revision


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02",
        b"\xff\xfe-\x00",
        b"---\n" + b"a" * 10_000_000,
        b"---\n" + b"[" * 5000 + b"\n---\n",
        b"---\n" + b"- " * 3000 + b"\n---\n",
        b"---\na: &a [1]\nb: *a\n---\n",
        MODULE.encode() + b"\n" + b">" * 5000,
        MODULE.encode() + b"\n" + (b"- " * 5000 + b"x\n") * 5,
        MODULE.encode() + b"\n" + b"[" * 20000,
        MODULE.encode() + b"\n" + b"*a_ " * 20000,
    ],
)
def test_a_hostile_file_is_problems_never_an_exception(tmp_path, raw):
    path = tmp_path / "hostile.md"
    path.write_bytes(raw)

    file, problems = read_module(path, "en")

    assert file is None
    assert all(problem.what and problem.mend for problem in problems)
    assert problems


def test_a_folder_and_a_link_out_of_the_content_are_problems(tmp_path):
    inside = tmp_path / "content"
    inside.mkdir()
    (inside / "folder.md").mkdir()
    (tmp_path / "outside.md").write_text(MODULE)
    (inside / "link.md").symlink_to(tmp_path / "outside.md")

    for name in ("folder.md", "link.md", "missing.md"):
        file, problems = read_module(inside / name, "en", root=inside)

        assert file is None
        assert len(problems) == 1


def test_a_bad_file_name_is_a_problem(tmp_path):
    _, problems = module_of(tmp_path, slug="What Stress")

    assert "no good name" in problems[0].what


@given(st.integers(0, len(MODULE)), st.text(alphabet="#-[]x*_>`<&{}!()|: \t\n", max_size=8))
def test_any_edit_gives_a_module_whose_cards_can_be_shown_or_problems(tmp_path_factory, at, typed):
    file, problems = module_of(tmp_path_factory.getbasetemp(), MODULE[:at] + typed + MODULE[at:])

    assert (file is None) == any(not problem.warning for problem in problems)
    for card in file.module.cards if file else ():
        assert card.shown.text.startswith(card.title)


def test_a_faithful_translation_is_fine(tmp_path):
    files = [module_of(tmp_path)[0], module_of(tmp_path, MODULE_ES, "es")[0]]

    assert translations_checked(files, ("en", "es")) == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("track: stress", "track: life-skills", "`track` is life-skills here"),
        ("order: 1", "order: 2", "`order` is 2 here"),
        ("## Para hoy\nRespira una vez.\n", "", "has 2 cards"),
        ("- [ ] Esperar\n- [x] Respirar despacio", "- [x] Respirar\n- [ ] Esperar", "Answer 1 is right here"),
        ("- [ ] Esperar", "- [ ] Esperar\n- [ ] Correr", "3 answers here and 2"),
    ],
)
def test_a_translation_is_held_to_its_original(tmp_path, old, new, what):
    other, faults = module_of(tmp_path, MODULE_ES.replace(old, new), "es")
    assert faults == []

    problems = translations_checked([module_of(tmp_path)[0], other], ("en", "es"))

    assert any(what in problem.what and problem.line for problem in problems), problems


def test_a_missing_translation_only_warns(tmp_path):
    (problem,) = translations_checked([module_of(tmp_path)[0]], ("en", "es"))

    assert problem.warning
    assert "no translation in `es`" in problem.what


def test_two_modules_cannot_have_one_place(tmp_path):
    files = [module_of(tmp_path)[0], module_of(tmp_path, slug="another")[0]]

    problems = translations_checked(files, ("en",))

    assert ["already has the order 1" in problem.what for problem in problems] == [True]
