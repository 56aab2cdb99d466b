"""The corpus as the network reads it: corrected words, Spanish ones in English, cut into the pieces it knows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.screening.content import read as read_content
from bot.screening.glossary import Glossary
from bot.screening.learned import sentences
from bot.screening.model import Level
from bot.screening.network import MOST_PIECES
from bot.screening.wordpieces import WordPieces
from training import transformer
from training.corpus import Reply

ROOT = Path(__file__).parent.parent
_COMMONEST = 10_000
"""So many of the vocabulary's pieces, which stand in order of use, are kept beside those of the corpus."""
_SHARED_AT_LEAST = 3
_SHARED = frozenset(
    "as den sin pies once pan red tan dime real solo mayo papa mama fin han dan pon ir no".split()
)


@dataclass(frozen=True)
class Lesson:
    """One reply as the network reads it, with the answers."""

    reply: Reply
    words: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    """The words by sentence: so it is read in the clinic."""
    phrases: Level
    """What the phrases alone say."""


@dataclass(frozen=True)
class Reader:
    """From words to numbers of pieces."""

    glossary: Glossary
    pieces: WordPieces

    def numbers(self, words: Sequence[str]) -> list[int]:
        """The pieces of the words, Spanish ones read in English, between the two marks."""
        inner = [piece for word, _ in self.glossary.english(words) for piece in self.pieces.of(word)]
        return [self.pieces.start, *inner[: MOST_PIECES - 2], self.pieces.end]


def lessons_of(replies: Sequence[Reply]) -> list[Lesson]:
    """The replies as the screener reads them."""
    screener, problems = read_content(ROOT / "content")
    if screener is None:
        raise SystemExit("\n".join(map(str, problems)))
    found = []
    for reply in replies:
        read = screener.read(reply.text)
        if read:
            forms = [token.form for token in read]
            level = max((find.level for find in screener.phrases_in(read)), default=Level.NONE)
            parts = tuple(tuple(forms[start:end]) for start, end in sentences(read))
            found.append(Lesson(reply, tuple(forms), parts, level))
    return found


def shared_words(lessons: Sequence[Lesson], spanish: dict[str, str]) -> list[str]:
    """Spanish forms that are English words too."""
    english = Counter(word for one in lessons if one.reply.lang == "en" for word in one.words)
    return sorted(word for word in spanish if english[word] >= _SHARED_AT_LEAST or word in _SHARED)


def plain_words(lessons: Sequence[Lesson]) -> list[str]:
    """Words that harmless replies of the corpus use at least as often as others do."""
    harmless_words = Counter(word for one in lessons if one.reply.level is Level.NONE for word in one.words)
    others = Counter(word for one in lessons if one.reply.level is not Level.NONE for word in one.words)
    return sorted(
        word for word, count in harmless_words.items() if count >= 2 * others[word] and word.isalpha()
    )


def kept_pieces(lessons: Sequence[Lesson], glossary: Glossary) -> list[str]:
    """The part of the published vocabulary that a check-in needs: common pieces and all of the corpus's."""
    everything = (transformer.source() / "vocab.txt").read_text("utf-8").split("\n")
    everything = [piece for piece in everything if piece]
    reader = Reader(glossary, WordPieces(everything))
    used = {number for one in lessons for number in reader.numbers(one.words)}
    return [
        piece
        for number, piece in enumerate(everything)
        if number in used
        or piece in {"[PAD]", "[UNK]", "[CLS]", "[SEP]"}
        or (piece.isascii() and "[" not in piece and (number < _COMMONEST or piece.startswith("##")))
    ]
