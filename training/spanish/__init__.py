"""Spanish words with what they mean in English: `words.txt` as written, `verbs.txt` conjugated.

The network was raised on English. Spanish replies are read to it word by word in English ("quiero morirme": "i want
to die myself"), so that what it knows of the one language serves the other. Forms are as the screener folds them:
lower case, without accents.
"""

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent

_CHANGES = {"ie": ("e", "ie"), "ue": ("o", "ue"), "i": ("e", "i"), "u": ("o", "u")}
_PRONOUNS = {
    "me": "me", "te": "you", "se": "self", "lo": "it", "la": "it", "le": "him", "les": "them", "los": "them",
    "las": "them", "nos": "us", "melo": "it me", "selo": "it him", "mela": "it me", "sela": "it him",
}  # fmt: skip
_SOFT = {"car": ("c", "qu"), "gar": ("g", "gu"), "zar": ("z", "c")}
_HARD = {"ger": ("g", "j"), "gir": ("g", "j"), "cer": ("c", "zc"), "cir": ("c", "zc"), "guir": ("gu", "g")}


def glosses(folder: Path = FOLDER) -> dict[str, str]:
    """Each Spanish form (several words with a space between them) with its English; written ones win."""
    found: dict[str, str] = {}
    for line in _lines(folder / "verbs.txt"):
        verb, base, past, ing, participle = (part.strip() for part in line.split("|"))
        name, _, change = verb.partition(":")
        for form, english in _conjugated(name, change, base, past, ing, participle):
            found.setdefault(form, english)
    written: dict[str, str] = {}
    for line in _lines(folder / "words.txt"):
        for entry in line.split("|"):
            spanish, _, english = entry.partition("=")
            written.setdefault(spanish.strip(), english.strip())
    return found | written


def _lines(path: Path) -> Iterator[str]:
    return (
        line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")
    )


def _conjugated(
    verb: str, change: str, base: str, past: str, ing: str, participle: str
) -> Iterator[tuple[str, str]]:
    """Every form a reply may hold, without accents. Where two forms fold into one, the likelier comes first."""
    stem, kind = verb[:-2], verb[-2:]
    loud, _, soft = change.partition("-")
    strong = _changed(stem, loud)
    weak = _changed(stem, soft or ("i" if loud == "i" else ""))
    third = _third(base)
    before_e = _spelled(stem, verb, _SOFT)
    strong_e = _spelled(strong, verb, _SOFT)
    a = kind == "ar"
    vowel = "a" if a else "e"
    first = strong if a else _spelled(strong, verb, _HARD)
    yield verb, f"to {base}"
    for ending, meaning in _PRONOUNS.items():
        yield verb + ending, f"to {base} {meaning}"
    gerund = (weak if kind == "ir" else stem) + ("ando" if a else "iendo")
    yield gerund, ing
    for ending, meaning in _PRONOUNS.items():
        yield gerund + ending, f"{ing} {meaning}"
    for ending in ("o", "a", "os", "as"):
        yield stem + ("ad" if a else "id") + ending, participle
    yield (before_e + "e", f"i {past}") if a else (stem + "i", f"i {past}")
    yield first + "o", f"i {base}"
    yield strong + vowel, third
    yield strong + vowel + "s", f"you {base}"
    yield strong + vowel + "n", f"they {base}"
    yield stem + vowel + "s", f"you {base}"
    yield stem + ("amos" if a else "emos"), f"we {base}"
    yield stem + ("amos" if a else "imos"), f"we {base}"
    yield stem + ("o" if a else "io"), past
    yield weak + ("o" if a else "io"), past
    yield stem + ("aste" if a else "iste"), f"you {past}"
    yield stem + ("aron" if a else "ieron"), f"they {past}"
    yield weak + ("aron" if a else "ieron"), f"they {past}"
    for person, subject in (("", ""), ("s", "you "), ("n", "they "), ("mos", "we ")):
        yield (
            stem + ("aba" if a else "ia") + person,
            f"{subject}was {ing}" if not subject else f"{subject}were {ing}",
        )
        yield verb + "ia" + person, f"{subject}would {base}"
        yield (weak if kind == "ir" else stem) + ("ara" if a else "iera") + person, f"{subject}would {base}"
        wish = (strong_e + "e") if a else (_spelled(strong, verb, _HARD) + "a")
        yield wish + person, base if person in ("", "n") else f"{subject}{base}"  # also a request: "cuiden"
    yield verb + "e", f"i will {base}"
    yield verb + "a", f"will {base}"
    yield verb + "as", f"you will {base}"
    yield verb + "an", f"they will {base}"
    yield verb + "emos", f"we will {base}"
    for ending in ("me", "nos", "le", "lo", "la"):
        yield strong + vowel + ending, f"{base} {_PRONOUNS[ending]}"
        yield strong + vowel + "n" + ending, f"{base} {_PRONOUNS[ending]}"


def _changed(stem: str, change: str) -> str:
    """The stem with its last vowel as the change says; as it is when there is none."""
    if not change:
        return stem
    old, new = _CHANGES[change]
    if change == "ue" and old not in stem:
        old = "u"
    at = stem.rfind(old)
    return stem if at < 0 else stem[:at] + new + stem[at + 1 :]


def _spelled(stem: str, verb: str, table: dict[str, tuple[str, str]]) -> str:
    for ending, (old, new) in sorted(table.items(), key=lambda one: -len(one[0])):
        if verb.endswith(ending) and stem.endswith(old):
            return stem[: -len(old)] + new
    return stem


def _third(base: str) -> str:
    first, _, rest = base.partition(" ")
    if first == "be":
        shown = "is"
    elif first == "have":
        shown = "has"
    elif first.endswith(("s", "sh", "ch", "x", "o")):
        shown = first + "es"
    elif first.endswith("y") and first[-2:-1] not in "aeiou":
        shown = first[:-1] + "ies"
    else:
        shown = first + "s"
    return f"{shown} {rest}".strip()
