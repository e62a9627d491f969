"""Secrets at rest: AES-256-GCM with a key id, bound to the row that holds them."""

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_ID = 4
_NONCE = 12


class CannotOpen(Exception):
    """A sealed value was moved to another row, tampered with, or sealed with a key that is no longer listed."""


class Sealer:
    """Seals with the first key and opens with any: a key is rotated by putting the new one in front."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {hashlib.sha256(key).digest()[:_ID]: AESGCM(key) for key in keys}
        self._newest = next(iter(self._keys))

    def seal(self, secret: str, *, row: str) -> bytes:
        """Key id, nonce and ciphertext; `row` is the identity it can be opened for."""
        nonce = os.urandom(_NONCE)
        return self._newest + nonce + self._keys[self._newest].encrypt(nonce, secret.encode(), row.encode())

    def open(self, sealed: bytes, *, row: str) -> str:
        """The secret; raises `CannotOpen` where it does not belong to `row` or its key is gone."""
        key = self._keys.get(sealed[:_ID])
        nonce, ciphertext = sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        if key is None:
            raise CannotOpen("sealed with a key that SECRET_KEYS no longer lists")
        try:
            return key.decrypt(nonce, ciphertext, row.encode()).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen("the sealed value does not belong to this row") from None
