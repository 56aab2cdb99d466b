from training.check import main, problems_of
from training.corpus import Part, part_of, read

GOOD = """\
# a comment
== a.one | urgent | suicide,hopeless | indirect
they would be happier if i was not around here
== a.one | none | - | past
years ago i thought so, not now
"""


def folder_with(tmp_path, text, lang="en"):
    (tmp_path / lang).mkdir(exist_ok=True)
    (tmp_path / lang / "a.txt").write_text(text, "utf-8")
    return tmp_path


def whats(folder):
    replies, problems = read(folder)
    return [problem.what for problem in [*problems, *problems_of(replies)]]


def groups_of_two_parts():
    names = [f"group.{number}" for number in range(50)]
    return next(n for n in names if part_of(n) is Part.TRAIN), next(
        n for n in names if part_of(n) is Part.HELD
    )


def test_a_reply_carries_its_headings_label_and_its_place(tmp_path):
    replies, problems = read(folder_with(tmp_path, GOOD))

    assert problems == []
    first, second = replies
    assert (first.level.word, first.categories, first.kind, first.line) == (
        "urgent",
        ("suicide", "hopeless"),
        "indirect",
        3,
    )
    assert (second.level.word, second.categories, second.lang) == ("none", (), "en")
    assert first.part is second.part


def test_the_parts_are_about_as_large_as_they_should_be():
    parts = [part_of(f"group.{number}") for number in range(2000)]
    assert 0.55 < parts.count(Part.TRAIN) / 2000 < 0.65
    assert 0.17 < parts.count(Part.HELD) / 2000 < 0.23


def test_a_fault_of_format_names_its_line(tmp_path):
    folder = folder_with(tmp_path, "an orphan\n== a | urgnt | - | direct\n== b | none\n")
    _, problems = read(folder)
    assert [problem.line for problem in problems] == [1, 2, 3]


def test_the_same_reply_twice_is_found_whatever_its_case_and_signs(tmp_path):
    folder = folder_with(tmp_path, GOOD + "== b | none | - | past\nYears ago I thought so... not NOW!\n")
    assert any("The same reply stands" in what for what in whats(folder))


def test_nearly_the_same_reply_in_two_parts_is_found_and_within_one_is_not(tmp_path):
    train, held = groups_of_two_parts()
    twins = "== {} | none | - | everyday\nwe had pasta with my mother last night\n"
    near = "== {} | none | - | everyday\nwe had pasta with my mother last night ok\n"
    assert "Nearly the same" in whats(folder_with(tmp_path, twins.format(train) + near.format(held)))[0]
    assert whats(folder_with(tmp_path, twins.format(train) + near.format(train))) == []


def test_an_amount_or_a_method_in_detail_is_refused(tmp_path):
    text = "== a | urgent | suicide | plan-means\ni took 900 mg of it to die\n"
    assert "amount" in whats(folder_with(tmp_path, text))[0]


def test_labels_that_contradict_themselves_are_found(tmp_path):
    text = "== a | none | suicide | direct\none\n== b | watch | - | direct\ntwo\n"
    assert len(whats(folder_with(tmp_path, text))) == 2


def test_the_check_prints_the_size_of_every_part(tmp_path, capsys):
    assert main(folder_with(tmp_path, GOOD)) == 0
    shown = capsys.readouterr().out
    assert "held: 2 replies in 1 groups" in shown
