"""Encryption of single values at rest: AES-256-GCM with the place of the value bound in.

A sealed value opens only at the place it was sealed for (municipality|table|row|question), so that a row copied over
another is refused (NIST SP 800-38D: associated data are authenticated). Keys never come from Django's SECRET_KEY.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from madoguchi.lib import keys

PURPOSE = "secrets"
NONCE_BYTES = 12


class Unsealable(Exception):
    """The value was not sealed for this place, was changed, or its key is missing."""


def seal(text: str, *, place: str) -> tuple[bytes, str]:
    """Encrypt; gives (nonce + ciphertext + tag, key id)."""
    key_id, key = keys.newest(settings.KEYS_DIR, PURPOSE)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode()), key_id


def unseal(sealed: bytes, *, place: str, key_id: str) -> str:
    """Decrypt what `seal` gave; raises Unsealable."""
    key = keys.all_keys(settings.KEYS_DIR, PURPOSE).get(key_id)
    if key is None:
        raise Unsealable(f"key {key_id} is missing")
    data = bytes(sealed)
    try:
        return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode()).decode()
    except InvalidTag as error:
        raise Unsealable("the value does not belong to this place") from error
