"""Papers for the 利用調整会議 as data for lib/documents/report.typ: summary, cut-offs, places set by hand, what the last key decided."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from madoguchi.engines import japanese
from madoguchi.nursery.models.figures import pool_rows
from madoguchi.nursery.models.reasons import facility_names
from madoguchi.nursery.models.rulebook import rulebook_of
from madoguchi.nursery.models.run import Run

EXISTS = {True: "あります", False: "ありません（証明済み）", "unknown": "分かっていません"}


def meeting_papers(run: Run) -> dict[str, Any]:
    """What report.typ prints; in Japanese, for the meeting. Holds children's numbers and no names."""
    row, result, summary = run.round, run.result, run.summary
    return {
        "title": "利用調整会議　資料",
        "subtitle": f"{row.name}　{run}",
        "note": "取扱注意：個人が分かるおそれのある内容を含みます。",
        "municipality": row.municipality.name,
        "division": row.procedure.division.name,
        "date": japanese.wareki(timezone.localdate()),
        "facts": [
            ["入園月", f"{row.month.year}年{row.month.month}月（{row.fiscal_year}年度の基準）"],
            ["利用調整基準", str(run.rules or row.rules or "")],
            ["申込みのお子さま", f"{summary['children']}人（転園 {summary['staying'] + summary['transferred']}人）"],
            [
                "入れる人数",
                f"{summary['seated']}人（新しく {summary['newly_seated']}人、転園 {summary['transferred']}人、いまの園のまま {summary['staying']}人）",
            ],
            ["待つ人数", f"{summary['without']}人"],
            ["第1希望", f"{summary['first_wish']}人"],
            ["割当の安定", "安定しています" if result["stable"] else f"{result['blocking_families']}世帯に不満が残ります"],
            ["安定した割当", EXISTS[result["stable_exists"]]],
            ["独立した検査", f"違反 {len(result['violations'])}件、空いたままの席 {result['wasted']}件"],
            ["入力のハッシュ", run.input_sha256],
        ],
        "sections": [_classes(run), _cut_offs(run), _by_hand(run), _last_key(run), *_blocking(run)],
    }


def _classes(run: Run) -> dict[str, Any]:
    summary = run.summary
    keys = ("applicants", "seats", "placed", "waiting")
    rows = [[f"{age}歳児", *(str(summary[key][str(age)]) for key in keys)] for age in range(6)]
    return {
        "title": "1　クラスごとの申込みと席",
        "columns": ["クラス", "申込み", "席（在園中の転園申込者を含む）", "入れる", "待つ"],
        "figures": [1, 2, 3, 4],
        "rows": rows,
    }


def _cut_offs(run: Run) -> dict[str, Any]:
    rows = [
        [one.name, one.classes, str(one.seats), str(one.wishes), one.ratio, str(one.placed), str(one.waiting), one.last_points]
        for one in pool_rows(run, rulebook_of(run.round).scale, lambda one: bool(one["seats"] or sum(one["wishes"])))
    ]
    return {
        "title": "2　施設とクラスごとの倍率と最低指数",
        "columns": ["施設", "クラス", "席", "希望", "倍率", "入園", "待つ", "最低指数"],
        "figures": [2, 3, 4, 5, 6, 7],
        "widths": [5, 1.4, 1, 1, 1.2, 1, 1, 1.4],
        "rows": rows,
        "empty": "募集のある施設はありません。",
    }


def _by_hand(run: Run) -> dict[str, Any]:
    rows = [
        [
            place.candidate.code,
            f"{place.facility.name['ja']}に入れない"
            if place.is_forbidden
            else place.facility.name["ja"]
            if place.facility
            else "入園しない",
            place.reason,
            place.by.name,
        ]
        for place in run.round.hand_places.standing().select_related("candidate", "facility", "by")
    ]
    return {
        "title": "3　手で決めた枠",
        "columns": ["児童番号", "決めたこと", "理由", "決めた人"],
        "widths": [2, 3, 4, 1.5],
        "rows": rows,
        "empty": "手で決めた枠はありません。",
    }


def _last_key(run: Run) -> dict[str, Any]:
    names = facility_names("ja")
    rows = [
        [place.candidate.code, names.get(place.facility.code, "") if place.facility else "待つ", f"{place.points:g}"]
        for place in run.placements.filter(is_last_key=True).select_related("candidate", "facility").order_by("candidate__code")
    ]
    return {
        "title": "4　最後の順位で決まったもの",
        "body": ["指数と優先順位がすべて同じで、児童番号の順だけで決まった組です。会議で確かめてください。"],
        "columns": ["児童番号", "結果", "指数"],
        "figures": [2],
        "rows": rows,
        "empty": "ありません。",
    }


def _blocking(run: Run) -> list[dict[str, Any]]:
    if run.result["stable"]:
        return []
    names = facility_names("ja")
    rows = [
        [one["family"], "、".join(names.get(place, "—") if place else "—" for place in one["wanted"]), _seats(one["seats"], names)]
        for one in run.result["frozen"]
    ]
    return [
        {
            "title": "5　不満が残る世帯",
            "body": [
                "すべての世帯に納得のいく割当がないか、見つかっていないため、次の世帯の条件をかなえられませんでした。",
                "右の欄の席が1つ増えると、対立はなくなります。",
            ],
            "columns": ["世帯番号", "望んだ組合せ", "1つ増えれば解ける席"],
            "widths": [2, 4, 4],
            "rows": rows or [[family, "", ""] for family in run.result["blocking"]],
        }
    ]


def _seats(seats: list[Any], names: dict[str, str]) -> str:
    return "、".join(f"{names.get(code, code)}（{'・'.join(map(str, classes))}歳児）" for code, classes in seats) or "—"
