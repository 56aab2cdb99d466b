"""`handrail preview`: the pages, from the command line; and that they show what the chat shows."""

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.__main__ import main
from bot.phrases import Phrases
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.builders import a_participant

TAG = re.compile(r"<[^>]+>")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return tmp_path / "preview"


def words_of(page: Path) -> str:
    """What can be read on a page, without its style."""
    text = page.read_text("utf-8").partition("</style>")[2]
    return html.unescape(TAG.sub("", text))


def assert_every_tag_is_closed(page: str) -> None:
    open_tags: list[str] = []
    for close, name in re.findall(r"<(/?)([a-z0-9]+)\b[^>]*>", page):
        if close:
            assert open_tags.pop() == name
        elif name not in ("meta", "br", "img"):
            open_tags.append(name)
    assert not open_tags


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_every_module_language_and_check_in_has_a_page_and_every_link_leads_somewhere(
    content: Path, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preview"]) == 0

    said = capsys.readouterr().out
    assert (pages / "index.html").as_uri() in said
    sources = [*content.glob("modules/*/*.md"), *content.glob("checkins/*.toml")]
    for source in sources:
        assert (pages / source.relative_to(content)).with_suffix(".html").is_file()
    assert f"{len(sources) + 1} pages" in said
    for page in pages.rglob("*.html"):
        for link in re.findall(r'<a [^>]*href="([^"]+)"', page.read_text("utf-8")):
            if not link.startswith("https://"):
                address, _, place = html.unescape(link).partition("#")
                there = (page.parent / unquote(address)).resolve() if address else page
                assert there.is_file(), (page, link)
                assert not place or f'id="{place}"' in there.read_text("utf-8"), (page, link)


def test_a_page_stands_by_itself_and_loads_nothing(content: Path, pages: Path) -> None:
    main(["preview"])

    for page in pages.rglob("*.html"):
        text = page.read_text("utf-8")
        assert_every_tag_is_closed(text)
        assert "default-src &#x27;none&#x27;" in text
        text = text.replace('<img src="data:image/png;base64,', "")  # a picture inside the page itself
        assert not re.search(
            r"<(script|link|img|iframe|object|form)\b|@import|url\(|\bsrc=|\bon[a-z]+=", text
        )


async def test_a_page_shows_the_very_words_and_buttons_that_a_participant_gets(
    clinic: Clinic, content: Path, pages: Path
) -> None:
    sam = await a_participant(clinic, "Sam")
    main(["preview", "riding-a-craving", "--content", str(content)])
    page = pages / "modules" / "en" / "riding-a-craving.html"
    shown, raw = words_of(page), page.read_text("utf-8")

    seen = await read_through(clinic, sam, "Riding a craving")

    assert len(seen) == 10  # eight cards, one of them again with its feedback, and the reflection question
    for text, labels in seen:
        assert text in shown
        row = "".join(f".*?>{re.escape(html.escape(label))}<" for label in labels)
        assert re.search(row, raw, re.DOTALL)


async def read_through(clinic: Clinic, person: Person, title: str) -> list[tuple[str, list[str]]]:
    """Each screen of a module as the chat shows it, with the labels of its buttons."""
    person.says("/learn")
    await clinic.settle()
    person.taps(title)
    await clinic.settle()
    seen = [(person.chat.last.text, person.chat.last.labels)]
    while "Skip" not in person.chat.last.labels:
        labels = person.chat.last.labels
        person.taps("Next ›" if "Next ›" in labels else labels[0])
        await clinic.settle()
        seen.append((person.chat.last.text, person.chat.last.labels))
    return seen


def test_each_answer_of_a_check_question_is_shown_with_its_feedback(content: Path, pages: Path) -> None:
    main(["preview", "riding-a-craving"])

    shown = words_of(pages / "modules" / "en" / "riding-a-craving.html")
    assert shown.count("From 8 to 6 is a wave going down.") == 3
    assert shown.count("You picked: ") == 2
    assert shown.count("Yes, that fits best.") == 1


def test_a_module_page_tells_length_grade_signature_and_sources(content: Path, pages: Path) -> None:
    main(["sign", "sleep", "--by", "Ana Ruiz, LCSW"])
    edit(content / "modules/es/sleep.md", "Las tres de la mañana", "A las tres")

    main(["preview", "sleep", "anger"])

    english = words_of(pages / "modules" / "en" / "sleep.html")
    spanish = words_of(pages / "modules" / "es" / "sleep.html")
    assert "signed: Ana Ruiz, LCSW" in english
    assert "signed, not this text: Ana Ruiz, LCSW" in spanish
    assert "card 1 changed since" in spanish
    assert "draft: nobody has signed it" in words_of(pages / "modules" / "en" / "anger.html")
    assert re.search(r"reads at grade \d\.\d \(at most 6\)", english)
    assert re.search(r"has \d+\.\d words a sentence \(at most 15\)", spanish)
    assert re.search(r"Card 1 of \d · \d+ characters", english)
    source = re.findall(r'^  - "(.+)"$', (content / "modules/en/sleep.md").read_text("utf-8"), re.MULTILINE)[
        0
    ]
    assert source in english


def test_the_map_draws_each_branch_and_the_levels_of_answers(content: Path, pages: Path) -> None:
    main(["preview", "daily"])

    page = (pages / "checkins" / "daily.html").read_text("utf-8")
    drawn = page[page.index("<svg") : page.index("</svg>")]
    lines = [html.unescape(found) for found in re.findall(r"<text[^>]*>([^<]*)</text>", drawn)]
    assert "4–7 → skill" in lines
    assert {"if mood: 0–4 or skipped", "if craving: 8–10 or skipped", "if stress: 8–10"} <= set(lines)
    assert "if used: yes or skipped" in lines
    assert "no: urgent" in lines
    assert drawn.count('class="lane') == 5  # mood, craving, stress and used to safe; craving to skill


def test_an_answer_that_is_a_concern_is_marked_on_its_button_in_both_languages(
    content: Path, pages: Path
) -> None:
    main(["preview", "daily"])

    page = (pages / "checkins" / "daily.html").read_text("utf-8")
    safe = page[page.index('id="q-safe"') : page.index('id="q-sleep"')]
    marked = re.findall(r'class="key (\w+)"><span class="label">([^<]+)</span>', safe)
    assert marked == [("urgent", "No"), ("watch", "Skip"), ("urgent", "No"), ("watch", "Saltar")]
    assert "unsafe, staff are told now (rule not-safe-now)" in words_of(pages / "checkins" / "daily.html")


def test_a_check_in_tells_which_answers_may_bring_something_to_read(content: Path, pages: Path) -> None:
    (content / "suggestions.toml").write_text(
        '[[suggest]]\nwhen = [{ question = "stress", at_least = 7 }, { question = "sleep", is = "under-4" }]\n'
        'module = "sleep"\n'
    )

    main(["preview", "daily"])

    page = (pages / "checkins" / "daily.html").read_text("utf-8")
    stress = page[page.index('id="q-stress"') : page.index('id="q-used"')]
    assert "7–10 → may offer to read “When sleep will not come”" in stress
    assert "“Under 4 hours” → may offer to read “When sleep will not come”" in page


def test_a_broken_file_has_a_page_that_says_what_to_mend_and_the_others_are_shown(
    content: Path, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(content / "modules/en/sleep.md", "minutes: ", "minuets: ")

    assert main(["preview"]) == 1

    assert "problem" in capsys.readouterr().out
    broken = words_of(pages / "modules" / "en" / "sleep.html")
    assert "This file cannot be shown as it stands." in broken
    assert "minuets is not known here. Did you mean minutes?" in broken
    assert "sleep.md: cannot be shown" in words_of(pages / "index.html")
    assert "Cuando no llega el sueño" in words_of(pages / "modules" / "es" / "sleep.html")


def test_a_problem_stands_on_the_page_it_belongs_to_with_its_card(content: Path, pages: Path) -> None:
    long = "This goes on and on. " * 40
    edit(content / "modules/en/sleep.md", "\n\n## ", f"\n\n{long}\n\n## ")

    assert main(["preview"]) == 0

    page = words_of(pages / "modules" / "en" / "sleep.html")
    assert re.search(r"warning line \d+ card 1 This card has \d+ characters\.", page)
    assert "This card has" not in words_of(pages / "modules" / "en" / "anger.html")


def test_problems_of_files_without_a_page_are_on_the_list_of_all(
    content: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Phrases, "strict", False)  # as outside of tests: the bot's own words are missing here
    edit(content / "screening/rules.toml", 'level = "urgent"', 'level = "ugrent"')
    edit(content / "phrases/learn.toml", "[learn.next]", "learn.next")

    assert main(["preview"]) == 1

    index, daily = words_of(pages / "index.html"), words_of(pages / "checkins" / "daily.html")
    assert "screening/rules.toml" in index
    assert "phrases/learn.toml" in index
    assert "What is a concern cannot be shown until screening/rules.toml" in daily


def test_content_is_never_markup_and_any_file_name_gives_a_page(content: Path, pages: Path) -> None:
    edit(content / "modules/en/sleep.md", "title: ", "title: <b>&amp;<script>alert(1)</script> # ")
    odd = content / "modules" / "en" / "a b#?%22 🙂.md"
    odd.write_text("no module", "utf-8")

    assert main(["preview"]) == 1

    assert "<script" not in (pages / "index.html").read_text("utf-8").lower()
    assert (pages / "modules" / "en" / "a b#?%22 🙂.html").is_file()
    links = re.findall(r'href="([^"]+)"', (pages / "index.html").read_text("utf-8"))
    assert "modules/en/a%20b%23%3F%2522%20%F0%9F%99%82.html" in links


def test_an_unknown_name_is_answered_with_the_nearest_and_nothing_is_written(
    content: Path, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preview", "riding-a-carving"]) == 1

    assert 'no module or check-in of that name: "riding-a-carving". Did you mean `riding-a-craving`?' in (
        capsys.readouterr().err
    )
    assert not pages.exists()


def test_pages_that_are_no_longer_written_go_and_other_files_stay(content: Path, pages: Path) -> None:
    main(["preview"])
    (pages / "checkins" / "mine.html").write_text("<p>mine</p>")

    assert main(["preview", "sleep", "daily"]) == 0

    left = {page.relative_to(pages).as_posix() for page in pages.rglob("*.html")}
    assert left == {
        "index.html", "checkins/daily.html", "checkins/mine.html", "modules/en/sleep.html", "modules/es/sleep.html",
    }  # fmt: skip


@pytest.mark.parametrize("where", [".", "content", "content/pages", "notes", "notes/note.txt"])
def test_pages_are_never_written_among_the_content_or_other_files(
    where: str, content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "note.txt").write_text("keep")
    before = sorted(tmp_path.rglob("*"))

    assert main(["preview", "--output", where]) == 1

    assert "Name " in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_without_a_content_folder_a_sentence_says_how_to_name_it(
    capsys: pytest.CaptureFixture[str], pages: Path
) -> None:
    assert main(["preview"]) == 1

    assert "--content" in capsys.readouterr().err
    assert not pages.exists()


def test_a_card_s_picture_is_on_its_page(content: Path, pages: Path) -> None:
    assert main(["preview", "riding-a-craving"]) == 0

    for lang, alt in (("en", "A wave that rises"), ("es", "Una ola que sube")):
        page = (pages / "modules" / lang / "riding-a-craving.html").read_text("utf-8")
        assert re.search(rf'<img src="data:image/png;base64,[^"]+" alt="{alt}', page)
        assert f"The picture in words: {alt}" in TAG.sub("", page)
