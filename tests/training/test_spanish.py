from training.spanish import FOLDER, glosses

FOUND = glosses()


def written_verbs():
    lines = (FOLDER / "verbs.txt").read_text("utf-8").splitlines()
    return [line for line in lines if "|" in line and not line.startswith("#")]


def test_regular_and_changing_verbs_are_conjugated():
    assert FOUND["lloraba"] == "was crying"
    assert FOUND["quieren"] == "they want"
    assert FOUND["duermes"] == "you sleep"
    assert FOUND["pague"] == "i paid"
    assert FOUND["matarme"] == "to kill me"


def test_what_is_written_goes_before_what_is_made():
    assert FOUND["fue"] == "went was"
    assert FOUND["ya no"] == "no longer"


def test_forms_are_folded_as_the_screener_folds_them():
    assert all(form == form.lower() and form.isascii() for form in FOUND)
    assert all(english for english in FOUND.values())


def test_turns_that_only_sound_like_dying_are_read_as_what_they_mean():
    assert FOUND["me muero de risa"] == "i am laughing so hard"
    assert FOUND["me quiero morir"] == "i want to die"


def test_no_verb_is_written_twice():
    verbs = [line.split("|")[0].split(":")[0].strip() for line in written_verbs()]
    assert len(verbs) == len(set(verbs))
