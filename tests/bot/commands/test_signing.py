"""`handrail stamp` and `handrail sign`: which text somebody looked at, and that a later change shows."""

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.library import read_content
from bot.modules.content import read_module
from bot.modules.stamps import changed_since, stamp_of
from bot.sandbox.process import ROOT
from bot.storage.sealing import new_key
from tests.bot import sample_content

EN, ES = "content/modules/en/what-stress-does.md", "content/modules/es/what-stress-does.md"
NAME = "what-stress-does"


@pytest.fixture(autouse=True)
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return sample_content.write(tmp_path)


def edit(file: str, old: str, new: str) -> None:
    text = Path(file).read_text()
    assert old in text
    Path(file).write_text(text.replace(old, new))


def checked(capsys, *more: str) -> tuple[int, str]:
    capsys.readouterr()
    status = main(["check", *more])
    return status, capsys.readouterr().out


def requiring() -> list[str]:
    Path("c.toml").write_text(
        f'[telegram]\ntoken = "123456:{"a" * 35}"\n[staff]\nadministrators = [700000000]\n'
        f'[security]\nkeys = "{new_key()}"\n[content]\nrequire_signature = true\n'
    )
    return ["--config", "c.toml"]


def test_a_stamp_is_one_line_more_and_nothing_else(capsys):
    before = Path(ES).read_text()

    assert main(["stamp", NAME]) == 0

    lines = Path(ES).read_text().splitlines()
    added = [line for line in lines if line not in before.splitlines()]
    assert len(added) == 1
    assert added[0].startswith('translated: "')
    assert Path(EN).read_text() == sample_content.MODULE
    assert "looked at with today's en/what-stress-does.md" in capsys.readouterr().out
    assert "warning" not in checked(capsys)[1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Breathe once.", "Breathe twice.", "card 3 of `en` changed since"),
        ("A *slow* breath", "A slow breath, out", "card 2 of `en` changed since"),
        ("title: What stress does", "title: Stress", "the title, the summary or the last question of `en`"),
        ("Stress is **loud**", "Stress is loud", "card 1 of `en` changed since"),
        ("minutes: 4", "minutes: 5", ""),
        ('"CDC, Managing Stress"', '"CDC, Managing Stress, 2024"', ""),
    ],
)
def test_a_change_of_the_original_is_a_warning_at_the_stamp(capsys, old, new, said):
    main(["stamp", NAME])
    edit(EN, old, new)

    status, out = checked(capsys)

    assert status == 0
    assert ("made from an older text" in out) == bool(said)
    assert said in out
    main(["stamp", NAME])
    assert "warning" not in checked(capsys)[1]


def test_several_changed_cards_are_named_together():
    file, _ = read_module(Path(EN), "en")
    edit(EN, "Stress is", "Stress was")
    edit(EN, "Breathe once.", "Breathe.")
    now, _ = read_module(Path(EN), "en")
    assert file is not None
    assert now is not None
    assert changed_since(stamp_of(file.module), now.module) == "cards 1 and 3"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_byte_order_mark_stay_as_they_were(capsys, end):
    Path(ES).write_bytes(b"\xef\xbb\xbf" + sample_content.MODULE_ES.replace("\n", end).encode())

    assert main(["stamp", NAME]) == 0

    raw = Path(ES).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf---")
    assert raw.count(end.encode()) == sample_content.MODULE_ES.count("\n") + 1
    assert checked(capsys)[0] == 0


def test_a_signature_names_who_and_when_and_the_text(capsys):
    assert main(["sign", NAME, "--by", 'Ana "Any" Ruiz, LCSW']) == 0

    file, _ = read_module(Path(EN), "en")
    assert file is not None
    assert file.module.review.startswith('Ana "Any" Ruiz, LCSW, 20')
    status, out = checked(capsys)
    assert status == 0
    assert "Not signed yet" not in out
    assert "warning" not in out


def test_an_edit_after_the_signature_shows(capsys):
    main(["sign", NAME, "--by", "Ana"])
    edit(EN, "Breathe once.", "Breathe twice.")

    status, out = checked(capsys)

    assert status == 0
    assert "warning: This is no longer the text that was signed: card 3 changed since." in out
    main(["sign", NAME, "--by", "Ana", "--lang", "en"])
    assert "warning" not in checked(capsys)[1]


def test_what_is_not_signed_is_listed_in_one_line_and_is_no_fault(capsys):
    status, out = checked(capsys)

    assert status == 0
    assert out.splitlines()[-2:] == [
        "Not signed yet (1 module): what-stress-does",
        "content: 9 files, no problems",
    ]


