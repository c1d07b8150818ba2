import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from itemvec.commands.main import main
from itemvec.core.columns import INTERACTIONS, ITEMS
from itemvec.core.files import write_json, write_parquet
from itemvec.core.params import Params
from itemvec.recommenders import RECOMMENDERS
from itemvec.stages.recommend import recommend
from itemvec.store import Block, write_database
from tests.conftest import ROOT, cycles
from tests.core.test_params import write

SMALL = {"width": 8, "epochs": 2, "patience": 1, "max_history": 5}
ROWS: dict[str, dict[str, Any]] = {
    "before": {"kind": "sasrec", "item": "text", **SMALL},
    "after": {"kind": "sasrec", "item": "id", "norm": "after", "layers": 2, "heads": 4, "similarity": "dot", **SMALL},
    "gru": {"kind": "gru4rec", "item": "id+text", "inner": 6, "layers": 2, **SMALL},
    "plain-gru": {"kind": "gru4rec", "item": "id", "form": "recbole", **SMALL},
}
CELLS = {"before": "before@full", "after": "after", "gru": "gru@full", "plain-gru": "plain-gru"}
FOLDERS = {"before": "deploy", "after": "other/after", "gru": "other/gru", "plain-gru": "other/plain"}
N = 12
ELSEWHERE = """
import json, sys
found = {}
for name, folder in json.loads(sys.argv[1]).items():
    sys.path.insert(0, folder)
    sys.modules.pop("recommend", None)
    from recommend import Recommender
    network = Recommender(folder)
    found[name] = [network.scores(history).tolist() for history in json.loads(sys.argv[2])]
    first = network.recommend(["nowhere", *json.loads(sys.argv[2])[0]], k=50)
    assert len(first) == len(network.items) - len(set(json.loads(sys.argv[2])[0])), first
    sys.path.pop(0)
print(json.dumps(found))
exec(sys.argv[3])
assert len(scores) == len(network.items)
assert not any(name.split(".")[0] == "itemvec" for name in sys.modules)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of four networks on planted histories, in which item i + 1 comes after item i."""
    whole = cycles(30, N, 8, np.random.default_rng(0))
    names, tables = pa.array([f"i{place}" for place in range(N)]), tmp_path / "artifacts/tables"
    write_parquet(tables / "items.parquet", pa.table([names, names], schema=ITEMS))
    log = [whole.users.take(pa.array(whole.rows)), names.take(pa.array(whole.items)), np.arange(len(whole.items))]
    write_parquet(tables / "interactions.parquet", pa.table(log, schema=INTERACTIONS))
    params = run_params(tmp_path)
    vectors = np.random.default_rng(1).standard_normal((N, 6)).astype(np.float32)
    write_database(tmp_path / "artifacts/vectors/full", {"items": (6, [Block(names, vectors)])})
    write_json(tmp_path / "artifacts/results/embed.json", {"model": params.model})
    for name, row in ROWS.items():
        cell = f"recommend/{name}/full" if "@" in CELLS[name] else f"baseline/{name}"
        system = RECOMMENDERS.build(name, row)
        given = vectors if system.needs_vectors else None
        found = recommend(system, tables / "interactions.parquet", names, given, params.recommend, params.seed)
        write_parquet(tmp_path / f"artifacts/runs/{cell}.parquet", found.run)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_params(root: Path, **rows: Any) -> Params:
    protocol = {"split": "leave-one-out", "mask_history": False, "depth": 100, "seeds": 1, "metrics": ["ndcg@10"]}
    systems = {**ROWS, "popular": {"kind": "popular"}, "bm25": {"kind": "bm25"}, **rows}
    keys: dict[str, Any] = {"systems": systems, "recommend": protocol, "retrievers": ["bm25"], "rerankers": []}
    write(root / "params.yaml", **keys, recommenders=["before", "gru"], baselines=["after", "plain-gru"])
    return Params.load(root / "params.yaml")


def shown_loader() -> str:
    """The lines that docs/how-to/deploy.md shows, with ids of this catalogue and for as many items as there are."""
    blocks = (ROOT / "docs/how-to/deploy.md").read_text(encoding="utf-8").split("```python\n")[1:]
    (lines,) = (block.split("```")[0] for block in blocks if "Recommender(" in block)
    return lines.replace('["50", "181", "172"], k=10', '["i1", "i2", "i3"], k=50').replace(
        '["50", "181", "172"]', '["i1"]'
    )


def exported(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", *arguments])


def test_another_process_gets_the_scores_of_the_run(root: Path) -> None:
    for name, cell in CELLS.items():
        result = exported("--recommender", cell, FOLDERS[name])
        assert result.exit_code == 0, result.output
        assert f"{cell} over 12 items, trained again with seed 42: ranks as the run exactly" in result.output
    log = pq.read_table(root / "artifacts/tables/interactions.parquet").to_pydict()
    users = list(dict.fromkeys(log["user_id"]))
    taken = {user: [item for one, item in zip(log["user_id"], log["item_id"], strict=True) if one == user]
             for user in users}  # fmt: skip
    histories = [taken[user][:-1] for user in users]
    folders = {name: str(root / folder / "recommender") for name, folder in FOLDERS.items()}
    call = [sys.executable, "-c", ELSEWHERE, json.dumps(folders), json.dumps(histories), shown_loader()]
    first, *ranked = subprocess.run(call, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
    given = json.loads(first)
    assert len(ranked) == N - 3  # without the history
    for name, cell in CELLS.items():
        path = f"recommend/{name}/full" if "@" in cell else f"baseline/{name}"
        for row in pq.read_table(root / f"artifacts/runs/{path}.parquet").to_pylist():
            score = given[name][users.index(row["id"])][int(row["item_id"][1:])]
            assert score == pytest.approx(row["score"], abs=1e-5 * max(abs(row["score"]), 1)), (name, row)


def test_a_network_that_ranks_otherwise_than_the_run_is_kept_only_on_demand(root: Path) -> None:
    run_params(root, before=ROWS["before"] | {"learning_rate": 0.5})
    result = exported("--recommender", "before@full", "out")
    assert (result.exit_code, (root / "out").exists()) == (1, False)
    assert "of the first ten ranks are those of the run" in result.output
    assert exported("--recommender", "before@full", "out", "--accept-retrained").exit_code == 0
    assert exported("--recommender", "before@full", "out").exit_code == 1  # it is there
    assert exported("--recommender", "before@full", "out", "--accept-retrained", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("befor@full", "did you mean 'before'?"),
        ("popular", "is no network"),
        ("bm25", "is no recommender"),
        ("before", "name their variant, as before@full"),
        ("before@pca64", "the run did not measure 'before@pca64'"),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_line(root: Path, cell: str, said: str) -> None:
    result = exported("--recommender", cell, "out")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert said in result.output
    assert not (root / "out").exists()


def test_arguments_that_do_not_go_together_are_refused(root: Path) -> None:
    assert "name one VARIANT" in exported("out").output
    assert "name one VARIANT" in exported("full", "pca64", "out").output
    assert "--onnx needs the model" in exported("--recommender", "after", "out", "--onnx").output
