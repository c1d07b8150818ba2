"""From items to training pairs: by a file, a tiny model of this machine, and a chat server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from itemvec.commands.main import main
from itemvec.core.columns import ITEMS, PART, QRELS, QUERIES
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import write_parquet
from itemvec.datasets import DATASETS
from itemvec.datasets.reading import recorded
from itemvec.rerankers import RERANKERS
from itemvec.retrievers import RETRIEVERS
from itemvec.stages.generate_queries import Mining, generate_queries
from itemvec.stages.query_writer import Writer
from tests.conftest import ROOT
from tests.language_models import tiny
from tests.language_models.chat_server import ChatServer, chatting

TEXTS = {"i0": "red wool hat", "i1": "blue desk lamp", "i2": "green garden hose", "i3": "red desk chair"}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    write_parquet(folder / "items.parquet", pa.table([list(TEXTS), list(TEXTS.values())], schema=ITEMS))
    queries = [["q0", "q1"], ["warm hat", "water"], ["g", "g"], ["train", "test"]]
    write_parquet(folder / "queries.parquet", pa.table(queries, schema=QUERIES.append(pa.field(PART, pa.string()))))
    write_parquet(folder / "qrels.parquet", pa.table([["q0", "q1"], ["i0", "i2"], [1.0, 1.0]], schema=QRELS))
    return folder


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with chatting() as server:
        yield server


def generate(tables: Path, writer: Writer, reranker: Any = None, **mining: Any) -> tuple[dict[str, Any], Any]:
    out = tables.parent / "out"
    bm25 = RETRIEVERS.build("bm25", {"kind": "bm25"})
    facts = generate_queries(tables, out, writer, Mining(**mining), [bm25], reranker)
    return facts, pq.read_table(out / "pairs.parquet")


def test_a_file_of_queries_becomes_pairs(tables: Path) -> None:
    """`red` finds hat and chair alike, `lamp` its own item; the test asks for water."""
    file = tables.parent / "written.csv"
    file.write_text("item_id,query\ni1,desk lamp\ni2,Water\ni0,blue lamp\ni3,red chair\nunknown,x\n")
    facts, table = generate(tables, Writer(file=file))
    assert facts == {
        "items": 4,
        "written": 4,
        "kept": 2,
        "pairs": 2,
        "thrown out": {"asked by people already": 1, "own item not among the first 1": 1},
    }
    assert list(zip(*(table[name].to_pylist() for name in ("query", "item_id", "negative_id")), strict=True)) == [
        ("desk lamp", "i1", "i3"),
        ("red chair", "i3", table["negative_id"][1].as_py()),
    ]
    assert table["negative_id"][1].as_py() in ("i0", "i1")
    assert table["margin"].null_count == 2
    assert set(table["source"].to_pylist()) == {"synthetic"}
    with pytest.raises(TableError, match=r"no query is left .1: asked by people already"):
        file.write_text("item_id,query\ni2,Water\n")
        (tables.parent / "out" / "written.jsonl").unlink()
        generate(tables, Writer(file=file))


def test_a_server_sees_examples_that_people_judged_for_training(tables: Path, server: ChatServer) -> None:
    """It answers with the first two words of the item; a cross-encoder scores what is left."""
    server.say = lambda asked: " ".join(re.findall("Item: (.*)", asked)[-1].split()[:2])
    tiny.bert(tables.parent / "bert")
    scorer = RERANKERS.build("mine", {"kind": "cross-encoder", "checkpoint": str(tables.parent / "bert")})
    facts, table = generate(tables, Writer(model="judge", url=server.url), scorer, per_item=1)
    assert facts["written"] == facts["kept"] == len(server.asked) == 4
    prompts = [body["messages"][0]["content"] for body in server.asked]
    assert all("Item: red wool hat\nQuery: warm hat\n" in one for one in prompts)
    assert not any("water" in one for one in prompts)  # of the test
    row = table.slice(0, 1).to_pylist()[0]
    (scores,) = scorer.load()([row["query"]], [[TEXTS[row["item_id"]], TEXTS[row["negative_id"]]]])
    assert row["margin"] == pytest.approx(float(scores[0]) - float(scores[1]), abs=1e-5)
    generate(tables, Writer(model="judge", url=server.url), scorer, per_item=1)
    assert len(server.asked) == 4  # what was written is not asked for again


def test_an_encoder_decoder_of_this_machine_writes(tables: Path) -> None:
    """Random weights write random bytes, of which some are letters."""
    tiny.t5(tables.parent / "t5")
    facts, table = generate(tables, Writer(model=str(tables.parent / "t5")), keep=0, negatives=0, per_item=2)
    assert facts["written"] == 8
    assert facts["kept"] == len(table) > 0
    lines = (tables.parent / "out" / "written.jsonl").read_text().splitlines()
    assert [json.loads(line)["item_id"] for line in lines[1:]] == list(TEXTS)


def test_a_language_model_of_this_machine_writes(tmp_path: Path) -> None:
    tiny.qwen3(tmp_path / "qwen3")
    write = Writer(model=str(tmp_path / "qwen3")).load([], 1)
    found = write(list(TEXTS), list(TEXTS.values()), 0)
    assert len(found) == 4
    assert any(found)
    assert found == write(list(TEXTS), list(TEXTS.values()), 1)  # nothing is drawn


def test_the_command_says_what_was_thrown_out(tables: Path) -> None:
    file = tables.parent / "written.csv"
    file.write_text("item_id,query\ni1,desk lamp\ni2,Water\n")
    out = tables.parent / "out"
    given = [str(out), "--queries", str(file), "--tables", str(tables), "--params", str(ROOT / "params.yaml")]
    result = CliRunner().invoke(main, ["generate-queries", *given])
    assert result.exit_code == 0, result.output
    assert "thrown out: 1: asked by people already" in result.output
    assert "pairs.parquet: 1 pairs of 1 queries; 2 were written for 4 items" in result.output
    found = CliRunner().invoke(main, ["generate-queries", *given, "--writer", "x"])
    assert isinstance(found.exception, ParamsError) or "one of the two" in found.output
    found = CliRunner().invoke(main, ["generate-queries", *given, "--retriever", "exact"])
    assert isinstance(found.exception, ParamsError) or "exact searches by vectors" in found.output


def test_pairs_train_and_are_not_measured(tables: Path, tmp_path: Path) -> None:
    """Two negatives make two rows of a query; `Warm HAT` and `water` were asked by people."""
    root = tmp_path / "mine"
    root.mkdir()
    (root / "items.csv").write_text("item_id,text\n" + "".join(f"{one},{text}\n" for one, text in TEXTS.items()))
    (root / "queries.csv").write_text("query_id,text,split\nq0,warm hat,train\nq1,water,test\n")
    (root / "qrels.csv").write_text("query_id,item_id\nq0,i0\nq1,i2\n")
    written = [["desk lamp", "desk lamp", "Warm HAT", "Water", "x"], ["i1", "i1", "i0", "i2", "gone"]]
    pq.write_table(pa.table(written, ["query", "item_id"]), root / "generated.parquet")
    with recorded() as reading:
        found = DATASETS.build("mine", {"kind": "tables", "generated": "generated.parquet"}).load(root)
    assert [(row["text"], row["group"], row["split"]) for row in found.queries.to_pylist() if row["text"] != "x"] == [
        ("desk lamp", "synthetic", "train"),
        ("warm hat", "given", "train"),
        ("water", "given", "test"),
    ]
    assert sorted(found.qrels["item_id"].to_pylist()) == ["i0", "i1", "i2"]
    assert [line.partition(": ")[2] for line in reading.lines] == [
        "left out: 1 queries that validation or test asks; nothing is learnt from them",
        "left out: 1 queries that people asked as well",
        "1 row left out: the item is not among the items",
        "noticed: 1 queries with 1 gains train, and none of them is measured: written for their items by a model",
    ]