def test_where_signatures_are_required_a_draft_is_an_error(capsys):
    status, out = checked(capsys, *requiring())

    assert status == 1
    assert f"{EN}:9: This module is not signed, so it is not offered (content.require_signature)." in out
    main(["sign", NAME, "--by", "Ana"])
    assert checked(capsys, *requiring())[0] == 0
    edit(EN, "Breathe once.", "Breathe twice.")
    assert checked(capsys, *requiring())[0] == 1


def test_a_name_written_by_hand_says_not_which_text(capsys):
    edit(EN, "review: draft", 'review: "Ana Ruiz, 2026-12-01"')

    status, out = checked(capsys)

    assert status == 0
    assert f"{EN}:9: warning: Nothing says which text was signed" in out


def test_where_signatures_are_required_the_bot_offers_only_what_is_signed_in_all_languages(content):
    def offered() -> set[str]:
        found, problems = read_content(content, country="us", signed_only=True)
        assert found is not None, problems
        return set(found.modules)

    assert offered() == set()
    main(["sign", NAME, "--by", "Ana", "--lang", "en"])
    assert offered() == set()
    main(["sign", NAME, "--by", "Ana"])
    assert offered() == {NAME}
    edit(ES, "Respira una vez.", "Respira dos veces.")
    assert offered() == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stamp", "what-stres-does"], "Did you mean `what-stress-does`?"),
        (["stamp", "../en/what-stress-does"], "There is no module of that name"),
        (["sign", NAME, "--by", "  "], "Say who signs"),
        (["sign", NAME, "--by", "x" * 300], "Say who signs"),
        (["sign", NAME, "--by", "a\x1b[2J"], "Say who signs"),
        (["sign", NAME, "--by", "Ana", "--lang", "de"], "not a language of the program: `de`"),
    ],
)
def test_what_cannot_be_signed_is_a_sentence(capsys, arguments, said):
    assert main(arguments) == 1

    assert said in capsys.readouterr().err
    assert (Path(EN).read_text(), Path(ES).read_text()) == (sample_content.MODULE, sample_content.MODULE_ES)


def test_a_module_with_a_mistake_is_not_signed_and_the_mistake_is_told(capsys):
    edit(ES, "track: stress", "track: stres")

    assert main(["sign", NAME, "--by", "Ana"]) == 1

    assert f"{ES}:2: There is no track" in capsys.readouterr().err
    assert Path(EN).read_text() == sample_content.MODULE


def test_a_value_over_several_lines_is_left_to_the_author(capsys):
    edit(EN, "review: draft", "review: >-\n  draft\n  again")

    assert main(["sign", NAME, "--by", "Ana", "--lang", "en"]) == 1

    assert "Write this line below `review:` yourself" in capsys.readouterr().err
    assert "draft\n  again" in Path(EN).read_text()


def test_a_stamp_spoilt_by_hand_is_a_sentence(capsys):
    edit(ES, "review: draft", "review: draft\ntranslated: yes please")

    status, out = checked(capsys)

    assert status == 1
    assert "`translated` is written by the program. Take the line out, or run: handrail stamp" in out


def test_a_module_in_one_language_has_nothing_to_stamp(capsys):
    Path(ES).unlink()

    assert main(["stamp", NAME]) == 1

    assert "in one language only" in capsys.readouterr().err


def with_a_picture() -> Path:
    """The sample module with a picture on its first card, in English."""
    picture = Path("content/pictures/wave.png")
    picture.parent.mkdir()
    picture.write_bytes((ROOT / "content" / "pictures" / "craving-wave.png").read_bytes())
    edit(EN, "## Why it matters\n", "## Why it matters\n![A wave](pictures/wave.png)\n\n")
    return picture


@pytest.mark.parametrize("change", ["another picture under the same name", "another alt text"])
def test_a_picture_is_signed_and_translated_with_its_card(capsys, change):
    picture = with_a_picture()
    main(["sign", NAME, "--by", "Ana Ruiz, LCSW"])
    main(["stamp", NAME])
    before = checked(capsys)[1]

    if change == "another alt text":
        edit(EN, "A wave", "A tall wave")
    else:
        picture.write_bytes((ROOT / "content" / "pictures" / "stress-pot.png").read_bytes())
    after = checked(capsys)[1]

    assert "changed since" not in before
    assert after.count("card 1") == 2 and "card 2" not in after
