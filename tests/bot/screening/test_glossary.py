from bot.screening.glossary import Glossary

GLOSSES = {"quiero": "i want", "dormir": "to sleep", "ya no": "no longer", "no": "not", "casa": "house"}
GLOSSARY = Glossary(GLOSSES, ["no"])


def english(text):
    return " ".join(word for word, _ in GLOSSARY.english(text.split()))


def test_spanish_is_read_word_by_word_and_the_rest_stays():
    assert english("quiero dormir rico") == "i want to sleep rico"


def test_a_turn_of_several_words_goes_before_its_words():
    assert english("ya no quiero") == "no longer i want"


def test_a_word_of_both_languages_is_spanish_only_in_a_spanish_text():
    assert english("no quiero") == "not i want"
    assert english("i have no casa and that is it") == "i have no house and that is it"


def test_every_english_word_knows_which_word_it_stands_for():
    assert GLOSSARY.english(["ya", "no", "quiero", "pan"]) == [
        ("no", 0), ("longer", 0), ("i", 2), ("want", 2), ("pan", 3),
    ]  # fmt: skip
