import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from itemvec.commands.main import main
from itemvec.core.columns import ITEMS, PART, QRELS, QUERIES
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import write_parquet
from itemvec.rerankers.cross_encoder import CrossEncoderReranker
from itemvec.rerankers.training import Schedule
from itemvec.stages.train_reranker import train_reranker
from tests.language_models.tiny import bert_plain

COLOURS = ["red", "blue", "green", "black"]
THINGS = ["hat", "lamp", "hose", "shoe", "sofa", "cup"]
SCHEDULE = Schedule(max_tokens=24, epochs=6, batch=16, rate=1e-2, patience=6)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Every query asks for a thing; an item is wanted if it is shiny, which no query says and a model can learn."""
    texts = [f"{look} {colour} {thing}" for look in ("dull", "shiny") for colour in COLOURS for thing in THINGS]
    ids = [f"i{row}" for row in range(len(texts))]
    queries = [(f"q{row}", thing, "g", part) for row, (thing, part) in enumerate(zip(THINGS, PARTS, strict=True))]
    qrels = [
        (query, item, 3.0 * text.startswith("shiny"))
        for query, thing, *_ in queries
        for item, text in zip(ids, texts, strict=True)
        if text.endswith(thing)
    ]
    write_parquet(tmp_path / "items.parquet", pa.table([ids, texts], schema=ITEMS))
    schema = QUERIES.append(pa.field(PART, pa.string()))
    write_parquet(
        tmp_path / "queries.parquet", pa.table([list(one) for one in zip(*queries, strict=True)], schema=schema)
    )
    write_parquet(tmp_path / "qrels.parquet", pa.table([list(one) for one in zip(*qrels, strict=True)], schema=QRELS))
    return tmp_path


PARTS = ["train", "train", "train", "train", "validation", "test"]


def test_what_judgments_teach_is_learnt_and_kept(tables: Path) -> None:
    bert_plain(tables / "start")
    facts = train_reranker(tables, str(tables / "start"), tables / "out", SCHEDULE, seed=1)
    assert facts["reranked"] > facts["first"] + 0.1
    texts = [f"{look} {colour} sofa" for look in ("dull", "shiny") for colour in COLOURS]
    (scores,) = CrossEncoderReranker(str(tables / "out")).load()(["sofa"], [texts])
    shiny = np.argsort(-scores) >= 4  # by rank
    discounts = 1 / np.log2(np.arange(2, 10))
    assert discounts[shiny].sum() / discounts[:4].sum() == pytest.approx(facts["reranked"])  # what was measured is kept
    assert (tables / "out" / "model.safetensors").exists()


def test_the_same_seed_gives_the_same_weights(tables: Path) -> None:
    bert_plain(tables / "start")
    schedule = Schedule(max_tokens=24, epochs=1)
    for out, seed in (("a", 1), ("b", 1), ("c", 2)):
        train_reranker(tables, str(tables / "start"), tables / out, schedule, seed)
    first, same, other = ((tables / out / "model.safetensors").read_bytes() for out in "abc")
    assert first == same
    assert first != other


def test_the_command_can_keep_the_first_layers_alone(tables: Path) -> None:
    bert_plain(tables / "start")
    options = ["--tables", tables, "--from", tables / "start", "--layers", "1", "--epochs", "1"]
    result = CliRunner().invoke(main, ["train-reranker", *map(str, [tables / "out", *options])])
    assert result.exit_code == 0, result.output
    assert "out: nDCG@10 on validation queries" in result.output
    assert json.loads((tables / "out" / "config.json").read_text())["num_hidden_layers"] == 1


def test_queries_without_a_split_cannot_teach(tables: Path) -> None:
    write_parquet(tables / "queries.parquet", pa.table([["q0"], ["hat"], ["g"]], schema=QUERIES))
    with pytest.raises(TableError, match="its queries have no split"):
        train_reranker(tables, "nowhere", tables / "out", SCHEDULE, seed=1)


def test_a_part_without_judgments_is_named(tables: Path) -> None:
    write_parquet(tables / "qrels.parquet", pa.table([["q0"], ["i1"], [1.0]], schema=QRELS))
    with pytest.raises(TableError, match="no validation query has a relevant item"):
        train_reranker(tables, "nowhere", tables / "out", SCHEDULE, seed=1)


def test_what_is_no_encoder_is_refused(tables: Path) -> None:
    (tables / "start").mkdir()
    with pytest.raises(ParamsError, match="cannot be read as a text encoder"):
        train_reranker(tables, str(tables / "start"), tables / "out", SCHEDULE, seed=1)


def test_a_folder_that_holds_something_else_is_not_replaced(tables: Path) -> None:
    with pytest.raises(ParamsError, match="exists and holds no model"):
        train_reranker(tables, "nowhere", tables, SCHEDULE, seed=1)
    assert (tables / "items.parquet").exists()
