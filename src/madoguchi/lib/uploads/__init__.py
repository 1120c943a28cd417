"""Files that residents send: what they really are, whether they can be kept, and the tidy copy that is kept.

`examine` judges by content, never by name or declared type. Pictures are turned upright, shrunk, freed of their metadata
(where a photo was taken is nobody's business) and written anew; HEIC becomes JPEG. A PDF is kept as it came, when it opens
without a password, runs nothing and carries no other file.
"""

from __future__ import annotations

from .kinds import ACCEPTABLE, MEDIA_TYPES, Kind, clean_name, kind_of
from .pages import draw_page
from .pictures import preview_png
from .sentences import NOTES, SENTENCES, UploadRefused, sentence
from .upload import Examined, examine

__all__ = [
    "ACCEPTABLE",
    "MEDIA_TYPES",
    "NOTES",
    "SENTENCES",
    "Examined",
    "Kind",
    "UploadRefused",
    "clean_name",
    "draw_page",
    "examine",
    "kind_of",
    "preview_png",
    "sentence",
]
