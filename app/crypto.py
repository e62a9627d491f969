"""Secrets at rest: AES-256-GCM with a key ID, bound to their row."""

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_ID = 4  # bytes
_NONCE = 12


class CannotOpen(Exception):
    """A sealed value was modified, or moved to another row or column."""


class UnknownKey(Exception):
    """A value is sealed with a key that SECRET_KEYS does not list: the value is sound, this process lacks the key."""


class Sealer:
    """Seals with the first key and opens with any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {hashlib.sha256(key).digest()[:KEY_ID]: AESGCM(key) for key in keys}
        self._newest = next(iter(self._keys))

    def seal(self, secret: str, *, row: str) -> bytes:
        """Return key ID, nonce and ciphertext; the value opens only for the same `row`."""
        nonce = os.urandom(_NONCE)
        return self._newest + nonce + self._keys[self._newest].encrypt(nonce, secret.encode(), row.encode())

    @property
    def key_ids(self) -> list[bytes]:
        """Return the IDs of the listed keys."""
        return list(self._keys)

    def knows(self, key_id: bytes) -> bool:
        """Tell whether one of the keys has this ID, with which every sealed value begins."""
        return key_id in self._keys

    def open(self, sealed: bytes, *, row: str) -> str:
        """Return the secret; raise `CannotOpen` if it does not belong to `row`, `UnknownKey` if we lack its key."""
        key = self._keys.get(sealed[:KEY_ID])
        nonce, ciphertext = sealed[KEY_ID : KEY_ID + _NONCE], sealed[KEY_ID + _NONCE :]
        if key is None:
            raise UnknownKey("sealed with a key that SECRET_KEYS does not list")
        try:
            return key.decrypt(nonce, ciphertext, row.encode()).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen("the sealed value does not belong to this row") from None
