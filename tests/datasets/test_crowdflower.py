import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from itemvec.core.columns import DIVIDED_QUERIES
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables

SHARED = os.environ.get("ITEMVEC_SHARED_DATA")
HEADER = '"id","query","product_title","product_description","median_relevance","relevance_variance"\n'
ROWS = (
    '"1","desk lamp","Lamp - Black","A <b>lamp</b>.\nBlack, 8"" tall","4","0"\n'
    '"2","desk lamp","Lamp - Black","A lamp . Black, 8"" tall","3","0.5"\n'
    '"4","desk lamp","Chair","","1","0"\n'
    '"5","wine rack","Chair","dÃ©cor &amp; more","2","0.471"\n'
    '"7","never found","Chair","","1","0"\n'
)


def load(root: Path, rows: str = ROWS, **options: Any) -> Tables:
    (root / "train.csv").write_text(HEADER + rows, encoding="utf-8")
    return DATASETS.build("mine", {"kind": "crowdflower", **options}).load(root)


def judged(tables: Tables) -> set[tuple[str, str, float]]:
    """Judgments with the texts in place of ids."""
    names = {row["item_id"]: row["text"] for row in tables.items.to_pylist()}
    names |= {row["query_id"]: row["text"] for row in tables.queries.to_pylist()}
    return {(names[row["query_id"]], names[row["item_id"]], row["gain"]) for row in tables.qrels.to_pylist()}


def test_products_of_the_same_title_and_description_are_one_item(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lamp, chair = 'Lamp - Black. A lamp . Black, 8" tall', "Chair"
    assert judged(load(tmp_path)) == {
        ("desk lamp", lamp, max(4, 3) - 1),
        ("desk lamp", chair, 1 - 1),
        ("wine rack", "Chair. décor & more", 2 - 1),
    }
    assert "1 queries were left out, to which no item is relevant" in capsys.readouterr().out


def test_ids_and_parts_hang_on_the_words_alone(tmp_path: Path) -> None:
    whole = load(tmp_path)
    assert whole.queries.schema == DIVIDED_QUERIES
    backwards = load(tmp_path, "".join(f"{line}\n" for line in reversed(ROWS[ROWS.index('"4","desk') :].splitlines())))
    for name, key in (("items", "item_id"), ("queries", "query_id")):
        kept = {row[key]: row for row in getattr(whole, name).to_pylist()}
        assert all(kept[row[key]] == row for row in getattr(backwards, name).to_pylist() if row[key] in kept)
    assert "wine rack" in backwards.queries["text"].to_pylist()


def test_the_title_alone_may_be_the_text_of_the_same_items(tmp_path: Path) -> None:
    both, title = load(tmp_path), load(tmp_path, text=["product_title"])
    assert title.items["item_id"].equals(both.items["item_id"])
    assert sorted(title.items["text"].to_pylist()) == ["Chair", "Chair", "Lamp - Black"]


def test_gains_may_be_others(tmp_path: Path) -> None:
    gains = {gain for _, _, gain in judged(load(tmp_path, gains=[0, 0, 0.5, 1]))}
    assert gains == {0.0, 1.0}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"gains": [0, 1]}, "give one for each relevance from 1 to 4"),
        ({"gains": [-1, 0, 1, 2]}, "greater than or equal to 0"),
        ({"text": []}, "text is empty; name at least one column"),
        ({"text": ["title"]}, "product_title"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        load(tmp_path, **options)


def test_another_label_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"train\.csv: 1 rows have a label like '5'; choose from 1, 2, 3, 4"):
        load(tmp_path, '"1","desk lamp","Lamp","","5","0"\n')


def test_another_header_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,query,product_title,median_relevance\n1,a,b,4\n")
    with pytest.raises(DatasetError, match=r"train\.csv cannot be read: .*product_description"):
        DATASETS.build("mine", {"kind": "crowdflower"}).load(tmp_path)


@pytest.mark.shared_data
@pytest.mark.skipif(SHARED is None, reason="ITEMVEC_SHARED_DATA names no folder")
def test_the_published_file() -> None:
    tables = DATASETS.build("mine", {"kind": "crowdflower"}).load(Path(SHARED or "") / "crowdflower")
    assert (len(tables.items), len(tables.qrels)) == (9912, 10_013)
    assert Counter(tables.queries["split"].to_pylist()) == {"train": 135, "validation": 55, "test": 71}
