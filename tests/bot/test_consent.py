"""The consent is filled in with the program's facts, and every word of it counts for its hash."""

import pytest

from bot.consent import read
from tests.bot.sample_content import CONSENT


def consent_of(folder, text):
    path = folder / "consent.toml"
    path.write_text(text, "utf-8")
    return read(path, ("en", "es"))


def test_a_page_is_filled_in(tmp_path):
    consent, problems = consent_of(tmp_path, CONSENT)

    page = consent.page(0, "en", program="<North>", hours="9 to 5", emergency="Call 911.")

    assert problems == []
    assert page.text == "I am a bot of <North>. Staff read 9 to 5. Call 911."
    assert [span.kind for span in page.spans] == ["bold"]


def test_one_changed_word_changes_the_hash(tmp_path):
    before, _ = consent_of(tmp_path, CONSENT)
    after, _ = consent_of(tmp_path, CONSENT.replace("a bot", "the bot"))

    assert before.version == after.version == "1"
    assert before.hash != after.hash


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ("Staff read {hours}", "Staff read {hour}", "{hour} is not filled in", "Did you mean `hours`?"),
        ("lee {hours}", "lee", "No page in `es` says {hours}", "Put it back"),
        ("<b>{emergency}</b>", "<b>{emergency}", "cannot be shown", "Mend"),
        ('version = "1"', "version = 1", "is not text", "quotation marks"),
        ('es = "', 'fr = "', "no text in `es`", "Add a line"),
    ],
)
def test_a_fault_says_what_to_do(tmp_path, old, new, what, mend):
    consent, problems = consent_of(tmp_path, CONSENT.replace(old, new))

    assert consent is None
    assert any(what in problem.what and mend in problem.mend for problem in problems), problems
