"""Spanish words read as English ones, for the network that knows English best.

A word-by-word reading, no translation: enough to tell "ya no quiero vivir" ("no longer i want to live") from
"quiero vivir". Words of both languages ("no", "son", "sin") are read as Spanish only in a Spanish text.
"""

from collections.abc import Mapping, Sequence

_ENGLISH = frozenset(
    "the and i i'm im my is it was of to you not that this for with have just do don't dont be been at on so but "
    "what when they he she her his we are am can't cant".split()
)
_LONGEST = 4


class Glossary:
    """The words and turns of phrase with their English. Safe to use from several threads."""

    def __init__(self, glosses: Mapping[str, str], shared: Sequence[str]) -> None:
        self._glosses = dict(glosses)
        self._shared = frozenset(shared)
        """Forms that are English words too."""
        self._openers = frozenset(name.split()[0] for name in glosses if " " in name)

    def english(self, forms: Sequence[str]) -> list[tuple[str, int]]:
        """The words with every Spanish one in English, each with the number of the form it stands for."""
        spanish = [form in self._glosses and form not in self._shared for form in forms]
        if not any(spanish):
            return [(form, at) for at, form in enumerate(forms)]
        is_spanish = sum(spanish) >= sum(form in _ENGLISH for form in forms)
        read: list[tuple[str, int]] = []
        at = 0
        while at < len(forms):
            size = self._turn_at(forms, at) if is_spanish and forms[at] in self._openers else 1
            name = " ".join(forms[at : at + size])
            known = name in self._glosses and (is_spanish or name not in self._shared)
            words = self._glosses[name].split() if known else forms[at : at + size]
            read += [(word, at) for word in words]
            at += size
        return read

    def _turn_at(self, forms: Sequence[str], at: int) -> int:
        for size in range(min(_LONGEST, len(forms) - at), 1, -1):
            if " ".join(forms[at : at + size]) in self._glosses:
                return size
        return 1
