"""Search by words in scripts that do not put blanks between them, and in spellings that look the same."""

import unicodedata
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.top_k import NOTHING
from itemvec.retrievers import RETRIEVERS, Entries

ROWS: list[dict[str, Any]] = [{"kind": "bm25"}, {"kind": "lancedb", "mode": "text"}]
# Per language: products, and for each a query whose words it alone has.
CATALOGUES = {
    "japanese": (["折りたたみ傘 軽量 晴雨兼用", "ステンレス水筒 500ml", "木製の本棚 五段"], ["傘", "水筒", "木製本棚"]),
    "chinese": (["不锈钢保温杯500毫升", "儿童书包小学生", "无线蓝牙耳机"], ["保温杯", "小学生书包", "蓝牙耳机"]),
    "korean": (["여행용가방 대형", "무선 이어폰을 위한 케이스", "스테인리스 텀블러"], ["가방", "이어폰", "텀블러를"]),
    "thai": (["กระเป๋าเดินทางขนาดใหญ่", "หูฟังไร้สาย", "แก้วเก็บความเย็น"], ["กระเป๋า", "หูฟัง", "แก้วน้ำ"]),
    "hindi": (["लाल सूती साड़ी", "बच्चों का स्कूल बैग", "स्टील की बोतल"], ["सूती साड़ी", "स्कूल बैग", "बोतल"]),
    "khmer": (["កាបូបស្ពាយ", "កាសស្តាប់", "ដបទឹក"], ["កាបូប", "កាស", "ដប"]),
    "arabic": (["حقيبة سفر كبيرة", "سماعات لاسلكية", "زجاجة ماء"], ["حقيبة", "سماعات", "زجاجة"]),
    "greek": (["ΚΟΚΚΙΝΗ ΤΣΑΝΤΑ", "ασύρματα ακουστικά", "μπουκάλι νερού"], ["κοκκινη τσαντα", "ΑΚΟΥΣΤΙΚΆ", "μπουκάλι"]),
}


def first(row: dict[str, Any], items: list[str], queries: list[str]) -> list[int]:
    entries = [Entries(pa.array([str(n) for n in range(len(some))]), pa.array(some)) for some in (items, queries)]
    found: list[int] = RETRIEVERS.build("mine", row).index(entries[0])(entries[1], 1).positions[:, 0].tolist()
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["kind"])
@pytest.mark.parametrize("language", CATALOGUES)
def test_every_script_finds_its_product(row: dict[str, Any], language: str) -> None:
    items, queries = CATALOGUES[language]
    assert first(row, items, queries) == [0, 1, 2]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["kind"])
def test_equal_looking_words_meet(row: dict[str, Any]) -> None:
    items = ["desk", "cafetière crème", "ＵＳＢ ケーブル", "vitamin c", "vitamin d"]
    queries = [unicodedata.normalize("NFD", "crème"), "usb", "ｹｰﾌﾞﾙ", "Vitamin C", "vitamin D"]
    assert first(row, items, queries) == [1, 2, 2, 3, 4]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["kind"])
def test_four_feet_are_not_six(row: dict[str, Any]) -> None:
    items = ["6 ft ladder", "8 ft ladder", "aluminium step ladder with platform, 4 ft", "ladder"]
    assert first(row, items, ["4 ft ladder", "6 ft ladder"]) == [2, 0]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["kind"])
def test_signs_alone_find_nothing(row: dict[str, Any]) -> None:
    assert first(row, ["lamp", "★"], ["★", "!?", ""]) == [NOTHING] * 3
