"""The card of an export: its lines of code run as they stand."""

import re
from pathlib import Path

import pytest

from itemvec.core.files import write_json
from tests.commands.test_export import MINILM, PROMPTS, REDUCED, exported
from tests.commands.test_search_box import IDS, TEXTS, finish


def test_the_card_searches_as_the_best_row_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the index, and the effort, of the row that was measured best."""
    rows = {
        "flat": {"kind": "lancedb", "index_type": "IVF_FLAT", "partitions": 2, "probes": 2, "refine": 3},
        "worse": {"kind": "lancedb", "index_type": "IVF_FLAT", "partitions": 2, "probes": 1},
    }
    finish(
        tmp_path, MINILM | PROMPTS, variants=["full"], reducers=REDUCED, retrievers=list(rows),
        systems=rows, search={"split": "given", "depth": 10, "metrics": ["ndcg@10"]},
    )  # fmt: skip
    for name, mean in (("flat", 0.5), ("worse", 0.4)):
        write_json(
            tmp_path / f"artifacts/results/search/{name}/full.json", {"groups": {"real": {"ndcg@10": {"mean": mean}}}}
        )
    assert exported(tmp_path, monkeypatch, "full", "out", "--table-only").exit_code == 0
    card = (tmp_path / "out/README.md").read_text()
    assert '.distance_type("cosine").nprobes(2).refine_factor(3).limit(10)' in card
    assert "that of row `flat`, the best that was measured, with the effort that was measured." in card
    (search,) = (code for code in re.findall(r"```python\n(.*?)```", card, re.DOTALL) if "open_table" in code)
    monkeypatch.chdir(tmp_path / "out")
    vector = [1.0] + [0.0] * 383
    names: dict[str, object] = {"vector": vector}
    exec(search.replace("what a customer types", TEXTS[0]), names)
    assert {one["item_id"] for one in names["found"]} == set(IDS)  # type: ignore[attr-defined]
    assert names["by_words"][0]["item_id"] == IDS[0]  # type: ignore[index]
