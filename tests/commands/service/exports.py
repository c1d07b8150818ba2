"""Small exports: a recommender that a seed decides, and a tiny model with a table."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
from safetensors.numpy import save_file

from itemvec.core.columns import ITEMS
from itemvec.core.files import write_json, write_parquet
from itemvec.store import Block, open_vectors, write_database
from itemvec.store.deployed import write_deployed
from tests.encoders.tiny import bert_mean

TEXTS = ["desk lamp", "wool hat", "garden hose", "<script>alert(1)</script>"]
N, WIDTH = 20, 4


def write_export(folder: Path, seed: int) -> Path:
    """A recommender without layers of attention: the last item decides, by a table drawn from the seed."""
    rng = np.random.default_rng(seed)
    (folder / "recommender").mkdir(parents=True)
    table = {name: rng.standard_normal((N, WIDTH)).astype(np.float32) for name in ("inputs", "targets")}
    norm = {"normalise.weight": np.ones(WIDTH, np.float32), "normalise.bias": np.zeros(WIDTH, np.float32)}
    save_file(
        table | norm | {"positions": np.zeros((9, WIDTH), np.float32)}, folder / "recommender/weights.safetensors"
    )
    about = {"encoder": "transformer", "layers": 0, "heads": 1, "norm": "after", "temperature": None, "max_history": 9}
    about["items"] = [f"i{place}" for place in range(N)]
    (folder / "recommender/recommender.json").write_text(json.dumps(about))
    (folder / "itemvec.json").write_text(json.dumps({"recommender": {"seed": seed}}))
    return folder


def write_search(folder: Path, work: Path, order: int = 1) -> Path:
    """An export to search: a tiny model, and its vectors of four texts, under their ids or in the other order."""
    from sentence_transformers import SentenceTransformer

    bert_mean(folder / "model")
    ids = pa.array([f"t{place}" for place in range(len(TEXTS))])
    vectors = SentenceTransformer(str(folder / "model"), device="cpu").encode_document(TEXTS)[::order]
    write_parquet(work / "items.parquet", pa.table([ids, TEXTS], schema=ITEMS))
    write_database(work / "vectors", {"items": (vectors.shape[1], [Block(ids, np.ascontiguousarray(vectors))])})
    table = open_vectors(work / "vectors.digest", "items")
    write_deployed(folder / "lancedb", work / "items.parquet", table, None, "cosine", {})
    write_json(folder / "itemvec.json", {"variant": "full", "model": "tiny", "order": order})
    return folder
