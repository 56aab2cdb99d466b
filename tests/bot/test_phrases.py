"""Every sentence in every language with the same placeholders, and never an empty answer at run time."""

import pytest

from bot.phrases import Phrases, read
from bot.richtext import Rich
from tests.bot.sample_content import PHRASES


@pytest.fixture
def strictly(monkeypatch):
    monkeypatch.setattr(Phrases, "strict", True)


@pytest.fixture
def leniently(monkeypatch):
    monkeypatch.setattr(Phrases, "strict", False)


def phrases_of(folder, text, languages=("en", "es"), default="en"):
    path = folder / "phrases.toml"
    path.write_text(text, "utf-8")
    return read(path, languages, default=default)


def test_a_sentence_is_said_in_the_persons_language(tmp_path, strictly):
    phrases, problems = phrases_of(tmp_path, PHRASES)

    assert problems == []
    assert phrases.keys() == {"joining.welcome", "joining.back"}
    assert phrases.text("joining.welcome", "es", name="<b>Ana").text == "Hola <b>Ana"
    assert phrases.plain("joining.back", "es") == "Atrás"


def test_an_unknown_language_gets_the_programs(tmp_path, strictly):
    phrases, _ = phrases_of(tmp_path, PHRASES, default="es")

    assert phrases.plain("joining.back", "fr") == "Atrás"


def test_a_missing_key_is_an_error_in_tests(tmp_path, strictly):
    phrases, _ = phrases_of(tmp_path, PHRASES)

    with pytest.raises(KeyError):
        phrases.text("joining.nothing", "en")
    with pytest.raises(KeyError, match="name"):
        phrases.text("joining.welcome", "en")


def test_a_missing_key_never_stops_an_answer_at_run_time(tmp_path, leniently):
    phrases, _ = phrases_of(tmp_path, PHRASES)

    assert phrases.text("checkin.not_now", "en") == Rich("Not now")
    assert phrases.text("joining.welcome", "en").text == "Hello …"


@pytest.mark.parametrize(
    ("text", "line", "what", "mend"),
    [
        ('[a.b]\nen = "x"\n', 1, "no text in `es`", 'Add a line `es = "..."`'),
        ('[a.b]\nen = "{name}"\nes = "{nmae}"\n', 3, "has {nmae} in `es`", "Did you mean `name`?"),
        ('[a.b]\nen = "{name}"\nes = "x"\n', 3, "has no {name}", "Put {name}"),
        ('[a.b]\nen = "<b>x"\nes = "x"\n', 2, "never closed", "Mend"),
        ('[a.b]\nen = "x"\nes = ""\n', 3, "is empty", "Write"),
        ('[a.b]\nen = "x"\nes = "x"\nex = "x"\n', 4, "`ex` is not a language", "Use one of: en, es."),
        ('[a.b]\nen = "x"\nes = 3\n', 3, "is not text", "quotation"),
        ('en = "x"\n', 1, "belongs to no phrase", "joining.welcome"),
        ('[a]\nen = "x"\nes = "x"\n[a.b]\nen = "x"\nes = "x"\n', 1, "both texts and tables", "own"),
        ("", 0, "no phrases", "Put back"),
    ],
)
def test_each_fault_has_its_line_and_its_mend(tmp_path, text, line, what, mend):
    phrases, problems = phrases_of(tmp_path, text)

    assert phrases is None
    assert len(problems) == 1, problems
    assert problems[0].line == line
    assert what in problems[0].what
    assert mend in problems[0].mend
