"""What must hold for every text."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.screening.model import Finding, Level

WORRYING = [
    "i want to die",
    "i'm going to kill myself tonight",
    "i took the whole bottle of pills",
    "he put his hands on me again",
    "i'm gonna hurt somebody",
    "i relapsed last night",
    "the cravings are so bad",
    "i can't do this anymore",
    "i stopped taking my meds",
    "me quiero morir",
    "volví a consumir anoche",
    "ya no puedo más",
]
BENIGN = [
    "Good day today.",
    "We had pasta.",
    "Todo tranquilo en casa.",
    "My bus was late.",
    "Group was at nine.",
]
UNSEEN = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e"]

same_screener = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_screener
@given(text=st.text(max_size=400))
def test_any_string_gives_a_finding_with_places_inside_it(screener, text):
    found = screener.screen(text)
    assert isinstance(found, Finding)
    assert all(0 <= one.start < one.end <= len(text) for one in found.evidence)
    assert (found.level is Level.NONE) == (not found.evidence) == (not found.categories)


@same_screener
@given(
    parts=st.lists(
        st.sampled_from(
            "i want to die not kill myself my mom pills took * 9/10 now if . , \n \u200b 🔫 k i l l no".split(
                " "
            )
        ),
        max_size=60,
    )
)
def test_any_mixture_of_words_gives_a_finding(screener, parts):
    assert isinstance(screener.screen(" ".join(parts)), Finding)
    assert screener.explain(" ".join(parts))


@same_screener
@given(text=st.sampled_from(WORRYING), upper=st.lists(st.booleans(), min_size=40, max_size=40))
def test_case_never_lowers_a_level(screener, text, upper):
    changed = "".join(char.upper() if up else char for char, up in zip(text, upper, strict=False))
    assert screener.screen(changed).level >= screener.screen(text).level


@pytest.mark.parametrize("text", WORRYING)
@pytest.mark.parametrize("apostrophe", ["’", "‘", "`", "´", "ʼ", "", "'"])
def test_apostrophes_never_lower_a_level(screener, text, apostrophe):
    assert screener.screen(text.replace("'", apostrophe)).level >= screener.screen(text).level


@same_screener
@given(text=st.sampled_from(WORRYING), at=st.integers(0, 40), unseen=st.sampled_from(UNSEEN))
def test_invisible_characters_never_lower_a_level(screener, text, at, unseen):
    assert screener.screen(text[:at] + unseen + text[at:]).level >= screener.screen(text).level


@same_screener
@given(text=st.sampled_from(WORRYING), spaces=st.sampled_from(["  ", "\t", "\u00a0", " \u3000"]))
def test_spacing_never_lowers_a_level(screener, text, spaces):
    assert screener.screen(f" {text.replace(' ', spaces)} ").level >= screener.screen(text).level


@same_screener
@given(text=st.sampled_from(WORRYING), before=st.sampled_from(BENIGN), after=st.sampled_from(BENIGN))
def test_benign_sentences_around_it_never_lower_a_level(screener, text, before, after):
    level = screener.screen(text).level
    assert screener.screen(f"{text}. {after}").level >= level
    assert screener.screen(f"{before} {text}").level >= level


@pytest.mark.parametrize("text", WORRYING)
def test_accents_do_not_matter(screener, text):
    plain = text.translate(str.maketrans("áéíóúñ", "aeioun"))
    assert screener.screen(plain).level is screener.screen(text).level


@pytest.mark.parametrize(
    "unit",
    [
        "i want to die and ",
        "not ",
        "took * pills ",
        "😞",
        "k i l l ",
        "k**l ",
        "my mom ",
        '"x" ',
        "\ud800",
        "a",
        "me tome de la ",
    ],
)
def test_the_work_grows_with_the_text_and_not_with_its_square(screener, unit):
    # given the same stuff, once four times as long
    short, long = (unit * 4000)[:4000], (unit * 16000)[:16000]

    # when both are screened, a few times over
    took = {text: min(_seconds(screener, text) for _ in range(4)) for text in (short, long)}

    # then the longer takes about four times as long, far from sixteen
    assert took[long] < max(took[short], 0.005) * 10


def _seconds(screener, text):
    began = time.process_time()
    screener.screen(text)
    return time.process_time() - began
