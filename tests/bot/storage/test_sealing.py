"""What is sealed opens at its own place with its own key, and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.sealing import (
    KeyMissing,
    KeyRing,
    KeyUnusable,
    SealBroken,
    Sealed,
    Sealer,
    make_key_file,
    new_key,
)

RING = KeyRing([new_key()])
SEALER = Sealer(RING, b"i" * 32)


@given(st.text())
def test_any_text_comes_back_as_it_was(text: str) -> None:
    sealed = SEALER.seal("answer", "words", 7, text)

    assert SEALER.unseal("answer", "words", 7, sealed) == text


@pytest.mark.parametrize("place", [("other", "words", 7), ("answer", "name", 7), ("answer", "words", 8)])
def test_an_envelope_moved_to_another_place_does_not_open(place: tuple[str, str, int]) -> None:
    sealed = SEALER.seal("answer", "words", 7, "private")

    with pytest.raises(SealBroken):
        SEALER.unseal(*place, sealed)


def test_an_altered_envelope_does_not_open() -> None:
    envelope = bytearray(SEALER.seal("answer", "words", 7, "private").envelope)
    envelope[-1] ^= 1

    with pytest.raises(SealBroken):
        SEALER.unseal("answer", "words", 7, Sealed(bytes(envelope)))


def test_every_key_of_the_ring_opens_and_the_first_seals() -> None:
    old, new = new_key(), new_key()
    before = Sealer(KeyRing([old]), b"i" * 32).seal("t", "c", 1, "words")

    after = Sealer(KeyRing([new, old]), b"i" * 32)

    assert after.unseal("t", "c", 1, before) == "words"
    assert Sealer(KeyRing([new]), b"i" * 32).unseal("t", "c", 1, after.seal("t", "c", 1, "x")) == "x"


def test_a_missing_key_is_named() -> None:
    sealed = Sealer(KeyRing(["spring:" + new_key().partition(":")[2]]), b"i" * 32).seal("t", "c", 1, "words")

    with pytest.raises(KeyMissing, match="spring"):
        SEALER.unseal("t", "c", 1, sealed)


@pytest.mark.parametrize("bad", ["", "short", "name:", "bad name!:" + "a" * 43, "id:" + "x" * 50])
def test_what_is_not_a_key_is_refused(bad: str) -> None:
    with pytest.raises(KeyUnusable):
        KeyRing([bad])


def test_keys_are_taken_in_hex_and_both_base64_alphabets() -> None:
    for encoded in ("ab" * 32, "a" * 42 + "8", "_" * 42 + "8="):
        assert KeyRing([encoded]).seal(b"x", b"place")


def test_the_index_is_equal_only_for_the_same_purpose_and_value() -> None:
    assert SEALER.index("chat", 5) == SEALER.index("chat", 5)
    assert len({SEALER.index("chat", 5), SEALER.index("invite", 5), SEALER.index("chat", 6)}) == 3


def test_a_key_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "handrail.keys"

    make_key_file(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert KeyRing([file.read_text()])
    with pytest.raises(FileExistsError):
        make_key_file(file)
