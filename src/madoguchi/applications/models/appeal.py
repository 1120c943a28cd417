"""教示: how and where to object to a decision. Our own wording of 行政不服審査法18条・82条 and 行政事件訴訟法14条・46条."""

from __future__ import annotations

from madoguchi.accounts.models import Municipality
from madoguchi.procedures.models import Procedure

# 都道府県知事 by the first two digits of the 団体コード.
PREFECTURES = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
]

NOTE = (
    "この決定に不服があるときは、この決定があったことを知った日の翌日から起算して3か月以内に、{addressee}に対して審査請求をすることができます。"
    "ただし、決定の日の翌日から起算して1年を過ぎると、正当な理由がない限り、審査請求はできません。\n"
    "また、この決定の取消しの訴えは、この決定があったことを知った日の翌日から起算して6か月以内に、{defendant}を被告として（訴訟では{head}が{defendant}を代表します。）、"
    "裁判所に提起することができます。ただし、決定の日の翌日から起算して1年を過ぎると、正当な理由がない限り、訴えを提起できません。\n"
    "審査請求をしたときは、取消しの訴えは、その裁決があったことを知った日の翌日から起算して6か月以内（裁決の日の翌日から起算して1年以内）に提起することができます。"
)


def governor(code: str) -> str:
    """「東京都知事」 from a municipality's code; 「都道府県知事」 where it is not known."""
    number = int(code[:2]) if code[:2].isdecimal() else 0
    return f"{PREFECTURES[number - 1]}知事" if 1 <= number <= len(PREFECTURES) else "都道府県知事"


def head_of(municipality: Municipality) -> str:
    """Who decides: 江東区長."""
    return f"{municipality.name}長" if municipality.name.endswith(("区", "市", "町", "村")) else municipality.head


NOTE_EN = (
    "If you disagree with this decision, you may ask {addressee} to review it within three months of the day after you learned of it. "
    "One year after the day following the decision, a review can no longer be asked for without good reason.\n"
    "You may also bring an action for its annulment before a court, against {defendant} (represented by {head}), within six months of the day "
    "after you learned of the decision, and within one year of the day following it unless there is good reason.\n"
    "If you asked for a review, the six months and the year are counted from the ruling on that review."
)


def appeal_note(procedure: Procedure, language: str = "ja") -> str:
    """The note for a decision of this procedure; "" where the decision is no 処分 that can be appealed against.

    The Japanese one is the note in law; the English one is only for the translation behind it.
    """
    if procedure.appeal == "none" or not procedure.is_decided:
        return ""
    municipality = procedure.municipality
    head = head_of(municipality)
    addressee = {"mayor": head, "governor": governor(municipality.code)}.get(procedure.appeal, procedure.appeal)
    if language == "en":
        return NOTE_EN.format(addressee=addressee, defendant=municipality.name_en, head=head)
    return NOTE.format(addressee=addressee, defendant=municipality.name, head=head)
