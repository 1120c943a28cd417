"""Keys lie in files outside the database, one a purpose, readable by the owner only.

A key's id is part of its file name (`audit-1.key`): the highest number is the one that writes, all are kept for reading.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

KEY_BYTES = 32


def text_key(folder: Path, name: str) -> str:
    """The newest key of a purpose as hexadecimal text, made when there is none."""
    return newest(folder, name)[1].hex()


def newest(folder: Path, name: str) -> tuple[str, bytes]:
    """(key id, 32 bytes) of the newest key of a purpose; the first is made when there is none."""
    keys = all_keys(folder, name)
    if not keys:
        return make(folder, name, 1)
    last = max(keys, key=_number)
    return last, keys[last]


def all_keys(folder: Path, name: str) -> dict[str, bytes]:
    """Every key of a purpose by id; empty when none was made yet."""
    pattern = re.compile(rf"{re.escape(name)}-(\d+)\.key")
    return {path.stem: bytes.fromhex(path.read_text().strip()) for path in folder.glob(f"{name}-*.key") if pattern.fullmatch(path.name)}


def make(folder: Path, name: str, number: int) -> tuple[str, bytes]:
    """Write a new random key; two processes that start together agree on one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}-{number}.key"
    draft = folder / f".{path.name}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.stem, bytes.fromhex(path.read_text().strip())


def _number(key_id: str) -> int:
    return int(key_id.rsplit("-", 1)[1])
