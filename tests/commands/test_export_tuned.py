"""What a tuner learnt, exported: plain sentence-transformers gives the vectors and the ranking of the run."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from itemvec.commands.main import main
from itemvec.core.columns import ITEMS, QRELS, QUERIES
from itemvec.core.files import write_json, write_parquet
from itemvec.core.params import TuneProtocol
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.stages.lesson import Protocol
from itemvec.stages.tune import tune_vectors
from itemvec.store import Block, open_vectors, write_database
from itemvec.tuners import TUNERS
from itemvec.tuners.live_model import searched
from tests.core.test_params import write
from tests.encoders.tiny import DIM, FAMILIES, LIMIT
from tests.tuners.conftest import WORDS

IDS = [f"i{row:02}" for row in range(60)]
PROMPTS: dict[str, Any] = {"query_prompt": "find: ", "item_prompt": "item: ", "max_tokens": LIMIT}
TUNINGS: dict[str, Any] = {
    "ridge": {"kind": "ridge"},
    "both": {"kind": "low-rank", "items": True, "steps": 40},
    "whole": {"kind": "full", "epochs": 2, "positives": 1, "learning_rate": 0.003, "curve": False},
    "moved": {"kind": "nudge"},
    "same": {"kind": "ridge", "penalty": 1e9},
}
MODELS = ["ridge", "both", "whole", "same"]
ELSEWHERE = """
import json, sys
import lancedb
from sentence_transformers import SentenceTransformer
texts, queries, *names = json.loads(sys.stdin.read())
found = {}
for name in names:
    model = SentenceTransformer(f"{name}/model", device="cpu")
    table, vectors = lancedb.connect(f"{name}/lancedb").open_table("items"), model.encode_query(queries)
    ids = [[one["item_id"] for one in table.search(v).distance_type("cosine").limit(100).to_list()] for v in vectors]
    found[name] = [model.encode_document(texts).tolist(), vectors.tolist(), ids]
assert not any(name.split(".")[0] == "itemvec" for name in sys.modules)
print(json.dumps(found))
"""


@pytest.fixture
def texts(tmp_path: Path) -> tuple[list[str], list[str]]:
    """A finished run of all tuners. Half of what is learnt from validates too, so that all but one change something."""
    (tmp_path / "tiny").mkdir()
    FAMILIES["bert_mean"](tmp_path / "tiny")
    tiny = SentenceTransformerEncoder(str(tmp_path / "tiny"), DIM, **PROMPTS)
    rng = np.random.default_rng(3)
    items = [" ".join(rng.choice(WORDS, 4, replace=False)) for _ in IDS]
    queries = [" ".join(one.split()[:2]) for one in items[:30]] + [" ".join(one.split()[:2]) for one in items[:10]]
    names, parts = [f"q{row:02}" for row in range(40)], ["train"] * 20 + ["test"] * 10 + ["validation"] * 10
    answers = [*IDS[:30], *IDS[:10]]
    tables, artifacts = tmp_path / "artifacts/tables", tmp_path / "artifacts"
    asked = pa.table([names, queries, ["given"] * 40], schema=QUERIES).append_column("split", pa.array(parts))
    write_parquet(tables / "items.parquet", pa.table([IDS, items], schema=ITEMS))
    write_parquet(tables / "queries.parquet", asked)
    write_parquet(tables / "qrels.parquet", pa.table([names, answers, [1.0] * 40], schema=QRELS))
    blocks = {
        "items": Block(pa.array(IDS), searched(tiny, items, "item")),
        "queries": Block(pa.array(names), searched(tiny, queries, "query")),
    }
    write_database(artifacts / "embeddings", {name: (DIM, [block]) for name, block in blocks.items()})
    write_json(artifacts / "results/embed.json", {"model": "mine"})
    row = {"kind": "sentence-transformer", "checkpoint": tiny.checkpoint, "dim": DIM} | PROMPTS
    changes = {"tunings": TUNINGS, "tuners": list(TUNINGS), "retrievers": ["exact"], "recommenders": []}
    changes |= {"systems": {"exact": {"kind": "exact"}}, "baselines": [], "model": "mine", "models": {"mine": row}}
    write(tmp_path / "params.yaml", **changes)
    for name, one in TUNINGS.items():
        protocol = Protocol(1, "leave-one-out", "given", 0.0, TuneProtocol(2, 1, 2.0), tiny)
        folder, database = artifacts / "tuned" / name, artifacts / "vectors" / name
        said = tune_vectors(
            TUNERS.build(name, one), tables, artifacts / "embeddings.digest", folder, database, protocol
        )
        write_json(artifacts / f"results/tune/{name}.json", said)
        assert said["tuned"]["changed"] == (name != "same")
    return items, queries


def export(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", *arguments])


def test_a_process_without_itemvec_gets_the_vectors_and_the_ranking_of_the_run(
    texts: tuple[list[str], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in MODELS:
        result = export(name, name)
        assert result.exit_code == 0, result.output
    call = [sys.executable, "-c", ELSEWHERE]
    asked = json.dumps([*texts, *MODELS])
    found = json.loads(subprocess.run(call, input=asked, check=True, capture_output=True, text=True).stdout)
    for name in MODELS:
        items, queries, ids = found[name]
        wanted = {
            table: open_vectors(tmp_path / f"artifacts/vectors/{name}.digest", table).load().vectors
            for table in ("items", "queries")
        }
        np.testing.assert_allclose(items, wanted["items"], atol=1e-5)
        np.testing.assert_allclose(queries, wanted["queries"], atol=1e-5)
        ranked = np.argsort(-wanted["queries"] @ wanted["items"].T, axis=1, kind="stable")
        assert ids == [[IDS[place] for place in row] for row in ranked]
    result = export("moved", "moved")
    assert result.exit_code == 1
    assert "kind nudge moves single items, which no model can do; --table-only" in " ".join(result.output.split())
    assert not (tmp_path / "moved").exists()
    assert export("moved", "moved", "--table-only").exit_code == 0
