"""What a person reads when a file cannot be kept, and what was done to one that is."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from madoguchi.lib.errors import Refused

SENTENCES: Final[dict[str, Any]] = {
    "upload.empty": _("ファイルの中身がありません。もう一度、ファイルを選んでください。"),
    "upload.too_large": _("ファイルが大きすぎます（%(limit)sまで）。写真は小さくし、PDFは分けて送ってください。"),
    "upload.wrong_type": _("この種類のファイルは受け取れません。%(kinds)sのどれかを選んでください。"),
    "upload.broken": _("ファイルが壊れているため開けません。作り直すか、写真に撮って送ってください。"),
    "upload.encrypted": _("パスワードがかかっているため開けません。パスワードを外して送ってください。"),
    "upload.bomb": _("開くと大きくなりすぎるため受け取れません。写真は小さくし、PDFは作り直して送ってください。"),
    "upload.too_many_pages": _("ページが多すぎます（%(limit)sページまで）。分けて送ってください。"),
    "upload.active": _("動く部品やほかのファイルが入ったPDFは受け取れません。「印刷」から「PDFに保存」して送ってください。"),
}
NOTES: Final[dict[str, Any]] = {
    "converted": _("写真の形式を変えて保存しました。"),
    "first_frame": _("動く画像の最初の1枚を保存しました。"),
    "shrunk": _("写真を小さくして保存しました。"),
}


class UploadRefused(Refused):
    """A file that cannot be kept: `key` is one of SENTENCES, `params` what its sentence names."""

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(SENTENCES[key], code=key)
        self.key, self.params = key, params

    def __str__(self) -> str:
        return sentence(self)


def sentence(refused: UploadRefused) -> str:
    """What to do, in the reader's language."""
    return str(SENTENCES[refused.key]) % refused.params
