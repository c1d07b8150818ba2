"""The encoder ``api`` in the stage: what it costs, and that nobody sees its key."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.columns import ITEMS, QUERIES
from itemvec.core.errors import ParamsError
from itemvec.core.files import write_parquet
from itemvec.encoders import Corpus
from itemvec.encoders.api import ApiEncoder
from itemvec.models import server as posting
from itemvec.stages.embed import embed
from tests.conftest import ROOT
from tests.encoders.conftest import TEXTS, vectors_of
from tests.encoders.embedding_server import KEY, Fault, Server
from tests.encoders.test_api import build


def tables(folder: Path) -> dict[str, Path]:
    paths = {"items": folder / "items.parquet", "queries": folder / "queries.parquet"}
    write_parquet(paths["items"], pa.table([[f"i{row}" for row in range(len(TEXTS))], TEXTS], schema=ITEMS))
    write_parquet(paths["queries"], pa.table([["q1", "q2"], ["wool hat", "hose"], ["given"] * 2], schema=QUERIES))
    return paths


def run(folder: Path, encoder: ApiEncoder) -> Any:
    suite = ROOT / "expectations" / "vectors.json"
    return embed(encoder, tables(folder), suite, str(folder / "cache"), folder / "embeddings")


def test_the_cost_is_that_of_the_distinct_texts(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder = build(price=0.13)
    for billed in (15, 0):
        facts = run(tmp_path, encoder)
        assert facts["cost"] == pytest.approx((5 * 3 + 2 + 1) * 0.13 / 1e6)  # one item comes twice
        assert f"items: {billed} tokens billed in this run, 0.0000 dollars" in capsys.readouterr().out
    assert "cost" not in run(tmp_path, build())


def test_a_cost_that_the_server_does_not_tell_is_not_made_up(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.spoil = lambda answer: {"data": answer["data"]}
    assert "cost" not in run(tmp_path, build(price=0.13))
    assert "0 tokens billed in this run, of which the server says no number" in capsys.readouterr().out


def test_the_key_is_nowhere(
    server: Server,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting, "FIRST_PAUSE", 0.001)
    caplog.set_level(0)
    server.faults = [Fault(500, f"could not log in as {KEY}")]
    encoder = build(price=1.0)
    facts = run(tmp_path, encoder)
    server.faults = [Fault(400, f"refused: {KEY}")]
    with pytest.raises(ParamsError) as error:
        vectors_of(encoder, Corpus(tmp_path / "items.parquet"), ["new"])
    loaded = encoder.load(Corpus(tmp_path / "items.parquet"))
    said = capfd.readouterr()
    assert "refused: ***" in error.value.message
    assert "could not log in as ***" in said.out
    for shown in (error.value.message, repr(error.value), said.out, said.err, caplog.text, repr(facts), repr(loaded)):
        assert KEY not in shown
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not any(KEY.encode() in path.read_bytes() for path in kept)
