from bot.screening.wordpieces import WordPieces

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "walk", "##ing", "##s", "w", "'", "9", "/", "10", "😀"]


def pieces(word):
    return [PIECES[number] for number in WordPieces(PIECES).of(word)]


def test_the_longest_piece_that_fits_goes_first():
    assert pieces("walkings") == ["walk", "##ing", "##s"]


def test_what_cannot_be_cut_is_unknown():
    assert pieces("walkz") == ["[UNK]"]


def test_signs_inside_a_word_stand_alone():
    assert pieces("9/10") == ["9", "/", "10"]
    assert pieces("w's") == ["w", "'", "[UNK]"]


def test_a_picture_is_a_piece_or_unknown():
    assert pieces("😀") == ["😀"]
    assert pieces("🔫") == ["[UNK]"]
