"""Old and variant forms of kanji and the common form each is searched by.

Only for searching, comparing and suggesting. A name is kept exactly as its owner writes it: 髙 and 高 are two
different entries in a family register, and no function of this package replaces one by the other unasked.
"""

from typing import Final

# Each pair is "variant, common form"; a common form never appears as a variant, so one pass is enough.
_PAIRS: Final = """
髙高 﨑崎 嵜崎 碕崎 邊辺 邉辺 齋斉 齊斉 斎斉 澤沢 濱浜 濵浜 廣広 國国 圀国 惠恵 眞真 嶋島 嶌島 德徳 藏蔵 龍竜 瀧滝 櫻桜 榮栄 壽寿
萬万 舘館 舩船 冨富 峯峰 條条 學学 會会 圓円 鹽塩 應応 假仮 價価 畫画 縣県 劍剣 顯顕 驗験 檢検 權権 嚴厳 廳庁 黑黒 實実 寫写 釋釈
收収 從従 澁渋 獸獣 縱縦 處処 敍叙 將将 燒焼 證証 奬奨 乘乗 淨浄 剩剰 疊畳 孃嬢 讓譲 釀醸 觸触 寢寝 愼慎 盡尽 圖図 粹粋 醉酔 穗穂
隨随 髓髄 樞枢 數数 聲声 靜静 攝摂 專専 淺浅 戰戦 踐践 錢銭 潛潜 纖繊 禪禅 雙双 壯壮 搜捜 插挿 巢巣 裝装 總総 騷騒 增増 臟臓 屬属
續続 墮堕 體体 對対 帶帯 臺台 擇択 單単 團団 彈弾 遲遅 晝昼 蟲虫 鑄鋳 聽聴 鐵鉄 轉転 點点 傳伝 燈灯 當当 黨党 盜盗 獨独 讀読 屆届
繩縄 貳弐 腦脳 霸覇 廢廃 拜拝 賣売 麥麦 發発 蠻蛮 彌弥 佛仏 變変 辨弁 辯弁 瓣弁 寶宝 豐豊 沒没 飜翻 槇槙 默黙 藥薬 譯訳 豫予 餘余
與与 譽誉 搖揺 樣様 謠謡 來来 賴頼 亂乱 覽覧 兩両 獵猟 綠緑 壘塁 禮礼 隸隷 齡齢 戀恋 爐炉 勞労 樓楼 灣湾 亞亜 惡悪 圍囲 爲為 醫医
壹壱 稻稲 隱隠 營営 衞衛 驛駅 艷艶 歐欧 奧奥 橫横 溫温 穩穏 擴拡 殼殻 覺覚 樂楽 勸勧 關関 歡歓 觀観 氣気 歸帰 僞偽 戲戯 犧犠 據拠
擧挙 曉暁 區区 驅駆 勳勲 薰薫 徑径 溪渓 經経 繼継 莖茎 螢蛍 輕軽 鷄鶏 藝芸 缺欠 儉倹 圈圏 獻献 險険 恆恒 鑛鉱 號号 碎砕 濟済 劑剤
雜雑 參参 棧桟 蠶蚕 贊賛 殘残 絲糸 齒歯 兒児 辭辞 濕湿 壤壌 淸清 靑青 每毎 祿禄 曾曽 曻昇 凉涼 凛凜 堯尭 槗橋 𣘺橋 桒桑 𠮷吉 𡈽土
𠮟叱 淵渕 渊渕 籔薮 藪薮 檜桧 籠篭 鷗鴎 鷏鷆 栁柳 桺柳 靏鶴 靍鶴 濤涛 燾焘 礒磯 礪砺 鄕郷 鄉郷 黃黄 郞郎 敎教 晉晋 卷巻 吳呉 姬姫
戶戸 步歩 瀨瀬 內内 兎兔 凞熙 煕熙 煇輝 畠畑 苅刈 埜野 杦杉 枩松 柗松 梹浜 荘庄 莊庄 竝並 竒奇 髮髪 鬪闘
"""


def _table() -> dict[str, str]:
    return {pair[0]: pair[1] for pair in _PAIRS.split()}


OLD_FORMS: Final[dict[str, str]] = _table()
_TRANSLATION: Final = str.maketrans(OLD_FORMS)


def fold_old_forms(text: str) -> str:
    """`text` with every old or variant kanji of the table in its common form; for comparing, never for storing."""
    return text.translate(_TRANSLATION)
