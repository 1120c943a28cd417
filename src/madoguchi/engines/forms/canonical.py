"""The one spelling of a document, and its hash."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict) or hasattr(value, "items"):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, float):
        raise TypeError("a float has no canonical spelling: write a whole number or a decimal as a string")
    return value


def canonical_json(document: Any) -> str:
    """The document's only spelling: keys sorted, no blanks, decimals as strings, code points untouched.

    Raises TypeError for a float or for what JSON cannot hold.
    """
    return json.dumps(_plain(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def document_hash(document: Any) -> str:
    """SHA-256 (hexadecimal) of `canonical_json` in UTF-8. Unicode is never normalised: 神 U+FA19 is not U+795E here."""
    return hashlib.sha256(canonical_json(document).encode("utf-8", "surrogatepass")).hexdigest()
