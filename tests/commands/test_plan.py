from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from itemvec.commands.encoding_estimate import START, estimate
from itemvec.commands.main import main
from itemvec.commands.plan import duration, size
from itemvec.core.columns import ITEMS, QUERIES
from itemvec.core.files import write_parquet
from itemvec.encoders import ENCODERS
from itemvec.stages.embed import embed
from tests.conftest import ROOT

SUITE = ROOT / "expectations" / "vectors.json"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """300 items, of which 200 are distinct, and two queries."""
    for name in ("params.yaml", "models.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    texts = [f"item {row % 200} of colour {row % 97}" for row in range(300)]
    tables = tmp_path / "artifacts" / "tables"
    ids = [f"i{row}" for row in range(300)]
    texts = [texts[row % 200] for row in range(300)]
    write_parquet(tables / "items.parquet", pa.table([ids, texts], schema=ITEMS))
    write_parquet(
        tables / "queries.parquet", pa.table([["q", "r"], ["colour 7", "colour 8"], ["a", "a"]], schema=QUERIES)
    )
    monkeypatch.setenv("ITEMVEC_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tables(root: Path) -> dict[str, Path]:
    return {name: root / "artifacts" / "tables" / f"{name}.parquet" for name in ("items", "queries")}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["plan", *arguments])


def test_nothing_is_cached_until_something_is_encoded(root: Path) -> None:
    row = {"kind": "hashing", "dim": 16}
    before = estimate("hashing", row, tables(root))
    assert (before.texts, before.cached, before.dim) == (202, 0, 16)
    assert before.seconds is not None
    assert before.seconds > START
    assert before.memory > 50e6
    assert not list((root / "cache").glob("*.lance"))  # to look makes no table
    embed(ENCODERS.build("hashing", row), tables(root), SUITE, str(root / "cache"), root / "artifacts" / "embeddings")
    after = estimate("hashing", row, tables(root))
    assert (after.cached, after.seconds) == (202, START)


def test_tokens_are_those_of_the_tokenizer(root: Path) -> None:
    """The sample is all there is, so that the number is exact."""
    from itemvec.core.params import Params

    params = Params.load(root / "params.yaml")
    found = estimate("minilm", params.models["minilm"], tables(root))
    facts = embed(
        ENCODERS.build("minilm", params.models["minilm"]),
        *(tables(root), SUITE, str(root / "cache"), root / "artifacts" / "embeddings"),
    )
    repeated = facts["cut"]["items"]["tokens"] * 200 / 300
    assert found.tokens == pytest.approx(repeated + facts["cut"]["queries"]["tokens"], rel=0.02)


def test_an_api_is_paid_and_not_called(root: Path) -> None:
    row = {"kind": "api", "checkpoint": "m", "dim": 8, "url": "https://api.example.org/v1", "price": 1000.0}
    found = estimate("vendor", row, tables(root))
    assert found.dollars == pytest.approx(found.tokens / 1000)
    assert found.tokens > 500


def test_the_conclusion_comes_first(root: Path) -> None:
    result = run("hashing", "lsa")
    assert result.exit_code == 0, result.output
    first, _, header = result.output.splitlines()[:3]
    assert first.startswith("hashing: about ")
    assert first.endswith("; not known for lsa.")
    assert "lsa: model lsa: dim 256 is more than the items have" in result.output
    assert header.split()[0] == "model"


def test_what_is_missing_is_one_line(root: Path) -> None:
    assert "models has no row 'minilmm'; did you mean 'minilm'?" in run("minilmm").output
    (root / "artifacts" / "tables" / "items.parquet").unlink()
    result = run()
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "dvc repro prepare" in result.output


def test_amounts_are_in_units_that_one_would_say() -> None:
    assert [duration(one) for one in (3.2, 300.0, 9000.0)] == ["3 s", "5 min", "2.5 h"]
    assert [size(one) for one in (3_000_000, 2_500_000_000)] == ["3 MB", "2.5 GB"]
