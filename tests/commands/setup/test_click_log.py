"""A file of clicks beside judgments is a log that trains."""

from pathlib import Path

import pytest

from itemvec.core.errors import ParamsError
from tests.commands.setup.test_understanding import tables_of, understood, write


def test_clicks_beside_judgments_train(tmp_path: Path) -> None:
    items = write(tmp_path / "items.csv", "item_id,text\n1,Lamp\n2,Chair\n")
    labels = write(tmp_path / "labels.csv", "query,item_id,grade\nseat,1,0\nseat,2,1\n")
    shown = [("1", 1, 8), ("2", 2, 2), ("2", 1, 4), ("1", 2, 4)]
    rows = [f"light,{item},{k},{int(n < c)},s{n}\n" for item, k, c in shown for n in range(10)]
    clicks = write(tmp_path / "log.csv", "search_term,item_id,rank,click,search_id\n" + "".join(rows))
    found = understood(items=items, judgments=labels, clicks=clicks)
    assert found.files["clicks.csv"] == clicks
    assert found.row["clicks"] == "all-pairs"
    own = {"position": "rank", "clicked": "click", "session": "search_id"}
    assert {role: found.row["columns"].get(role) for role in own} == own
    tables = tables_of(found)
    assert dict(zip(tables.queries["text"].to_pylist(), tables.queries["split"].to_pylist(), strict=True)) == {
        "light": "train",
        "seat": "test",
    }
    with pytest.raises(ParamsError, match="has no column 'position', so --judgments and --clicks both say"):
        understood(items=items, judgments=labels, clicks=labels)
