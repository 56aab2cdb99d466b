"""Sealing: words, names, contacts and Telegram ids are AES-256-GCM before they reach a row.

An envelope is `1 | length of key id | key id | nonce (12) | ciphertext and tag`, bound to its table, column
and row id, so that it can be opened nowhere else. The first key of the ring seals, every key opens.
A keyed hash (`Sealer.index`) finds a row by a Telegram id without storing the id.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import HandrailError

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12


class KeyUnusable(HandrailError):
    """This is not a key: it must be 32 bytes in base64 or hex, with an optional name before a colon."""


class KeyMissing(HandrailError):
    """The key that sealed this data is not in security.keys:"""


class SealBroken(HandrailError):
    """A sealed value does not belong to its place, or was altered:"""


@dataclass(frozen=True)
class Sealed:
    """An envelope, ready for a sealed column. Only `Sealer` makes one."""

    envelope: bytes


@dataclass(frozen=True)
class Key:
    """One key of the ring: a short public name and 32 secret bytes."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.id!r})"


def new_key() -> str:
    """A fresh key in the form that configuration and key files hold: `id:base64`."""
    secret = secrets.token_bytes(KEY_BYTES)
    return f"{_name_of(secret)}:{base64.b64encode(secret).decode()}"


def make_key_file(path: Path) -> None:
    """Write a key file that only its owner can read. Raises `FileExistsError` rather than overwrite one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(new_key() + "\n")


class KeyRing:
    """The program's keys: the first seals, all open."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = [_parse(key) for key in keys]
        if not self._keys:
            raise KeyUnusable("security.keys is empty.")
        self._ciphers = {key.id: AESGCM(key.secret) for key in self._keys}
        self._first = self._keys[0].id

    def seal(self, text: bytes, place: bytes) -> bytes:
        name = self._first.encode()
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, text, place)
        return bytes((VERSION, len(name))) + name + nonce + sealed

    @property
    def first(self) -> str:
        """The name of the key that seals."""
        return self._first

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all keys, the one that seals first."""
        return tuple(key.id for key in self._keys)

    @staticmethod
    def name_in(envelope: bytes) -> str:
        """The name of the key that sealed this. Raises `SealBroken`."""
        if len(envelope) < 2 or envelope[0] != VERSION:
            raise SealBroken("unknown envelope.")
        return envelope[2 : 2 + envelope[1]].decode("ascii", "replace")

    def unseal(self, envelope: bytes, place: bytes) -> bytes:
        name = self.name_in(envelope)
        start = 2 + envelope[1]
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise KeyMissing(name)
        nonce, body = envelope[start : start + NONCE_BYTES], envelope[start + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, place)
        except (InvalidTag, ValueError) as error:
            raise SealBroken(place.decode()) from error


class Sealer:
    """What stores use: seal and open text at its place, and the keyed hash of an outside id."""

    def __init__(self, ring: KeyRing, index_key: bytes) -> None:
        self._ring = ring
        self._index_key = index_key

    def seal(self, table: str, column: str, row: int | str, text: str) -> Sealed:
        return Sealed(self._ring.seal(text.encode("utf-8", "surrogatepass"), place_of(table, column, row)))

    def unseal(self, table: str, column: str, row: int | str, sealed: Sealed) -> str:
        return self._ring.unseal(sealed.envelope, place_of(table, column, row)).decode(
            "utf-8", "surrogatepass"
        )

    def index(self, purpose: str, value: int | str) -> str:
        """A 32-character keyed hash: equal for equal values, and useless without the key."""
        text = f"{purpose}|{value}".encode()
        return hmac.new(self._index_key, text, hashlib.sha256).hexdigest()[:32]


def place_of(table: str, column: str, row: int | str) -> bytes:
    """What a sealed value is bound to."""
    return f"{table}.{column}|{row}".encode()


def _parse(text: str) -> Key:
    name, _, encoded = text.strip().rpartition(":")
    secret = _decode(encoded)
    if name and not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", name):
        raise KeyUnusable()
    return Key(name or _name_of(secret), secret)


def _decode(encoded: str) -> bytes:
    if re.fullmatch(r"[0-9a-fA-F]{64}", encoded):
        return bytes.fromhex(encoded)
    padded = encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4)
    try:
        secret = base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyUnusable() from error
    if len(secret) != KEY_BYTES:
        raise KeyUnusable()
    return secret


def _name_of(secret: bytes) -> str:
    return hashlib.sha256(b"handrail key id" + secret).hexdigest()[:8]
