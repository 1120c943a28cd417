"""What an action says when it cannot be done, and what a backend says when it failed."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An act that the present state, law or input does not allow; carries a sentence that says what to do.

    `sentence` is a (lazy) translated text for the person; `code` a stable word for machines and tests.
    One middleware shows it as a page, or as 409 to a machine.
    """

    def __init__(self, sentence: Any, code: str = "refused", **details: Any) -> None:
        super().__init__(str(code))
        self.sentence, self.code, self.details = sentence, code, details

    def __str__(self) -> str:
        return str(self.sentence)


class BackendError(Exception):
    """What every swappable part raises; `temporary` ones are tried again by a command."""

    def __init__(self, message: str, *, temporary: bool) -> None:
        super().__init__(message)
        self.temporary = temporary
