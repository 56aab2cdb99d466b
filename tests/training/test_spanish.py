from training.spanish import glosses

FOUND = glosses()


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
