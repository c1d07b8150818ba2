from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from itemvec.commands.main import main
from itemvec.commands.race import race
from itemvec.core.columns import ITEMS, QRELS, QUERIES
from itemvec.core.files import write_parquet
from itemvec.encoders import ENCODERS, CachedEncoder, Corpus
from tests.conftest import ROOT

N_ITEMS, N_QUERIES = 240, 60
MODELS = """
wide: {kind: hashing, dim: 256}
narrow: {kind: hashing, dim: 2}
thin: {kind: hashing, dim: 3}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Items of words of their own; each query names some words of one item, which few dimensions cannot tell."""
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    (tmp_path / "models.yaml").write_text((ROOT / "models.yaml").read_text() + MODELS)
    words = [f"w{row} v{row} u{row % 40} t{row % 7}" for row in range(N_ITEMS)]
    items, queries = [f"i{row}" for row in range(N_ITEMS)], [f"q{row}" for row in range(N_QUERIES)]
    tables = tmp_path / "artifacts" / "tables"
    write_parquet(tables / "items.parquet", pa.table([items, words], schema=ITEMS))
    asked = [f"w{row} v{row} u{row % 40}" for row in range(N_QUERIES)]
    write_parquet(tables / "queries.parquet", pa.table([queries, asked, ["a"] * N_QUERIES], schema=QUERIES))
    relevant = pa.table([queries, items[:N_QUERIES], [1.0] * N_QUERIES], schema=QRELS)
    write_parquet(tables / "qrels.parquet", relevant)
    monkeypatch.setenv("ITEMVEC_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["race", *arguments])


def lacking(root: Path, dim: int) -> int:
    """How many item texts a model of this width has still to encode."""
    items = root / "artifacts" / "tables" / "items.parquet"
    encoder = ENCODERS.build("hashing", {"kind": "hashing", "dim": dim})
    texts = pa.array(list(Corpus(items)))
    return int(CachedEncoder(encoder, Corpus(items), str(root / "cache")).lacking([texts], "item").sum())


def test_the_winner_is_encoded_in_full_and_the_others_in_part(root: Path) -> None:
    result = run("narrow", "wide", "thin", "--budget", "0.8")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Race: use wide, the only one left; ")
    assert "% of the tokens of all 3 models in full" in " ".join(result.output.split())
    assert lacking(root, 256) == 0
    assert 0 < lacking(root, 2) < N_ITEMS
    rows = [line.split() for line in result.output.split("tokens\n")[-1].splitlines() if line[:4] in ("wide", "narr")]
    assert [row[:2] for row in rows] == [["wide", "winner"], ["narrow", "worse"]]
    assert "look 1 of 4: 8 queries, " in result.stderr
    again = run("narrow", "wide", "thin", "--budget", "0.8")
    assert again.stdout == result.stdout


def test_the_winner_may_stay_as_it_is(root: Path) -> None:
    result = run("narrow", "wide", "--budget", "1", "--no-finish")
    assert result.exit_code == 0, result.output
    assert "Race: use wide" in result.output
    assert "encoded in full" not in result.output
    assert 0 < lacking(root, 256) < N_ITEMS


def test_what_is_missing_is_one_line(root: Path) -> None:
    assert "models has no row 'widee'; did you mean 'wide'?" in run("widee", "lsa").output
    assert "name two models or more, each once" in run("wide").output
    assert "name two models or more, each once" in run("wide", "wide").output
    result = run("wide", "narrow", "--budget", "0.1")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "give at least --budget 0." in result.output
    (root / "artifacts" / "tables" / "qrels.parquet").unlink()
    assert "dvc repro prepare" in run("wide", "narrow").output


def test_after_an_interruption_what_was_encoded_stays(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from itemvec.commands import racing

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(
        racing, "_look", lambda number, left, course, pool, asked, draws: stop(left[0].encode(pool, asked))
    )
    result = CliRunner().invoke(race, ["narrow", "wide", "--budget", "1"])  # the group would end this process
    assert result.exit_code == 1
    assert "what was encoded is in the row cache" in result.output
    assert 0 < lacking(root, 2) < N_ITEMS
